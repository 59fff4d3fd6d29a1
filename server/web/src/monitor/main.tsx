import { startPage } from '../boot/start-page.js';
import '../style/monitor.css';
import '../style/monitor-tables.css';
import '../style/monitor-charts.css';
import '../style/monitor-room.css';
import '../style/monitor-log.css';
import { App } from './app.js';

void startPage('monitor', App);
