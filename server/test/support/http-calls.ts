import type { SessionAnswer } from '@pinroom/client/contract';

/** A call to a node as a program makes it. */
export interface HttpCall {
  readonly method?: string;
  /** Bearer token: a user's, an application's or an operator's. */
  readonly token?: string;
  /** Sent as JSON; for anything else give `raw`. */
  readonly body?: unknown;
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body when it is JSON, else null. */
  readonly body: T;
  /** The code of an error, else null. */
  readonly code: string | null;
}

const DEADLINE_MS = 10_000;

/** Calls `url`, and reads the whole answer. */
export async function call<T = unknown>(
  url: string,
  request: HttpCall = {},
): Promise<HttpAnswer<T>> {
  const { method = 'GET', token, body, raw, headers = {} } = request;
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(DEADLINE_MS),
    headers: {
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const parsed: unknown = isJson ? JSON.parse(text) : null;
  const { error } = (parsed ?? {}) as { error?: { code?: string } };
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: parsed as T,
    code: error?.code ?? null,
  };
}

/** A new session, as a browser that keeps its own tokens gets it. */
export async function newSession(
  url: string,
  nickname: string,
): Promise<SessionAnswer & { refreshToken: string }> {
  const { status, body, text } = await call<SessionAnswer>(`${url}/api/sessions`, {
    method: 'POST',
    body: { nickname },
  });
  if (status !== 201 || body.refreshToken === undefined) throw new Error(`No session: ${text}`);
  return { ...body, refreshToken: body.refreshToken };
}
