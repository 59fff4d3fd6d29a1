import { createHash } from 'node:crypto';
import type { HealthReport } from '../../engine/runtime/health.port.js';
import { ABOUT_STYLE } from './about-style.js';
import { connectionExample } from './connection-example.js';

const digest = createHash('sha256').update(ABOUT_STYLE).digest('hex').slice(0, 12);

/** Where the style is; the name changes with the content, so that browsers may keep it for good. */
export const STYLE_PATH = `/assets/about.${digest}.css`;

export interface AboutPageOptions {
  readonly version: string;
  /** Drivers and transport in use; null: not known. */
  readonly description: string | null;
  readonly health: HealthReport;
  /** Where clients connect to. */
  readonly origin: string;
  /** Whether there are pages for players and hosts. */
  readonly hasPages: boolean;
  /** Whether `/metrics` opens to anybody, and the page for operators. */
  readonly hasMetrics: boolean;
}

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

type Links = readonly (readonly [path: string, words: string])[];

const PAGES: Links = [
  ['/host', 'open a room, show its PIN, ask questions'],
  ['/', 'join with a PIN'],
];
const MONITOR_LINK = ['/monitor', 'for operators, with the operator token'] as const;
const LINKS: Links = [
  ['/openapi.json', 'HTTP, as OpenAPI 3.1'],
  ['/asyncapi.json', 'Socket.IO, as AsyncAPI 3.0'],
  ['/.well-known/jwks.json', 'public keys of access tokens'],
  ['/healthz', 'how this node is'],
  ['/readyz', 'whether it takes connections'],
];
const METRICS_LINK = ['/metrics', 'for Prometheus, with the operator token'] as const;

/** What this server is, how it is, and how to talk to it: one page without a script. */
export function aboutPage(options: AboutPageOptions): string {
  const { version, description, health, origin, hasPages, hasMetrics } = options;
  const state = STATES[health.status];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Pinroom</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
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
${hasPages ? linkCard('pages', 'In the browser', hasMetrics ? [...PAGES, MONITOR_LINK] : PAGES) : ''}${linkCard('more', 'Specifications and state', hasMetrics ? [...LINKS, METRICS_LINK] : LINKS)}</div>
<section aria-labelledby="connect">
<h2 id="connect">Connect</h2>
<ol>
<li><code>POST /api/sessions</code> gives an access token; nobody has to register.</li>
<li>Connect with Socket.IO, over WebSocket, with the token in <code>auth</code>.</li>
<li>The host sends <code>room:create</code> and shows the PIN; the others send <code>room:join</code>.</li>
</ol>
<p>A host and a player in one file: <code>npm install socket.io-client</code>, save it as
<code>hello.mjs</code>, run <code>node hello.mjs</code>. In JavaScript the library <code>@pinroom/client</code> does
this and more (it reconnects, fills gaps, sends again); it comes with the server, in the folder <code>shared</code>.</p>
<pre tabindex="0" aria-label="Example"><code>${escapeHtml(connectionExample(origin))}</code></pre>
</section>
</main>
<footer>Pinroom ${escapeHtml(version)}, MIT licence.</footer>
</body>
</html>
`;
}

function linkCard(id: string, title: string, links: Links): string {
  const items = links.map(([path, words]) => `<li><a href="${path}">${path}</a>: ${words}</li>`);
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<ul class="links">
${items.join('\n')}
</ul>
</section>
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
