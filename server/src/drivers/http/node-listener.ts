import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { AppError } from '../../engine/runtime/app-error.js';
import type { HttpApp } from './http-app.js';
import { faultAnswer } from './json-answer.js';
import { setSecurityHeaders } from './security-headers.js';

/** The listener that puts the app behind a `node:http` server. */
export function createNodeListener(
  fetch: HttpApp['fetch'],
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  return getRequestListener(
    (request, { incoming }) =>
      fetch(request, { remoteAddress: incoming.socket.remoteAddress ?? '' }),
    {
      // The library would replace Request and Response for the whole process.
      overrideGlobalObjects: false,
      errorHandler() {
        const answer = faultAnswer(new AppError('bad_request', 'The request line is malformed.'));
        setSecurityHeaders(answer.headers, '/api/', false);
        return answer;
      },
    },
  );
}
