import { expect, it } from 'vitest';
import { readVersion } from '../../../src/app/version.js';
import { expectKept } from '../../support/kept-document.js';
import { HttpFixture } from './http-fixture.js';

it.each(['openapi.json', 'asyncapi.json'])('docs/%s is what the server answers', async (name) => {
  const http = new HttpFixture({ version: readVersion() });
  const answer = await http.call(`GET /${name}`);
  expect(answer.status).toBe(200);
  expectKept(name, `${JSON.stringify(await answer.json(), null, 2)}\n`);
});
