import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { guardFolder } from '../../../infra/left-behind.mjs';
import type { LoadReport } from '../../../load-tests/src/load/report.js';
import { ROOT, readText } from '../meta/source-files.js';
import { afterFile } from '../support/after-file.js';
import { UNLIMITED } from '../support/backends.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';

const DEADLINE_MS = 25_000;
/** Two rooms of a host and five players. */
const MEMBERS = 12;

interface Outcome {
  readonly status: number;
  readonly printed: string;
  readonly report: LoadReport | null;
  readonly page: string;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pinroom-load-'));
  const forget = guardFolder(folder);
  afterFile(() => {
    rmSync(folder, { recursive: true, force: true });
    forget();
  });
  return folder;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Runs the tool as a tester does. */
async function load(...args: readonly string[]): Promise<Outcome> {
  const out = temporaryFolder();
  const command = [path.join(ROOT, 'infra/load.mjs'), ...args, '--out', out];
  const { code, stdout, stderr } = await promisify(execFile)(process.execPath, command, {
    timeout: DEADLINE_MS,
    cwd: out,
  }).then(
    (done) => ({ code: 0, ...done }),
    (fault: { code: number; stdout: string; stderr: string }) => fault,
  );
  const json = readOrNull(path.join(out, 'report.json'));
  return {
    status: code,
    printed: stdout + stderr,
    report: json === null ? null : (JSON.parse(json) as LoadReport),
    page: readOrNull(path.join(out, 'report.html')) ?? '',
  };
}

const SMALL = ['--rooms', '2', '--players', '5', '--rate', '20', '--seconds', '3'];
const QUIZ = ['quiz', ...SMALL];

/** The scenario of the documentation, as it stands. */
function documentedScenario(): string {
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(readText('docs/load-tests.md')) ?? [];
  expect(code).toContain('defineScenario');
  return code ?? '';
}

// Each is a process that waits for its schedule most of the time.
describe.concurrent('a load test', () => {
  let sound: SpawnedNode;
  let crippled: SpawnedNode;

  beforeAll(async () => {
    [sound, crippled] = await Promise.all([
      spawnNode({ env: UNLIMITED }),
      spawnNode({ env: UNLIMITED, without: ['keep'] }),
    ]);
  });

  it('of a sound server says how fast it is and that nothing went wrong', async () => {
    const wanted = ['--fail-if', 'faults>0', '--fail-if', 'errors>0', '--fail-if', 'p50>10s'];
    const { status, printed, report, page } = await load(...QUIZ, '--target', sound.url, ...wanted);
    expect(printed).toContain('✓ all is well');
    expect(status).toBe(0);
    expect(report).toMatchObject({
      version: 1,
      scenario: { name: 'quiz' },
      ending: 'complete',
      passed: true,
      client: 'socket.io-client',
      members: MEMBERS,
      counts: { absent: 0, disconnects: 0, unanswered: 0 },
      errors: {},
      correctness: { isKnown: true, clients: MEMBERS, faults: { lost: 0, repeated: 0 } },
    });
    const { counts, times, correctness, course } = report as LoadReport;
    expect(counts.sent).toBeGreaterThan(50);
    expect(counts.acked).toBe(counts.sent);
    expect(times.ack?.summary.count).toBe(counts.acked);
    expect(times.delivery?.summary.count).toBe(counts.delivered);
    expect(times.arrive?.summary.count).toBe(MEMBERS);
    // Two rooms: each one's creation and its members' arrivals are in its log.
    expect(correctness.entries).toBeGreaterThan((counts.sent ?? 0) + MEMBERS);
    expect(course.length).toBeGreaterThanOrEqual(2);
    expect(course.every(({ connected }) => connected === MEMBERS)).toBe(true);
    expect(page).toContain('<!doctype html>');
  });

  it('of a server that forgets what it has acknowledged fails, whatever it was asked', async () => {
    const { status, printed, report } = await load(...QUIZ, '--light', '--target', crippled.url);
    expect(status).toBe(1);
    expect(report).toMatchObject({ passed: false, client: 'light', ending: 'complete' });
    expect(report?.correctness.faults.lost).toBeGreaterThan(0);
    expect(report?.correctness.examples[0]).toMatchObject({ kind: 'missing' });
    expect(printed).toContain('entries lost');
  });

  it('plays the scenario of the documentation, in TypeScript, with figures of its own', async () => {
    const file = path.join(temporaryFolder(), 'auction.ts');
    writeFileSync(file, documentedScenario());
    const conditions = ['--fail-if', 'accepted<1', '--fail-if', 'outbid.p50>10s'];
    const { status, report } = await load(file, ...SMALL, '--target', sound.url, ...conditions);
    expect(report?.failures).toEqual([]);
    expect(status).toBe(0);
    const { counts, times } = report as LoadReport;
    // Of what was sent, half are bids and half the host's answers.
    expect(counts.accepted).toBe((counts.sent ?? 0) / 2);
    expect(times.outbid?.summary.count).toBe(counts.accepted);
  });

  it('is refused before it begins where its command line is wrong', async () => {
    const { status, printed, report } = await load(...QUIZ, '--fail-if', 'p99>fast');
    expect(status).toBe(2);
    expect(printed).toContain('--fail-if "p99>fast"');
    expect(report).toBeNull();
  });
});
