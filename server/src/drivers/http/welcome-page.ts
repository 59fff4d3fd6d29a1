import { createHash } from 'node:crypto';
import type { HealthReport } from '../../engine/runtime/health.port.js';
import { connectionExample } from './connection-example.js';
import { WELCOME_STYLE } from './welcome-style.js';

const digest = createHash('sha256').update(WELCOME_STYLE).digest('hex').slice(0, 12);

/** Where the style is; the name changes with the content, so that browsers may keep it for good. */
export const STYLE_PATH = `/assets/welcome.${digest}.css`;

export interface WelcomePageOptions {
  readonly version: string;
  /** Drivers and transport in use; null: not known. */
  readonly description: string | null;
  readonly health: HealthReport;
  /** Where clients connect to. */
  readonly origin: string;
  /** Whether `/metrics` opens to anybody. */
  readonly hasMetrics: boolean;
}

/** A PIN's digit in a card. */
const ICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
      '<rect width="32" height="32" rx="8" fill="#5b3df5"/>' +
      '<path d="M18.5 6h-3.5L8 19v3h8.5v4h3.5v-4h3v-3h-3V6zm-2 5.5V19h-4.5z" fill="#fff"/></svg>',
  );

/** Backends whose keys in `/healthz` are not what people call them. */
const BACKEND_NAMES: { readonly [name: string]: string } = {
  archive: 'Embedded archive',
  postgres: 'PostgreSQL',
  redis: 'Redis',
};

const STATES: { readonly [S in HealthReport['status']]: { words: string; tone: string } } = {
  ok: { words: 'Ready', tone: 'good' },
  degraded: { words: 'Running, but a backend does not answer', tone: 'warn' },
  starting: { words: 'Starting', tone: 'warn' },
  draining: { words: 'About to stop', tone: 'bad' },
};

const LINKS: readonly (readonly [path: string, words: string])[] = [
  ['/openapi.json', 'HTTP, as OpenAPI 3.1'],
  ['/asyncapi.json', 'Socket.IO, as AsyncAPI 3.0'],
  ['/.well-known/jwks.json', 'public keys of access tokens'],
  ['/healthz', 'how this node is'],
  ['/readyz', 'whether it takes connections'],
];
const METRICS_LINK = ['/metrics', 'for Prometheus, with the operator token'] as const;

/** What this server is, how it is, and how to talk to it: one page without a script. */
export function welcomePage(options: WelcomePageOptions): string {
  const { version, description, health, origin, hasMetrics } = options;
  const links = hasMetrics ? [...LINKS, METRICS_LINK] : LINKS;
  const state = STATES[health.status];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Pinroom</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<header>
<ol class="pin" aria-hidden="true"><li>4</li><li>0</li><li>7</li><li>1</li><li>8</li><li>2</li></ol>
<h1>Pin<span>room</span></h1>
<p class="lead">A real-time room server. A host opens a room and gets a short PIN; players type it
and are in. Everything said reaches everyone, in one order, and is kept.</p>
</header>
<main>
<div class="cards">
<section aria-labelledby="state">
<h2 id="state">This server</h2>
<dl>
<dt>State</dt><dd><strong class="state ${state.tone}">${state.words}</strong></dd>
<dt>Version</dt><dd>${escapeHtml(version)}</dd>
<dt>Address</dt><dd><code>${escapeHtml(origin)}</code></dd>
${description === null ? '' : `<dt>Runs on</dt><dd>${escapeHtml(description)}</dd>\n`}${backends(health)}${reasons(health)}</dl>
</section>
<section aria-labelledby="more">
<h2 id="more">Specifications and state</h2>
<ul class="links">
${links.map(([path, words]) => `<li><a href="${path}">${path}</a>: ${words}</li>`).join('\n')}
</ul>
</section>
</div>
<section aria-labelledby="connect">
<h2 id="connect">Connect</h2>
<ol>
<li><code>POST /api/sessions</code> gives an access token; nobody has to register.</li>
<li>Connect with Socket.IO, over WebSocket, with the token in <code>auth</code>.</li>
<li>The host sends <code>room:create</code> and shows the PIN; the others send <code>room:join</code>.</li>
</ol>
<p>A host and a player in one file: <code>npm install socket.io-client</code>, save it as
<code>hello.mjs</code>, run <code>node hello.mjs</code>.</p>
<pre tabindex="0" aria-label="Example"><code>${escapeHtml(connectionExample(origin))}</code></pre>
</section>
</main>
<footer>Pinroom ${escapeHtml(version)}, MIT licence.</footer>
</body>
</html>
`;
}

function backends(health: HealthReport): string {
  return Object.entries(health.backends)
    .map(([name, state]) => {
      const tone = state === 'up' ? 'good' : 'bad';
      return `<dt>${escapeHtml(BACKEND_NAMES[name] ?? name)}</dt><dd><span class="state ${tone}">${escapeHtml(state)}</span></dd>\n`;
    })
    .join('');
}

function reasons(health: HealthReport): string {
  if (health.reasons.length === 0) return '';
  return `<dt>Reasons</dt><dd>${health.reasons.map(escapeHtml).join('<br>')}</dd>\n`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
