import { startPage } from '../boot/start-page.js';
import '../style/host.css';
import { App } from './app.js';

void startPage('host', App);
