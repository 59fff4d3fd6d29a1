import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { sessionKey } from '../../src/drivers/redis/keys.js';
import { openRaw } from '../contracts/transport/raw-client.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call, newSession } from '../support/http-calls.js';
import { shakeHands } from '../support/opening-handshake.js';
import { rawHttp, UPGRADE } from '../support/raw-http.js';
import { codeOf, openSocket } from '../support/raw-socket.js';
import { SHARED_SECRETS, type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
/** What would begin a line of its own, colour a terminal, or end the text of a JSON line. */
const INJECTIONS = [
  '"\r\n{"level":50,"msg":"injected"}',
  '\n{"level":"fatal","msg":"injected"}\n',
  '\u001b[31minjected\u001b[0m\u001b]0;injected\u0007',
  '\u009b31minjected\u2028{"msg":"injected"}\u2029\u0085',
  '\u202eedisni\u2066\r\r\b\b\b',
];

/** A word that nobody would log by chance. */
const word = () => `w${randomBytes(12).toString('hex')}`;

/** Whatever must not be in a log, by what it is. */
class Secrets {
  readonly #known = new Map<string, string>();

  add(what: string, secret: string): string {
    if (secret.length < 8) throw new Error(`${what} is too short to be looked for`);
    this.#known.set(secret, what);
    return secret;
  }

  /** A new one. */
  make(what: string): string {
    return this.add(what, word());
  }

  /** A token and each of its parts: what is left of one is as good to whoever guesses the rest. */
  addToken(what: string, token: string): string {
    const [first = '', second = '', third = ''] = token.split('.');
    this.add(`mac or signature of ${what}`, third);
    // The first part of a refresh token is the session's id, the second a number.
    if (second.length > 8) {
      this.add(`head of ${what}`, first);
      this.add(`claims of ${what}`, second);
    }
    return this.add(what, token);
  }

  foundIn(output: string): string[] {
    return [...this.#known].filter(([secret]) => output.includes(secret)).map(([, what]) => what);
  }

  get size(): number {
    return this.#known.size;
  }
}

/** Fails unless every line is one object of the log, and none came from a client. */
function expectLogLines(output: string): void {
  const lines = output.split(/\r\n|[\n\r\u0085\u2028\u2029]/).filter((line) => line !== '');
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      throw new Error(`no JSON: ${line}`);
    }
    expect(parsed).toMatchObject({ msg: expect.any(String), time: expect.any(String) });
    expect(LEVELS).toContain((parsed as { level: unknown }).level);
    expect((parsed as { msg: unknown }).msg).not.toContain('injected');
  }
  expect([...output].filter((c) => c !== '\n' && hides(c.codePointAt(0) ?? 0))).toEqual([]);
}

/** Control characters, separators of lines and turns of direction. */
function hides(code: number): boolean {
  const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f);
  return isControl || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

describe.each(['uws', 'ws'] as const)(
  'the log of a node on %s, with all that it can tell',
  (transport) => {
    const secrets = new Secrets();
    let backends: Backends;
    let node: SpawnedNode;
    let redis: Redis;

    beforeAll(async () => {
      backends = await startBackends();
      const password = secrets.make('the password of Redis');
      redis = connectToRedis(backends.redis.url);
      await redis.config('SET', 'requirepass', password);
      await redis.auth(password);
      node = await spawnNode({
        transport,
        env: {
          ...UNLIMITED,
          ...backends.env,
          REDIS_URL: backends.redis.url.replace('redis://', `redis://default:${password}@`),
          PINROOM_LOG_LEVEL: 'trace',
          PINROOM_API_KEY: secrets.make('the API key'),
          PINROOM_TRUST_PROXY: '1',
        },
      });
      for (const [name, value] of Object.entries(SHARED_SECRETS)) secrets.add(name, value);
      secrets.add('private key', JSON.parse(SHARED_SECRETS.PINROOM_JWT_PRIVATE_KEY).d);
      const { password: word } = new URL(backends.database.url);
      if (word !== '') secrets.add('the password of PostgreSQL', word);
    });

    /** A session, whose tokens and salt are secrets. */
    async function session(nickname: string) {
      const granted = await newSession(node.url, nickname);
      secrets.addToken('an access token', granted.accessToken);
      secrets.addToken('a refresh token', granted.refreshToken);
      const key = sessionKey(granted.refreshToken.split('.')[0] ?? '');
      if (redis.status === 'ready') secrets.add('a salt', (await redis.hget(key, 'salt')) ?? '');
      return granted;
    }

    /** What is asked in every state of the backends; each call may be refused. */
    async function walk(): Promise<Set<string>> {
      const codes = new Set<string>();
      const http = async (path: string, request: Parameters<typeof call>[1]) => {
        const answer = await call<{ refreshToken?: string }>(`${node.url}${path}`, request);
        codes.add(answer.code ?? 'ok');
        const cookie = /pinroom_refresh=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1];
        if (cookie) secrets.addToken('a cookie', cookie);
        if (answer.body?.refreshToken) secrets.addToken('a token', answer.body.refreshToken);
        return { ...answer, cookie: `pinroom_refresh=${cookie ?? ''}` };
      };
      const wrong = secrets.make('a wrong token');
      const body = { cookie: true };
      const { cookie } = await http('/api/sessions', { method: 'POST', body });
      const own = { cookie, origin: node.url };
      await http('/api/sessions/refresh', { method: 'POST', headers: own });
      await http('/api/sessions/refresh', { method: 'POST', headers: { ...own, origin: 'null' } });
      for (const refreshToken of [wrong, `${word()}.1.${wrong}`]) {
        await http('/api/sessions/refresh', { method: 'POST', body: { refreshToken } });
      }
      await http('/api/sessions/refresh', {
        method: 'POST',
        headers: { cookie: `pinroom_refresh=${wrong}`, origin: node.url },
      });
      await http(`/api/rooms?token=${secrets.make('a token in a query')}`, { token: wrong });
      await http('/api/sessions', { method: 'POST', raw: `{"${secrets.make('half a body')}` });
      await http('/metrics', { token: wrong });
      await http('/metrics', { token: SHARED_SECRETS.PINROOM_OPERATOR_TOKEN });
      for (const auth of [{ token: wrong }, { refreshToken: wrong }, { token: { deep: wrong } }]) {
        await shakeHands(node.url, { auth });
      }
      await shakeHands(node.url, { headers: own });
      const query = `&token=${secrets.make('a token in a query of a socket')}`;
      const headers = [...UPGRADE, ['Origin', 'https://evil.example'], ['Cookie', cookie]] as const;
      await rawHttp(node.port, { path: `/socket.io/?EIO=4&transport=websocket${query}`, headers });
      return codes;
    }

    it('is JSON lines and holds no secret, whatever is asked and whatever fails', async () => {
      await walk();
      const ada = await session('Ada');
      await shakeHands(node.url, { auth: { refreshToken: ada.refreshToken } });
      const rotated = await call<{ refreshToken: string; accessToken: string }>(
        `${node.url}/api/sessions/refresh`,
        { method: 'POST', body: { refreshToken: ada.refreshToken } },
      );
      secrets.addToken('a rotated token', rotated.body.refreshToken);
      secrets.addToken('a newer access token', rotated.body.accessToken);

      const host = await openSocket(node.url, 'Host');
      const guest = await openSocket(node.url, 'Guest');
      for (const { token, refreshToken } of [host, guest]) {
        secrets.addToken('the token of a socket', token);
        secrets.addToken('the refresh token of a socket', refreshToken);
      }
      const { room, hostKey } = await host.socket.must('room:create', {
        key: secrets.make('a key'),
      });
      secrets.add('a host key', hostKey);
      const withPasscode = { settings: { passcode: secrets.make('a passcode') } };
      await host.socket.ask('room:create', withPasscode);
      await host.socket.must('room:join', { roomId: room.id, hostKey });
      await host.socket.ask('room:update', { roomId: room.id, ...withPasscode });
      const entry = () => ({
        roomId: room.id,
        type: 'chat',
        payload: { text: secrets.make('a payload') },
        key: secrets.make('the key of an entry'),
        once: secrets.make('a single answer'),
      });
      const ask = async () => {
        const passcode = secrets.make('a wrong passcode');
        const join = { roomId: room.id, passcode };
        return [
          codeOf(await guest.socket.ask('room:join', join)),
          codeOf(
            await guest.socket.ask('room:join', { ...join, hostKey: secrets.make('a host key') }),
          ),
          codeOf(await guest.socket.ask('room:join', { ...join, hostKey })),
          codeOf(await guest.socket.ask('room:send', entry())),
          codeOf(
            await host.socket.ask('room:send', { ...entry(), channel: `user:${guest.userId}` }),
          ),
          codeOf(await host.socket.ask('room:create', { key: secrets.make('a key') })),
          codeOf(await host.socket.emit('room:send', { ...entry(), [secrets.make('a field')]: 1 })),
          codeOf(await host.socket.emit(secrets.make('an event'), entry())),
        ];
      };
      expect(await ask()).toEqual(expect.arrayContaining(['ok', 'forbidden', 'bad_request']));
      const kick = { roomId: room.id, userId: guest.userId };
      await host.socket.must('room:kick', kick);

      for (const text of INJECTIONS) {
        // Of what is no header at all a server that waits for more says nothing.
        const plain = [...text].filter((c) => c >= ' ').join('');
        for (const name of [text, `room:${text}`]) await host.socket.emit(name, { [text]: text });
        await host.socket.emit('room:send', { ...entry(), type: text });
        await host.socket.emit('room:send', { ...entry(), payload: text });
        await host.socket.emit('room:join', { roomId: room.id, nickname: text });
        await call(`${node.url}/api/sessions`, { method: 'POST', body: { nickname: text } });
        const path = `/${encodeURIComponent(text)}`;
        await call(`${node.url}${path}?${path}`, { method: 'DELETE' });
        const fields = [
          'User-Agent',
          'X-Forwarded-For',
          'Referer',
          'Origin',
          'Authorization',
          'Host',
        ];
        const lines = fields.map((name) => [name, plain] as const);
        await rawHttp(node.port, { path: '/healthz', headers: lines });
        await rawHttp(node.port, { path: '/socket.io/', headers: [...UPGRADE, ...lines] });
      }
      const noise = await openRaw(`127.0.0.1:${node.port}`);
      noise.send(`42["${secrets.make('a frame too early')}"]`);
      await noise.closed();

      await backends.redis.kill();
      redis.disconnect();
      expect(await walk()).toContain('unavailable');
      expect(await ask()).toContain('unavailable');
      await host.socket.ask('room:kick', kick);
      await until(() => node.output().includes('Redis connection failed'));
      // It comes back without its data, and without a password.
      await backends.redis.restart();
      await until(async () => (await walk()).has('ok'), 15_000);
      await until(async () => (await ask()).includes('ok'), 15_000);

      await backends.database.drop();
      await walk();
      await ask();
      await session('Late').catch(() => null);
      await until(() => node.output().includes('backend down'), 15_000);
      await node.stop();

      expect(secrets.size).toBeGreaterThan(50);
      expect(secrets.foundIn(node.output())).toEqual([]);
      expectLogLines(node.output());
      for (const refused of [
        /"socketId":"[\w-]{20}","network":"127.0.0.1","code":"unauthenticated","msg":"a handshake was/,
        /"network":"127.0.0.1","code":"origin_denied","msg":"an upgrade was refused"/,
        /"network":"127.0.0.1","code":"bad_request","msg":"an upgrade was refused"/,
      ]) {
        expect(node.output()).toMatch(refused);
      }
    });
  },
);

it('the last words of a node that dies of a bug are a line of its log, without secrets', async () => {
  const secret = word();
  const bug = `process.on('SIGUSR2', () => {
    const token = process.env.BUG_TOKEN;
    const command = { name: 'set', args: [token] };
    throw Object.assign(new Error('a bug'), { command, token });
  });`;
  const node = await spawnNode({
    env: {
      ...(await startBackends()).env,
      BUG_TOKEN: secret,
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(bug)}`,
    },
  });
  process.kill(node.pid, 'SIGUSR2');
  expect(await node.exited).toBe(1);
  expect(node.output()).toContain('a bug');
  expect(node.output()).not.toContain(secret);
  expectLogLines(node.output());
});
