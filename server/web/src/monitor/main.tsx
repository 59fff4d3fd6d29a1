import { startPage } from '../boot/start-page.js';
import '../style/monitor.css';
import { App } from './app.js';

void startPage('monitor', App);
