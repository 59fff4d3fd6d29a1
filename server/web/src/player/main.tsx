import { startPage } from '../boot/start-page.js';
import '../style/player.css';
import '../style/player-shapes.css';
import '../style/player-results.css';
import '../style/player-room.css';
import '../style/player-wide.css';
import { App } from './app.js';
import { Visit } from './visit.js';

const visit = new Visit();
// The server is asked while the texts are still on their way.
visit.begin();
void startPage('player', () => <App visit={visit} />);
