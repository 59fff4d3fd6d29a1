import {
  BODY_SCHEMAS,
  PARAMETER_SCHEMAS,
  REFRESH_COOKIE,
  type SessionAnswer,
} from '@pinroom/client/contract';
import type { SessionApi, SessionGrant } from '../../engine/connection/http-api.port.js';
import { AppError } from '../../engine/runtime/app-error.js';
import type { Clock } from '../../engine/runtime/clock.js';
import { readCookie } from '../headers/read-cookie.js';
import { session, sessionList } from './answer-schemas.js';
import { emptyAnswer, faultAnswer, isOurFault, jsonAnswer } from './json-answer.js';
import { mayUseCookie } from './origin-policy.js';
import { clearedRefreshCookie, refreshCookie } from './refresh-cookie.js';
import { type RequestSite, type Route, route } from './route.js';

const UUID = new RegExp(PARAMETER_SCHEMAS.id.pattern);
const SESSION_OVER = {
  status: 204,
  description: 'Done; the cookie is cleared.',
  hasCookie: true,
} as const;

/** Starting, refreshing, listing and ending sessions. */
export function sessionRoutes(sessions: SessionApi, clock: Clock): readonly Route[] {
  return [
    createSession(sessions, clock),
    refreshSession(sessions, clock),
    route({
      method: 'DELETE',
      path: '/api/sessions/current',
      name: 'endSession',
      summary: 'Ends this session; its sockets are closed within about a second, on every node.',
      who: 'user',
      answers: [SESSION_OVER],
      async handle({ caller, site }) {
        await sessions.endSession(caller);
        return emptyAnswer({ 'set-cookie': clearedRefreshCookie(site.secure) });
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/sessions',
      name: 'endAllSessions',
      summary: 'Ends all sessions of the user; their sockets are closed within about a second.',
      who: 'user',
      answers: [SESSION_OVER],
      async handle({ caller, site }) {
        await sessions.endAllSessions(caller);
        return emptyAnswer({ 'set-cookie': clearedRefreshCookie(site.secure) });
      },
    }),
    ...ownSessionRoutes(sessions),
  ];
}

/** Behind the others: an id stands where they have a word. */
function ownSessionRoutes(sessions: SessionApi): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/sessions',
      name: 'listSessions',
      summary: 'The sessions of the user that go on, at most 100, the last used first.',
      who: 'user',
      answers: [{ status: 200, description: 'The sessions.', schema: sessionList }],
      async handle({ caller }) {
        return jsonAnswer(200, await sessions.listSessions(caller));
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/sessions/:id',
      name: 'endOwnSession',
      summary:
        'Ends one of the sessions of the user; its sockets are closed within about a second.',
      who: 'user',
      answers: [
        {
          status: 204,
          description: 'Done; the cookie is cleared if it was this session.',
          hasCookie: true,
        },
      ],
      faults: ['not_found'],
      async handle({ caller, param, site }) {
        const id = param('id');
        if (!UUID.test(id)) throw new AppError('not_found');
        await sessions.endOwnSession(caller, id);
        if (id !== caller.sessionId) return emptyAnswer();
        return emptyAnswer({ 'set-cookie': clearedRefreshCookie(site.secure) });
      },
    }),
  ];
}

function createSession(sessions: SessionApi, clock: Clock): Route {
  return route({
    method: 'POST',
    path: '/api/sessions',
    name: 'createSession',
    summary:
      'Starts a session for a new user; with `cookie` the refresh token comes only as cookie.',
    who: 'anyone',
    body: BODY_SCHEMAS.createSession,
    answers: [{ status: 201, description: 'The session.', schema: session, hasCookie: true }],
    faults: ['origin_denied'],
    async handle({ body, site }) {
      // A page that may not use the cookie may not put one into somebody's browser either.
      if (body.cookie && site.verdict !== 'missing') requireCookieOrigin(site);
      const grant = await sessions.createSession({ nickname: body.nickname }, site.client);
      return sessionAnswer(201, grant, site, clock, body.cookie === true);
    },
  });
}

function refreshSession(sessions: SessionApi, clock: Clock): Route {
  return route({
    method: 'POST',
    path: '/api/sessions/refresh',
    name: 'refreshSession',
    summary: 'Rotates the refresh token, from the body or from the cookie `pinroom_refresh`.',
    who: 'anyone',
    body: BODY_SCHEMAS.refreshSession,
    orCookie: true,
    answers: [{ status: 200, description: 'The session.', schema: session, hasCookie: true }],
    faults: ['unauthenticated', 'session_ended', 'origin_denied'],
    async handle({ body, site, headers }) {
      if (body.refreshToken !== undefined) {
        const grant = await sessions.refreshSession(body.refreshToken, site.client);
        return sessionAnswer(200, grant, site, clock, false);
      }
      const token = readCookie(headers.get('cookie'), REFRESH_COOKIE);
      if (token === undefined) throw new AppError('unauthenticated', 'No refresh token was sent.');
      requireCookieOrigin(site);
      try {
        return sessionAnswer(
          200,
          await sessions.refreshSession(token, site.client),
          site,
          clock,
          true,
        );
      } catch (fault) {
        if (!isForgotten(fault)) throw fault;
        return faultAnswer(fault, { 'set-cookie': clearedRefreshCookie(site.secure) });
      }
    },
  });
}

function requireCookieOrigin(site: RequestSite): void {
  if (!mayUseCookie(site.verdict)) throw new AppError('origin_denied');
}

/** Whether the cookie is of no more use. */
function isForgotten(fault: unknown): boolean {
  if (isOurFault(fault) || !(fault instanceof AppError)) return false;
  return fault.code === 'session_ended' || fault.code === 'unauthenticated';
}

function sessionAnswer(
  status: number,
  grant: SessionGrant,
  site: RequestSite,
  clock: Clock,
  byCookie: boolean,
): Response {
  const { user, accessToken, accessTokenExpiresAt, refreshToken } = grant;
  const answer: SessionAnswer = {
    user: { id: user.id, nickname: user.nickname },
    accessToken,
    accessTokenExpiresAt,
  };
  if (!byCookie) return jsonAnswer(status, { ...answer, refreshToken });
  const maxAgeMs = grant.refreshTokenExpiresAt - clock.now();
  const cookie = refreshCookie(refreshToken, maxAgeMs, site.secure);
  return jsonAnswer(status, answer, { 'set-cookie': cookie });
}
