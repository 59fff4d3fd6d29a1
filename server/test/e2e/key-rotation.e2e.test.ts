import { copyFile } from 'node:fs/promises';
import type { SessionAnswer } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { call, newSession } from '../support/http-calls.js';
import { type KeysFile, newKeysFile } from '../support/keys-file.js';
import { shakeHands } from '../support/opening-handshake.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson, openRoom, refusal, type TestPerson } from '../support/test-client.js';
import { until } from '../support/until.js';

type Session = Awaited<ReturnType<typeof newSession>>;

let backends: Backends;
/** The environment file of all nodes. */
let file: KeysFile;
let nodes: [SpawnedNode, SpawnedNode];

beforeAll(async () => {
  file = newKeysFile();
  [backends] = await Promise.all([startBackends(), file.keys()]);
  nodes = await Promise.all([startNode(file), startNode(file)]);
});

async function startNode(from: KeysFile, port?: number): Promise<SpawnedNode> {
  const env = { ...UNLIMITED, ...backends.env, ...(await from.variables()) };
  return await spawnNode({ env, ...(port === undefined ? {} : { port }) });
}

const urls = () => nodes.map(({ url }) => url);

/** What a caller with this access token is told over HTTP and at the handshake. */
async function useToken(url: string, token: string): Promise<string[]> {
  const { code } = await call(`${url}/api/rooms`, { token });
  return [code ?? 'welcome', await greet(url, { auth: { token } })];
}

async function greet(url: string, options: Parameters<typeof shakeHands>[1]): Promise<string> {
  const { ready, refused } = await shakeHands(url, options);
  return ready ? 'welcome' : (refused?.code ?? 'refused');
}

async function refresh(url: string, { refreshToken }: Session) {
  const body = { refreshToken };
  return await call<Session>(`${url}/api/sessions/refresh`, { method: 'POST', body });
}

/** Somebody who shows one access token again and again. */
async function tokenHolder(url: string) {
  const { accessToken } = await newSession(url, 'Tess');
  return { use: (at: string) => useToken(at, accessToken) };
}

/** Somebody who greets with the refresh token, and exchanges it every time. */
async function refresher(url: string) {
  let session = await newSession(url, 'Rita');
  const use = async (at: string) => {
    const { refreshToken } = session;
    const greeted = await greet(at, { auth: { refreshToken } });
    const { code, body } = await refresh(at, session);
    if (code === null) session = body;
    return [greeted, code ?? 'welcome', ...(await useToken(at, session.accessToken))];
  };
  return { use, accessToken: () => session.accessToken };
}

/** The same with a cookie, as a browser does it. */
async function cookieHolder(url: string) {
  const cookieOf = (headers: Headers) => (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const body = { nickname: 'Coco', cookie: true };
  let cookie = cookieOf((await call(`${url}/api/sessions`, { method: 'POST', body })).headers);
  const use = async (at: string) => {
    const headers = { cookie, origin: at };
    const greeted = await greet(at, { headers });
    const address = `${at}/api/sessions/refresh`;
    const answer = await call<SessionAnswer>(address, { method: 'POST', headers, body: {} });
    if (answer.code === null) cookie = cookieOf(answer.headers);
    return [greeted, answer.code ?? 'welcome'];
  };
  return { use };
}

/** Somebody with the client library, which refreshes before each handshake. */
async function connected(url: string, nickname: string) {
  const person = await newPerson(url, nickname, { refreshMarginMs: 3_600_000 });
  const told: string[] = [];
  person.client.on('user', ({ isNew }) => told.push(`a session, ${isNew ? 'new' : 'known'}`));
  person.client.on('state', ({ state, reason }) => {
    if (reason === 'session_ended' || reason === 'unauthenticated')
      told.push(`${state}: ${reason}`);
  });
  return { person, told };
}

interface Stage {
  /** Uses every way in on a node; answers what was not welcome. */
  readonly complaints: (url: string) => Promise<string[]>;
  readonly people: readonly (readonly [person: TestPerson, home: 0 | 1])[];
  /** Everybody who is connected hears what the host says now. */
  readonly talk: () => Promise<void>;
}

/** Gives the file to the nodes and restarts one after the other, both in use before and after. */
async function rollOut({ complaints, people, talk }: Stage): Promise<void> {
  for (const index of [0, 1] as const) {
    const [node, other] = [nodes[index], nodes[1 - index] as SpawnedNode];
    const guests = people.filter(([, home]) => home === index);
    // As a balancer does it.
    for (const [person] of guests) person.moveTo(other.url);
    const [status] = await Promise.all([node.stop(), complaints(other.url).then(expectNone)]);
    expect(status).toBe(0);
    await talk();
    nodes[index] = await startNode(file, node.port);
    for (const [person] of guests) {
      person.moveTo(node.url);
      person.cut();
    }
    for (const url of urls()) expectNone(await complaints(url));
    await talk();
  }
}

const expectNone = (complaints: readonly string[]) => expect(complaints).toEqual([]);

async function kidsOf(url: string): Promise<string[]> {
  const { body } = await call<{ keys: { kid: string }[] }>(`${url}/.well-known/jwks.json`);
  return body.keys.map(({ kid }) => kid);
}

/** How often a user's session was refreshed, as the archive knows it a second later. */
async function generationOf(userId: string): Promise<number> {
  const rows = await backends.query<{ generation: number }>(
    'SELECT generation FROM sessions WHERE user_id = $1',
    [userId],
  );
  return rows[0]?.generation ?? 0;
}

function kidIn(token: string): string {
  const header = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
  return (JSON.parse(header) as { kid: string }).kid;
}

describe('replacing the signing key and the token secret', () => {
  it('in one step logs out whoever comes from a new node to an old one', async () => {
    const hasty = newKeysFile();
    await copyFile(file.path, hasty.path);
    await hasty.keys('--prepare');
    await hasty.keys('--rotate');
    const third = await startNode(hasty);
    const [old] = urls();
    const session = (await refresh(third.url, await newSession(old ?? '', 'Hasty'))).body;
    expect(await useToken(third.url, session.accessToken)).toEqual(['welcome', 'welcome']);
    expect(await useToken(old ?? '', session.accessToken)).toEqual([
      'unauthenticated',
      'unauthenticated',
    ]);
    // Which the client library takes for the end of the session.
    expect((await refresh(old ?? '', session)).code).toBe('unauthenticated');
    await third.stop();
  });

  it('as `npm run keys` says it logs nobody out, on either node, at any time', async () => {
    const [a = '', b = ''] = urls();
    const holders = [await tokenHolder(a), await tokenHolder(b)];
    const refreshers = [await refresher(a), await refresher(b)];
    const cookies = [await cookieHolder(a), await cookieHolder(b)];
    const [asleep, forgotten] = [await newSession(a, 'Zoe'), await newSession(b, 'Yan')];
    const hugo = await connected(a, 'Hugo');
    const paula = await connected(b, 'Paula');
    const { handle, hostKey, pin, roomId } = await openRoom(hugo.person);
    const seat = await paula.person.client.joinRoom({ pin });
    const heard: unknown[] = [];
    seat.on('entry', ({ payload }) => heard.push(payload));
    let said = 0;
    const stage: Stage = {
      people: [
        [hugo.person, 0],
        [paula.person, 1],
      ],
      complaints: async (url) => {
        const uses = [...holders, ...refreshers, ...cookies].map(({ use }) => use(url));
        return (await Promise.all(uses)).flat().filter((word) => word !== 'welcome');
      },
      talk: async () => {
        said += 1;
        await handle.send('chat', said);
        await until(() => heard.at(-1) === said, 10_000);
      },
    };
    for (const url of urls()) expectNone(await stage.complaints(url));
    const [kid = ''] = await kidsOf(a);

    await file.keys('--prepare');
    await rollOut(stage);
    const [, nextKid = ''] = await kidsOf(a);
    for (const url of urls()) expect(await kidsOf(url)).toEqual([kid, nextKid]);
    for (const { accessToken } of refreshers) expect(kidIn(accessToken())).toBe(kid);

    await file.keys('--rotate');
    await rollOut(stage);
    for (const url of urls()) expect(await kidsOf(url)).toEqual([nextKid, kid]);
    for (const { accessToken } of refreshers) expect(kidIn(accessToken())).toBe(nextKid);
    // Who was away all the time comes back with tokens from before, and a host with the key.
    expect(kidIn(asleep.accessToken)).toBe(kid);
    expect(await useToken(b, asleep.accessToken)).toEqual(['welcome', 'welcome']);
    const awake = (await refresh(b, asleep)).body;
    expect(kidIn(awake.accessToken)).toBe(nextKid);
    const second = await newPerson(b, 'Second device');
    expect(await refusal(second.client.joinRoom({ roomId, hostKey }))).toBe('ok');

    expect(heard).toEqual(Array.from({ length: said }, (_, index) => index + 1));

    await file.keys('--retire');
    // These two hold tokens from before, which are refused from here on.
    holders.splice(0);
    await rollOut(stage);
    for (const url of urls()) {
      expect(await kidsOf(url)).toEqual([nextKid]);
      const { accessToken, refreshToken } = forgotten;
      expect(await useToken(url, accessToken)).toEqual(['unauthenticated', 'unauthenticated']);
      expect((await refresh(url, forgotten)).code).toBe('unauthenticated');
      expect(await greet(url, { auth: { refreshToken } })).toBe('unauthenticated');
      expect(await useToken(url, awake.accessToken)).toEqual(['welcome', 'welcome']);
    }
    expect((await refresh(a, awake)).code).toBeNull();
    expect([...hugo.told, ...paula.told]).toEqual([]);
    // The control: they did show their refresh tokens, again and again.
    for (const { person } of [hugo, paula]) {
      expect(await generationOf(person.userId)).toBeGreaterThan(5);
    }
  }, 60_000);
});
