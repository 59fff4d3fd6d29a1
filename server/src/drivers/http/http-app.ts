import type { ErrorCode } from '@pinroom/client/contract';
import { type Context, Hono } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { RoomApi, SessionApi } from '../../engine/connection/http-api.port.js';
import type { OperatorApi } from '../../engine/connection/operator-api.port.js';
import { AppError, toWireError } from '../../engine/runtime/app-error.js';
import { type Clock, systemClock } from '../../engine/runtime/clock.js';
import type { Health } from '../../engine/runtime/health.port.js';
import type { Logger } from '../../engine/runtime/logger.js';
import { type Metrics, NO_ROUTE } from '../../engine/runtime/metrics.js';
import type { SchemaChecker } from '../../engine/runtime/schema-checker.port.js';
import { stopwatch } from '../../engine/runtime/stopwatch.js';
import { inTime } from './answer-deadline.js';
import { Admission } from './credentials.js';
import { preflightAnswer, setCorsHeaders } from './cross-origin.js';
import { faultAnswer, isOurFault, jsonAnswer } from './json-answer.js';
import { operatorRoutes } from './operator-routes.js';
import { judgeOrigin, type OriginPolicy, originPolicy, ownOrigin } from './origin-policy.js';
import type { PageFiles } from './page-files.js';
import { pageRoutes } from './page-routes.js';
import { clientAddress, isSecure } from './proxy-headers.js';
import { readQuery } from './query-parameters.js';
import { readJsonBody } from './request-body.js';
import { requestIdOf } from './request-id.js';
import { roomIdIn } from './room-parameters.js';
import { roomRoutes } from './room-routes.js';
import type { Gate, RequestSite, Route } from './route.js';
import { setSecurityHeaders } from './security-headers.js';
import { documentRoutes, serverRoutes } from './server-routes.js';
import { sessionRoutes } from './session-routes.js';

/** A packet of the protocol and some room for what stands around it. */
const DEFAULT_BODY_BYTES = 20_480;
/** How pages and their files are counted: as one. */
const PAGE = 'page';

export interface HttpAppOptions {
  readonly sessions: SessionApi;
  readonly rooms: RoomApi;
  readonly operators: OperatorApi;
  readonly checker: SchemaChecker;
  readonly health: Health;
  keySet(): { keys: readonly object[] };
  /** Everything in Prometheus' text format. */
  metricsText(): Promise<string>;
  /** Decides own origin, `Secure` and HSTS; null: the request's own host. */
  readonly publicUrl: string | null;
  /** Further origins; `*` for every one. */
  readonly allowedOrigins: readonly string[];
  /** How many proxies' forwarding headers to believe. */
  readonly trustProxy: number;
  /** Null: `/metrics` and `/api/ops/…` are 404. */
  readonly operatorToken: string | null;
  readonly apiKey: string | null;
  /** The built pages; empty: none are served. */
  readonly pages: PageFiles;
  readonly version: string;
  /** For people: drivers and transport in use. */
  readonly description?: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock;
  readonly maxBodyBytes?: number;
}

/** What the transport knows beside the request. */
export interface Peer {
  readonly remoteAddress: string;
}

export interface HttpApp {
  /** Answers every request, and never rejects. */
  fetch(request: Request, peer: Peer): Promise<Response>;
  /** What is registered: method and path, parameters as `:name`. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
}

type Env = {
  Bindings: Peer & { readonly requestId: string };
  Variables: { site: RequestSite; fault?: ErrorCode; counted?: string };
};

/** The HTTP side of a node: a function from requests to answers, whatever carries them. */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  return new HonoHttpApp(options);
}

class HonoHttpApp implements HttpApp {
  readonly #options: HttpAppOptions;
  readonly #clock: Clock;
  readonly #policy: OriginPolicy;
  readonly #strictTransport: boolean;
  readonly #admission: Admission;
  readonly #hono = new Hono<Env>();
  #warnedAboutProxy = false;

  constructor(options: HttpAppOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#policy = originPolicy(options.publicUrl, options.allowedOrigins);
    this.#strictTransport = this.#policy.publicOrigin?.startsWith('https:') ?? false;
    this.#admission = new Admission(options);
    this.#hono.onError((fault, c) => this.#answerFault(fault, c));
    this.#hono.notFound((c) => refuse(c, new AppError('not_found')));
    this.#hono.use((c, next) => this.#around(c, next));
    this.#register();
  }

  get routes(): readonly { method: string; path: string }[] {
    return this.#hono.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => ({ method, path }));
  }

  async fetch(request: Request, peer: Peer): Promise<Response> {
    const { remoteAddress } = peer;
    const given = request.headers.get('x-request-id');
    const requestId = requestIdOf(given, this.#options.trustProxy);
    try {
      return await this.#hono.fetch(request, { remoteAddress, requestId });
    } catch (fault) {
      this.#options.logger.error({ requestId, err: fault }, 'request could not be answered');
      const labels = { route: NO_ROUTE, code: 'internal' };
      this.#options.metrics.count('pinroom_http_requests_total', labels);
      this.#options.metrics.count('pinroom_internal_faults_total');
      const answer = faultAnswer(new AppError('internal'));
      setSecurityHeaders(answer.headers, '/api/', this.#strictTransport);
      answer.headers.set('x-request-id', requestId);
      return answer;
    }
  }

  #register(): void {
    const { operators, pages, rooms, sessions, version } = this.#options;
    const api: readonly Route[] = [
      ...sessionRoutes(sessions, this.#clock),
      ...roomRoutes(rooms, this.#clock),
      ...operatorRoutes(operators, this.#clock),
      ...serverRoutes(this.#options),
      ...pageRoutes(pages),
    ];
    const all = [...api, ...documentRoutes(api, version)].map((route) =>
      inTime(route, this.#clock),
    );
    for (const route of all) {
      const counted = route.page ? PAGE : route.name;
      this.#hono.on(route.method, route.path, (c) => {
        c.set('counted', counted);
        return route.answer(this.#gate(c));
      });
    }
    for (const path of new Set(all.map((route) => route.path))) {
      const methods = all.filter((route) => route.path === path).map((route) => route.method);
      this.#hono.all(path, (c) => answerOtherMethod(c, methods));
    }
  }

  /** What every request gets: a look at where it comes from, headers, a line in the log, and it counts. */
  async #around(c: Context<Env>, next: () => Promise<void>): Promise<void> {
    const startedAt = stopwatch();
    const { headers } = c.req.raw;
    const site = this.#siteOf(c);
    c.set('site', site);
    await next();
    // Hono forgets the body where nobody is to see it: what it holds open would stay so.
    if (c.req.method === 'HEAD') await c.res.body?.cancel();
    setSecurityHeaders(c.res.headers, c.req.path, site.secure);
    setCorsHeaders(c.res.headers, site.verdict, headers.get('origin'));
    c.res.headers.set('x-request-id', c.env.requestId);
    const { logger, metrics } = this.#options;
    const route = c.get('counted') ?? NO_ROUTE;
    const seconds = stopwatch() - startedAt;
    metrics.count('pinroom_http_requests_total', { route, code: c.get('fault') ?? 'ok' });
    metrics.observe('pinroom_http_seconds', seconds, { route });
    logger.debug(
      {
        requestId: c.env.requestId,
        method: c.req.method,
        route: routeOf(c),
        roomId: roomIdIn(c.req.path),
        status: c.res.status,
        ms: Math.round(seconds * 1_000),
        address: site.client.address,
      },
      'request',
    );
  }

  #siteOf(c: Context<Env>): RequestSite {
    const { headers, url } = c.req.raw;
    const { trustProxy, publicUrl } = this.#options;
    const { protocol, host: urlHost } = new URL(url);
    const host = headers.get('host') ?? urlHost;
    const forwardedFor = headers.get('x-forwarded-for');
    if (forwardedFor !== null && trustProxy <= 0) this.#warnAboutProxy();
    const forwardedProto = headers.get('x-forwarded-proto');
    const connection = isSecure(protocol === 'https:', forwardedProto, trustProxy);
    const secure = publicUrl === null ? connection : this.#strictTransport || connection;
    const clues = { origin: headers.get('origin'), host, secure };
    return {
      client: {
        address: clientAddress(c.env.remoteAddress, forwardedFor, trustProxy),
        userAgent: headers.get('user-agent') ?? '',
      },
      secure,
      ownOrigin: ownOrigin(this.#policy, clues),
      verdict: judgeOrigin(this.#policy, clues),
    };
  }

  #warnAboutProxy(): void {
    if (this.#warnedAboutProxy) return;
    this.#warnedAboutProxy = true;
    this.#options.logger.warn(
      {},
      'a request came with X-Forwarded-For and it is not believed: set PINROOM_TRUST_PROXY to the ' +
        'number of proxies in front of this server',
    );
  }

  #gate(c: Context<Env>): Gate {
    const { checker, maxBodyBytes = DEFAULT_BODY_BYTES } = this.#options;
    const request = c.req.raw;
    const site = c.get('site');
    return {
      site,
      headers: request.headers,
      admit: (who) => this.#admission.admit(who, request.headers.get('authorization'), site.client),
      body: async (schema) =>
        checker.check(schema, await readJsonBody(request, maxBodyBytes, this.#clock)),
      query: (schema) =>
        checker.check(schema, readQuery(schema, new URL(request.url).searchParams)),
      param: (name) => c.req.param(name) ?? '',
    };
  }

  #answerFault(fault: unknown, c: Context<Env>): Response {
    if (isOurFault(fault)) {
      const { method, path } = c.req;
      const names = { requestId: c.env.requestId, roomId: roomIdIn(path) };
      const fields = { ...names, err: fault, method, route: routeOf(c) };
      this.#options.logger.error(fields, 'request failed');
      this.#options.metrics.count('pinroom_internal_faults_total');
    }
    return refuse(c, fault);
  }
}

/** The answer to a fault, which is counted behind it. */
function refuse(c: Context<Env>, fault: unknown): Response {
  c.set('fault', toWireError(fault).code);
  return faultAnswer(fault);
}

/** The pattern, not the path: a PIN does not belong into a log. */
function routeOf(c: Context<Env>): string {
  return matchedRoutes(c).at(-1)?.path ?? '*';
}

function answerOtherMethod(c: Context<Env>, methods: readonly string[]): Response {
  const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  if (c.req.method === 'OPTIONS') return preflightAnswer(allowed, c.get('site').verdict);
  const message = `Here one may use ${methods.join(', ')} only.`;
  // No code of the protocol has status 405, which tells a program most.
  const error = new AppError('not_found', message).toWire();
  c.set('fault', error.code);
  return jsonAnswer(405, { error }, { allow: allowed.join(', ') });
}
