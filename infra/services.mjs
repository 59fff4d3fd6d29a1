import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { findBinaries } from './find-binaries.mjs';
import { ServiceProcess } from './service-process.mjs';
import { serviceFolder, serviceUser } from './service-user.mjs';

/** Nothing of a test has to survive the machine, only the process: no waiting for disks. */
const POSTGRES_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  autovacuum: 'off',
  timezone: 'GMT',
  log_timezone: 'GMT',
  jit: 'off',
  unix_socket_directories: '',
  listen_addresses: '127.0.0.1',
};

/**
 * Starts a Redis of its own on a free port of 127.0.0.1, with its data in a temporary folder.
 * `settings` are lines of redis.conf: `{maxmemory: '10mb', appendonly: 'yes'}`. `detached`: the
 * terminal's Ctrl+C does not reach it.
 */
export async function startRedis({ settings = {}, port, detached = false } = {}) {
  const { redisServer, environment } = findBinaries();
  const { folder, remove } = serviceFolder('redis');
  const all = { save: '', appendonly: 'no', 'maxmemory-policy': 'noeviction', ...settings };
  const service = new ServiceProcess({
    name: 'redis-server',
    stopSignal: 'SIGTERM',
    commandFor: (number) => ({
      command: redisServer,
      args: Object.entries({ ...all, bind: '127.0.0.1', port: `${number}`, dir: folder }).flatMap(
        ([name, value]) => [`--${name}`, value],
      ),
      options: { cwd: folder, env: { ...process.env, ...environment }, detached, ...serviceUser() },
    }),
    isReady: (number, _output, pid) => isOurRedis(number, pid),
  });
  return begin(service, port, remove, (number) => `redis://127.0.0.1:${number}`);
}

/** Starts a PostgreSQL of its own on a free port of 127.0.0.1; the URL is the superuser's. */
export async function startPostgres({ settings = {}, port, detached = false } = {}) {
  const { initdb, postgres, environment } = findBinaries();
  const { folder, remove } = serviceFolder('postgres');
  const options = {
    cwd: folder,
    env: { ...process.env, ...environment, TZ: 'GMT', LC_ALL: 'C' },
    ...serviceUser(),
  };
  const password = randomBytes(12).toString('hex');
  const data = path.join(folder, 'data');
  makeDatabaseFolder(initdb, folder, data, password, options);
  const all = { ...POSTGRES_SETTINGS, ...settings };
  const service = new ServiceProcess({
    name: 'postgres',
    // Fast shutdown: ends the connections, writes what is open.
    stopSignal: 'SIGINT',
    commandFor: (number) => ({
      command: postgres,
      args: [
        ...['-D', data, '-p', `${number}`],
        ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      options: { ...options, detached },
    }),
    isReady: (_number, output) => output.includes('ready to accept connections'),
  });
  const url = (number) => `postgres://postgres:${password}@127.0.0.1:${number}/postgres`;
  return begin(service, port, remove, url);
}

function makeDatabaseFolder(initdb, folder, data, password, options) {
  const passwordFile = path.join(folder, 'password');
  writeFileSync(passwordFile, password);
  mkdirSync(data, { mode: 0o700 });
  if (options.uid !== undefined) {
    for (const place of [passwordFile, data]) chownSync(place, options.uid, options.gid);
  }
  const { status, stderr } = spawnSync(
    initdb,
    [
      ...['-D', data, '-U', 'postgres', '--pwfile', passwordFile, '--auth', 'password'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
    ],
    { ...options, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`initdb failed:\n${stderr}`);
}

async function begin(service, port, remove, urlOf) {
  try {
    await service.start(port);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    url: urlOf(service.port),
    port: service.port,
    get pid() {
      return service.pid;
    },
    output: () => service.output(),
    kill: () => service.kill(),
    pause: () => service.pause(),
    resume: () => service.resume(),
    restart: () => service.restart(),
    async stop() {
      await service.stop();
      remove();
    },
  };
}

/** Whether the Redis on this port is the process that was started: the port may be another's. */
function isOurRedis(port, pid) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    const done = (ready) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(1_000, () => done(false));
    socket.on('error', () => done(false));
    socket.on('close', () => done(false));
    socket.on('connect', () => socket.write('INFO server persistence\r\n'));
    socket.on('data', (chunk) => {
      answer += chunk;
      const found = /process_id:(\d+)[\s\S]*\r\nloading:(\d)/.exec(answer);
      // It listens, and answers INFO, before it has read its data.
      if (found) done(Number(found[1]) === pid && found[2] === '0');
      if (answer.startsWith('-')) done(false);
    });
  });
}
