import { startPage } from '../boot/start-page.js';
import { App } from './app.js';
import '../style/history.css';

void startPage('history', App);
