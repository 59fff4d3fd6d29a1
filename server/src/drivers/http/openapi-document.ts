import {
  CODES,
  type ErrorCode,
  PARAMETER_SCHEMAS,
  REFRESH_COOKIE,
  type Schema,
} from '@pinroom/client/contract';
import { fault, NAMED_SCHEMAS } from './answer-schemas.js';
import type { AnswerDocument, RouteDocument, Who } from './route.js';
import { SchemaReferences } from './schema-references.js';

/** Codes that any route may answer; the ones of a route itself come on top. */
const FAULTS_OF_ALL: readonly ErrorCode[] = ['unavailable', 'internal'];

const SECURITY: { readonly [W in Who]: readonly object[] } = {
  anyone: [],
  user: [{ accessToken: [] }],
  'user-or-application': [{ accessToken: [] }, { apiKey: [] }],
  operator: [{ operatorToken: [] }],
};

const SECURITY_SCHEMES = {
  accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      'PINROOM_API_KEY: an application’s own server, a host of any room that a user has opened.',
  },
  operatorToken: { type: 'http', scheme: 'bearer', description: 'PINROOM_OPERATOR_TOKEN.' },
  refreshCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: REFRESH_COOKIE,
    description: 'From pages alone: with the `Origin` of the server itself, or a listed one.',
  },
};

const HEADERS = {
  RequestId: { description: 'Names the request in the log.', schema: { type: 'string' } },
  RetryAfter: {
    description: 'Seconds: `retryAfterMs`, rounded up.',
    schema: { type: 'integer', minimum: 1 },
  },
  RefreshCookie: {
    description: `\`${REFRESH_COOKIE}\`, set or cleared where a cookie keeps the refresh token: HttpOnly, SameSite=Strict, and Secure over TLS.`,
    schema: { type: 'string' },
  },
};
/** Answers of these may say when to come back. */
const RETRIED: ReadonlySet<number> = new Set([429, 503]);

/** The OpenAPI 3.1 document of these routes; pages are left out. */
export function openApiDocument(routes: readonly RouteDocument[], version: string): object {
  const references = new SchemaReferences(NAMED_SCHEMAS);
  const paths: { [path: string]: { [method: string]: object } } = {};
  for (const route of routes) {
    if (route.page) continue;
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route, references);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pinroom',
      version,
      description:
        'Rooms that people enter by PIN. The real-time half is in /asyncapi.json. A method that a path ' +
        'does not have is answered with 405, `Allow` and the code `not_found`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: references.definitions(),
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function operation(route: RouteDocument, references: SchemaReferences): object {
  const parameters = [...pathParameters(route, references), ...queryParameters(route, references)];
  return {
    operationId: route.name,
    summary: route.summary,
    security: route.orCookie ? [{ refreshCookie: [] }, {}] : SECURITY[route.who],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: requestBody(route.body, references) } : {}),
    responses: { ...successes(route, references), ...failures(route, references) },
  };
}

function pathParameters(route: RouteDocument, references: SchemaReferences): object[] {
  return [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: references.quote(name === 'pin' ? PARAMETER_SCHEMAS.pin : PARAMETER_SCHEMAS.id),
  }));
}

function queryParameters(route: RouteDocument, references: SchemaReferences): object[] {
  return Object.entries(route.query?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: route.query?.required?.includes(name) ?? false,
    schema: references.quote(schema),
  }));
}

function requestBody(schema: Schema, references: SchemaReferences): object {
  return {
    required: (schema.required?.length ?? 0) > 0,
    content: { 'application/json': { schema: references.quote(schema) } },
  };
}

function successes(route: RouteDocument, references: SchemaReferences): { [s: string]: object } {
  const statuses = [...new Set(route.answers.map(({ status }) => status))];
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      success(
        route.answers.filter((answer) => answer.status === status),
        references,
      ),
    ]),
  );
}

/** Answers of one status, which differ in the type of their content. */
function success(answers: readonly AnswerDocument[], references: SchemaReferences): object {
  const description = answers[0]?.description ?? '';
  const content = answers.flatMap(({ schema, contentType = 'application/json' }) =>
    schema ? [[contentType, { schema: references.quote(schema) }] as const] : [],
  );
  const hasCookie = answers.some((answer) => answer.hasCookie);
  const headers = headersOf({ hasCookie });
  if (content.length === 0) return { description, headers };
  return { description, headers, content: Object.fromEntries(content) };
}

function headersOf(may: { hasCookie: boolean; isRetried?: boolean }): object {
  return {
    'X-Request-Id': { $ref: '#/components/headers/RequestId' },
    ...(may.isRetried ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {}),
    ...(may.hasCookie ? { 'Set-Cookie': { $ref: '#/components/headers/RefreshCookie' } } : {}),
  };
}

/** Codes that share a status share an answer. */
function failures(route: RouteDocument, references: SchemaReferences): { [s: string]: object } {
  const byStatus = new Map<number, string[]>();
  const told = new Set(route.answers.map((answer) => answer.status));
  for (const code of faultsOf(route)) {
    const { status, meaning } = CODES[code];
    if (told.has(status)) continue;
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${meaning}`]);
  }
  const content = { 'application/json': { schema: references.quote(fault) } };
  return Object.fromEntries(
    [...byStatus].map(([status, meanings]) => [
      String(status),
      {
        description: meanings.join('\n\n'),
        headers: headersOf({
          // One that is of no more use is cleared.
          hasCookie: route.orCookie && status === 401,
          isRetried: RETRIED.has(status),
        }),
        content,
      },
    ]),
  );
}

function faultsOf(route: RouteDocument): Set<ErrorCode> {
  const codes = new Set<ErrorCode>(route.faults);
  if (route.body) codes.add('bad_request').add('payload_too_large');
  if (route.query) codes.add('bad_request');
  if (route.who !== 'anyone') codes.add('unauthenticated');
  if (route.who.startsWith('user')) codes.add('session_ended');
  // The API key is known, and no user.
  if (route.who === 'user') codes.add('forbidden');
  if (route.path.includes('/rooms/:')) codes.add('room_not_found');
  if (!route.path.startsWith('/api/')) return codes;
  for (const code of FAULTS_OF_ALL) codes.add(code);
  // Calls are counted by session or address; the operator's are not.
  if (route.who !== 'operator') codes.add('rate_limited');
  return codes;
}
