import { describe, expect, it } from 'vitest';
import { PinoLogger, type PinoLoggerOptions } from './pino-logger.js';
import { PrometheusMetrics } from './prometheus-metrics.js';

function capture(options: Partial<PinoLoggerOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = new PinoLogger({ level: 'info', destination, ...options });
  const last = () => JSON.parse(lines.at(-1) ?? '{}') as { [name: string]: unknown };
  return { logger, lines, last };
}

describe('logger', () => {
  it('writes one JSON object a line, from its level on', () => {
    const { logger, lines, last } = capture({ base: { node: 'a' } });
    logger.debug({}, 'too quiet');
    logger.info({ port: 3000 }, 'listening');
    expect(lines).toHaveLength(1);
    expect(last()).toMatchObject({ level: 'info', node: 'a', port: 3000, msg: 'listening' });
  });

  it('takes secrets out at any depth', () => {
    const { logger, lines } = capture();
    const secrets = { token: 'S1', refreshToken: 'S2', hostKey: 'S3', passcode: 'S4' };
    logger.info(
      {
        accessToken: 'S5',
        headers: { Authorization: 'Bearer S6', cookie: 'S7', 'Set-Cookie': 'S8' },
        list: [{ deep: { ...secrets } }],
        map: new Map([['token', 'S9']]),
      },
      'request',
    );
    expect(lines[0]).not.toMatch(/S\d/);
    expect(lines[0]?.match(/\[redacted\]/g)).toHaveLength(9);
  });

  it('shows an error with its causes and without what a command carried', () => {
    const { logger, last } = capture();
    const cause = Object.assign(new Error('ECONNRESET'), {
      code: 'ECONNRESET',
      command: { name: 'evalsha', args: ['payload of a user'] },
    });
    logger.error({ err: new Error('no answer', { cause }) }, 'failed');
    expect(last().err).toMatchObject({
      type: 'Error',
      message: 'no answer',
      stack: expect.stringContaining('pino-logger.test.ts'),
      cause: {
        message: 'ECONNRESET',
        code: 'ECONNRESET',
        command: { name: 'evalsha', args: '[redacted]' },
      },
    });
  });

  it('cuts long texts and takes passwords out of addresses', () => {
    const { logger, last } = capture();
    logger.warn({ text: 'x'.repeat(5_000), url: 'redis://user:S1@host:6379/0' }, 'y'.repeat(5_000));
    expect(String(last().text)).toHaveLength(2_000 + '… (5000 characters)'.length);
    expect(String(last().msg)).toHaveLength(2_000 + '… (5000 characters)'.length);
    expect(last().url).toBe('redis://[redacted]@host:6379/0');
  });

  it('shows an error of PostgreSQL without the row that it quotes, nor its connection', () => {
    const { logger, lines, last } = capture();
    class Client {
      readonly activeQuery = { values: ['S1'] };
    }
    const quotes = { detail: 'Failing row contains (S2).', where: '$1 = S3', internalQuery: 'S4' };
    const fields = {
      severity: 'ERROR',
      code: '23514',
      client: new Client(),
      salt: 'S5',
      ...quotes,
    };
    logger.error({ err: Object.assign(new Error('violates'), fields) }, 'failed');
    expect(lines[0]).not.toMatch(/S\d/);
    expect(last().err).toMatchObject({ code: '23514', message: 'violates', client: '[Client]' });
  });

  it('lets no text end a line, colour a terminal or turn the direction', () => {
    const texts = ['\r\n{"level":50}', '\u001b[31m', '\u009b31m\u0085', '\u2028\u202e\u2066', '\0'];
    for (const pretty of [false, true]) {
      const { logger, lines } = capture({ pretty });
      const text = texts.join('x');
      logger.warn({ text, err: new Error(text), list: [text] }, 'odd');
      const marks = lines.join('').match(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu);
      expect(marks?.filter((mark) => mark !== '\n')).toEqual([]);
      if (!pretty) expect(lines.join('').trimEnd()).not.toContain('\n');
    }
  });

  it('survives what cannot be written down', () => {
    const { logger, last } = capture();
    const odd = Object.create(Object.create(null)) as object;
    const circle: { [name: string]: unknown } = { big: 1n, bytes: Buffer.alloc(9), run() {}, odd };
    circle.self = circle;
    Object.defineProperty(circle, 'trap', {
      enumerable: true,
      get() {
        throw new Error('no');
      },
    });
    const wide = Array.from({ length: 100_000 }, () => ({ a: [1, 2, 3] }));
    logger.info({ circle, wide, evil: JSON.parse('{"__proto__": {"x": 1}}') }, 'odd');
    expect(last()).toMatchObject({
      circle: { big: '1', bytes: '[9 bytes]', odd: '[object]', trap: '[unreadable]' },
      msg: 'odd',
    });
    expect(JSON.stringify(last()).length).toBeLessThan(20_000);
  });

  it('counts what somebody should look at, from before there were metrics too', async () => {
    const { logger } = capture({ level: 'silent' });
    const metrics = new PrometheusMetrics({ processMetrics: false });
    logger.warn({}, 'at the start');
    logger.countInto(metrics);
    logger.info({}, 'all is well');
    logger.error({}, 'a bug');
    logger.error({}, 'another');
    const lines = await metrics.totalBy('pinroom_log_lines_total', 'level');
    expect(Object.fromEntries(lines)).toEqual({ warn: 1, error: 2 });
  });

  it('is readable for people when asked', () => {
    const { logger, lines } = capture({ pretty: true });
    logger.info({ port: 3000, token: 'S1' }, 'listening');
    const text = lines.join('');
    expect(text).toContain('listening');
    expect(text).toContain('port');
    expect(text).not.toContain('S1');
    expect(text.startsWith('{')).toBe(false);
  });
});
