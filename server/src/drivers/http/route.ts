import type { ErrorCode, Schema, Static } from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../../engine/auth/caller.port.js';
import type { ClientInfo } from '../../engine/auth/client-info.port.js';
import type { OriginVerdict } from './origin-policy.js';

/** Who may call a route, and as whom the handler sees the caller. */
export interface CallerOf {
  anyone: null;
  /** Bearer access token. */
  user: Caller;
  /** Bearer access token or Bearer API key. */
  'user-or-application': Caller | ApplicationCaller;
  /** Bearer operator token. */
  operator: null;
}
export type Who = keyof CallerOf;

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What a route's place on the net looks like, as far as the request tells. */
export interface RequestSite {
  readonly client: ClientInfo;
  readonly secure: boolean;
  /** Null when the request does not say a usable host. */
  readonly ownOrigin: string | null;
  readonly verdict: OriginVerdict;
}

/** One request to one route, checked: a handler never sees what does not fit. */
export interface Call<W extends Who, B, Q> {
  readonly caller: CallerOf[W];
  readonly body: B;
  readonly query: Q;
  readonly site: RequestSite;
  readonly headers: Headers;
  /** A parameter of the path, decoded but not checked. */
  param(name: string): string;
}

export interface AnswerDocument {
  readonly status: number;
  readonly description: string;
  readonly schema?: Schema;
  /** JSON unless told. */
  readonly contentType?: string;
  /** It may set the refresh cookie, or clear it. */
  readonly hasCookie?: true;
}

/** Everything that the specification says about a route; it is also what registers it. */
export interface RouteDocument {
  readonly method: HttpMethod;
  /** Parameters as `:name`. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly who: Who;
  /** The refresh cookie counts where the body has nothing. */
  readonly orCookie: boolean;
  readonly body: Schema | null;
  readonly query: Schema | null;
  readonly answers: readonly AnswerDocument[];
  /** Codes that it may answer beside those that every route may. */
  readonly faults: readonly ErrorCode[];
  /** Pages and their files are served but are no part of the API. */
  readonly page: boolean;
}

/** What turns a raw request into a `Call`. */
export interface Gate {
  admit<W extends Who>(who: W): Promise<CallerOf[W]>;
  body<S extends Schema>(schema: S): Promise<Static<S>>;
  query<S extends Schema>(schema: S): Static<S>;
  readonly site: RequestSite;
  readonly headers: Headers;
  param(name: string): string;
}

export interface Route extends RouteDocument {
  /** Checks caller, query and body, in this order, and handles the call. */
  answer(gate: Gate): Promise<Response>;
}

const NO_SCHEMA = {} as const satisfies Schema;

interface RouteSpec<W extends Who, B extends Schema, Q extends Schema> {
  readonly method: HttpMethod;
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly who: W;
  readonly body?: B;
  readonly query?: Q;
  readonly answers: readonly AnswerDocument[];
  readonly faults?: readonly ErrorCode[];
  readonly orCookie?: boolean;
  readonly page?: boolean;
  handle(call: Call<W, Static<B>, Static<Q>>): Promise<Response> | Response;
}

/** Ties a route's description to its handler, so that neither can exist without the other. */
export function route<
  W extends Who,
  const B extends Schema = typeof NO_SCHEMA,
  const Q extends Schema = typeof NO_SCHEMA,
>(spec: RouteSpec<W, B, Q>): Route {
  const { method, path, name, summary, who, answers } = spec;
  return {
    method,
    path,
    name,
    summary,
    who,
    answers,
    body: spec.body ?? null,
    query: spec.query ?? null,
    faults: spec.faults ?? [],
    orCookie: spec.orCookie ?? false,
    page: spec.page ?? false,
    async answer(gate) {
      const caller = await gate.admit(who);
      const query = spec.query ? gate.query(spec.query) : ({} as Static<Q>);
      const body = spec.body ? await gate.body(spec.body) : ({} as Static<B>);
      const { site, headers } = gate;
      return spec.handle({ caller, body, query, site, headers, param: (name) => gate.param(name) });
    },
  };
}
