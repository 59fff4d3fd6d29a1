import type { Health } from '../../engine/runtime/health.port.js';
import { aboutPage, STYLE_PATH } from './about-page.js';
import { ABOUT_STYLE } from './about-style.js';
import { health as healthSchema } from './answer-schemas.js';
import { asyncApiDocument } from './asyncapi-document.js';
import { jsonAnswer } from './json-answer.js';
import { openApiDocument } from './openapi-document.js';
import type { PageFiles } from './page-files.js';
import { type Route, type RouteDocument, route } from './route.js';
import { text } from './schema-shapes.js';

export interface ServerRoutesOptions {
  readonly health: Health;
  readonly version: string;
  /** For people: drivers and transport in use. */
  readonly description?: string;
  /** Null: `/metrics` is 404. */
  readonly operatorToken: string | null;
  /** The built pages; empty: none are served. */
  readonly pages: PageFiles;
  keySet(): { keys: readonly object[] };
  /** Everything in Prometheus' text format. */
  metricsText(): Promise<string>;
}

const document = { type: 'object' } as const;

/** What operators, balancers and browsers ask for: health, metrics, keys and the page about it. */
export function serverRoutes(options: ServerRoutesOptions): readonly Route[] {
  return [
    ...healthRoutes(options.health),
    metricsRoute(options),
    keySetRoute(options),
    ...aboutRoutes(options),
  ];
}

function healthRoutes(health: Health): readonly Route[] {
  const answers = [{ status: 200, description: 'How the node is.', schema: healthSchema }];
  return [
    route({
      method: 'GET',
      path: '/healthz',
      name: 'healthz',
      summary: 'Whether the process is alive; it says how it is, and is 200 as long as it can.',
      who: 'anyone',
      answers,
      handle: () => jsonAnswer(200, health.report()),
    }),
    route({
      method: 'GET',
      path: '/readyz',
      name: 'readyz',
      summary: 'Whether the node should get new connections: 503 while starting and draining.',
      who: 'anyone',
      answers: [
        ...answers,
        { status: 503, description: 'Not now, with the reasons.', schema: healthSchema },
      ],
      handle() {
        const report = health.report();
        return jsonAnswer(report.ready ? 200 : 503, report);
      },
    }),
  ];
}

function metricsRoute(options: ServerRoutesOptions): Route {
  const contentType = 'text/plain; version=0.0.4; charset=utf-8';
  return route({
    method: 'GET',
    path: '/metrics',
    name: 'metrics',
    summary: 'Prometheus’ text format; 404 where no operator token is configured.',
    who: 'operator',
    answers: [
      { status: 200, description: 'The metrics.', schema: text, contentType: 'text/plain' },
    ],
    faults: ['not_found'],
    async handle() {
      return new Response(await options.metricsText(), {
        headers: { 'content-type': contentType },
      });
    },
  });
}

function keySetRoute(options: ServerRoutesOptions): Route {
  return route({
    method: 'GET',
    path: '/.well-known/jwks.json',
    name: 'keySet',
    summary: 'The public keys of access tokens.',
    who: 'anyone',
    answers: [{ status: 200, description: 'A JSON Web Key Set.', schema: document }],
    handle: () => jsonAnswer(200, options.keySet(), { 'cache-control': 'public, max-age=300' }),
  });
}

/** The specifications, of these routes and the ones given. They are written once, at the start. */
export function documentRoutes(
  others: readonly RouteDocument[],
  version: string,
): readonly Route[] {
  const caching = { 'cache-control': 'no-cache' };
  const asyncApi = asyncApiDocument(version);
  let openApi: object = {};
  const routes = [
    route({
      method: 'GET',
      path: '/openapi.json',
      name: 'openApi',
      summary: 'This specification.',
      who: 'anyone',
      answers: [{ status: 200, description: 'An OpenAPI 3.1 document.', schema: document }],
      handle: () => jsonAnswer(200, openApi, caching),
    }),
    route({
      method: 'GET',
      path: '/asyncapi.json',
      name: 'asyncApi',
      summary: 'The specification of the real-time half.',
      who: 'anyone',
      answers: [{ status: 200, description: 'An AsyncAPI 3.0 document.', schema: document }],
      handle: () => jsonAnswer(200, asyncApi, caching),
    }),
  ];
  openApi = openApiDocument([...others, ...routes], version);
  return routes;
}

function aboutRoutes(options: ServerRoutesOptions): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/about',
      name: 'about',
      summary: 'What this server is, and how to connect to it.',
      who: 'anyone',
      page: true,
      answers: [],
      handle({ site }) {
        const page = aboutPage({
          version: options.version,
          description: options.description ?? null,
          health: options.health.report(),
          hasPages: options.pages.size > 0,
          hasMetrics: Boolean(options.operatorToken),
          origin: site.ownOrigin ?? 'http://localhost:3000',
        });
        return new Response(page, {
          headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
        });
      },
    }),
    route({
      method: 'GET',
      path: STYLE_PATH,
      name: 'aboutStyle',
      summary: 'The style of that page; its name changes with its content.',
      who: 'anyone',
      page: true,
      answers: [],
      handle: () =>
        new Response(ABOUT_STYLE, {
          headers: {
            'content-type': 'text/css; charset=utf-8',
            'cache-control': 'public, max-age=31536000, immutable',
          },
        }),
    }),
  ];
}
