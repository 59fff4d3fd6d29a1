import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './service-process.mjs';
import { startRedis } from './services.mjs';

const SLOTS = 16_384;
/** A master that was just started takes 2 s before it serves its slots, whatever the others say. */
const READY_MS = 20_000;
/** How long a server may be silent before the others take it for dead. */
const NODE_TIMEOUT_MS = 2_000;

/**
 * Starts a Redis Cluster of its own on free ports of 127.0.0.1: `masters` servers with the slots spread
 * evenly, and for each of them `replicas` more. `settings` are lines of every redis.conf.
 */
export async function startRedisCluster({ masters = 3, replicas = 0, settings = {} } = {}) {
  const started = await Promise.allSettled(
    Array.from({ length: masters * (1 + replicas) }, () => startMember(settings)),
  );
  const members = started.flatMap(({ value }) => value ?? []);
  const stop = async () => {
    await Promise.all(members.map((member) => member.stop()));
  };
  try {
    for (const { reason } of started) if (reason) throw reason;
    await join(members, masters);
  } catch (error) {
    await stop();
    throw error;
  }
  const owners = members.slice(0, masters);
  return {
    url: owners.map(({ url }) => url).join(','),
    port: members[0].port,
    pid: members[0].pid,
    members,
    masters: owners,
    replicasOf: (index) =>
      members.slice(masters).filter((_, replica) => replica % masters === index),
    output: () => members.map((member) => member.output()).join('\n'),
    kill: async () => {
      await Promise.all(members.map((member) => member.kill()));
    },
    pause() {
      for (const member of members) member.pause();
    },
    resume() {
      for (const member of members) member.resume();
    },
    restart: async () => {
      await Promise.all(members.map((member) => member.restart()));
      await eachAnswers(members, 'CLUSTER INFO', isServing);
    },
    stop,
  };
}

async function startMember(settings) {
  const busPort = await freePort();
  const server = await startRedis({
    settings: {
      'cluster-enabled': 'yes',
      'cluster-config-file': 'nodes.conf',
      'cluster-node-timeout': `${NODE_TIMEOUT_MS}`,
      // The usual one, 10,000 above the port, may be that of an outgoing connection.
      'cluster-port': `${busPort}`,
      'cluster-require-full-coverage': 'no',
      'cluster-replica-validity-factor': '0',
      'repl-diskless-sync-delay': '0',
      ...settings,
    },
  });
  return Object.assign(server, { busPort });
}

/** Makes one Cluster of the servers: the first `count` get the slots, the others become their replicas. */
async function join(members, count) {
  const masters = members.slice(0, count);
  for (const [index, { port }] of masters.entries()) {
    const [first, next] = [index, index + 1].map((n) => Math.round((n * SLOTS) / count));
    await command(port, `CLUSTER SET-CONFIG-EPOCH ${index + 1}`);
    await command(port, `CLUSTER ADDSLOTSRANGE ${first} ${next - 1}`);
  }
  // Everyone meets everyone: waiting for the news to get round takes seconds.
  for (const [index, { port }] of members.entries()) {
    for (const { busPort, port: other } of members.slice(index + 1)) {
      await command(port, `CLUSTER MEET 127.0.0.1 ${other} ${busPort}`);
    }
  }
  await eachAnswers(members, 'CLUSTER NODES', (nodes) => {
    const known = nodes.split('\n').filter((line) => / (myself,)?master /.test(line));
    return known.length === members.length;
  });
  for (const [index, { port }] of members.slice(count).entries()) {
    const id = (await command(masters[index % count].port, 'CLUSTER MYID')).trim();
    await command(port, `CLUSTER REPLICATE ${id}`);
  }
  await eachAnswers(members, 'CLUSTER INFO', isServing);
  await eachAnswers(members.slice(count), 'INFO replication', (info) =>
    info.includes('master_link_status:up'),
  );
}

function isServing(info) {
  return info.includes('cluster_state:ok') && info.includes(`cluster_slots_ok:${SLOTS}`);
}

async function eachAnswers(members, question, isRight) {
  const deadline = Date.now() + READY_MS;
  for (const { port } of members) {
    for (;;) {
      const answer = await command(port, question).catch((error) => error.message);
      if (isRight(answer)) break;
      if (Date.now() > deadline) throw new Error(`No Cluster came about:\n${answer}`);
      await delay(20);
    }
  }
}

/** Sends one command to a server; answers what it says, a bulk string without its length, of a list only the length. */
export function command(port, line) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    socket.setTimeout(2_000, () => socket.destroy(new Error(`${line}: no answer`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${line}: the connection broke`)));
    socket.on('connect', () => socket.write(`${line}\r\n`));
    socket.on('data', (chunk) => {
      answer += chunk;
      const [head, kind, rest] = /^([$+:*-])(.*?)\r\n/.exec(answer) ?? [];
      if (kind === undefined) return;
      const body = answer.slice(head.length);
      if (kind === '$' && body.length < Number(rest) + 2) return;
      if (kind === '-') reject(new Error(`${line}: ${rest}`));
      else resolve(kind === '$' ? body : rest);
      socket.destroy();
    });
  });
}
