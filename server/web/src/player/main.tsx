import { startPage } from '../boot/start-page.js';
import { App } from './app.js';

void startPage('player', App);
