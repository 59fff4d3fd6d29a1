import { startPage } from '../boot/start-page.js';
import '../style/host.css';
import '../style/host-start-art.css';
import '../style/host-room.css';
import '../style/host-stage.css';
import '../style/host-panel.css';
import { App } from './app.js';

void startPage('host', App);
