import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { type RedisArgument, type RedisCalls, someOf } from './redis-calls.js';

/** Every script; the folder `lua/` holds exactly these. */
export const SCRIPT_NAMES = [
  'feed-append',
  'feed-read',
  'host-judge',
  'lease-end',
  'lease-fallen',
  'lease-judge',
  'lease-renew',
  'living-members',
  'member-host',
  'member-join',
  'member-kick',
  'member-list',
  'member-mute',
  'member-nickname',
  'member-release',
  'member-remove',
  'member-rename',
  'node-living',
  'oldest-members',
  'pin-complete',
  'pin-confirm',
  'pin-fill',
  'pin-lock',
  'pin-lookup',
  'pin-release',
  'pin-reserve',
  'pin-try',
  'pin-unlock',
  'queue-confirm',
  'queue-count',
  'room-close',
  'room-expire',
  'room-put',
  'room-retire',
  'room-rights',
  'room-update',
  'session-end',
  'session-put',
  'session-rotate',
  'session-tell',
  'session-use',
  'snapshot-own',
  'snapshot-shared',
  'waiting-decide',
  'waiting-empty',
  'waiting-list',
  'state-confirm',
  'state-read',
  'state-write',
  'system-append',
  'system-confirm',
] as const;

export type ScriptName = (typeof SCRIPT_NAMES)[number];

/** What a script takes and gives: an object in, an object out. */
export interface ScriptDefinition<In, Out> {
  readonly name: ScriptName;
  /** In the order of the script's header. */
  readonly keys: (input: In) => readonly string[];
  readonly args: (input: In) => readonly RedisArgument[];
  readonly reply: (raw: unknown) => Out;
}

interface LoadedScript {
  readonly source: string;
  readonly sha: string;
}

/** Infers the types of a definition. */
export function defineScript<In, Out>(
  definition: ScriptDefinition<In, Out>,
): ScriptDefinition<In, Out> {
  return definition;
}

/** The only place that runs Lua: reads the scripts, loads them into Redis, calls them by their hash. */
export class RedisScripts {
  readonly #calls: RedisCalls;
  readonly #scripts: ReadonlyMap<ScriptName, LoadedScript>;

  constructor(calls: RedisCalls, scripts: ReadonlyMap<ScriptName, LoadedScript>) {
    this.#calls = calls;
    this.#scripts = scripts;
  }

  /** Loads every script into every master that answers, so that the first call of each is as short as the rest. */
  async load(): Promise<void> {
    for (const { source } of this.#scripts.values()) {
      await this.#calls.fromMasters('SCRIPT', 'LOAD', source);
    }
  }

  /** Runs a script in one round trip; in two where Redis has forgotten it (a restart, a new master). */
  async run<In, Out>(definition: ScriptDefinition<In, Out>, input: In): Promise<Out> {
    const script = this.#script(definition.name);
    const keys = definition.keys(input);
    const rest = [keys.length, ...keys, ...definition.args(input)];
    try {
      return definition.reply(await this.#calls.call('EVALSHA', script.sha, ...rest));
    } catch (fault) {
      // Redis answers this before it runs anything, so nothing is done twice.
      if (!(fault instanceof Error && fault.message.startsWith('NOSCRIPT'))) throw fault;
    }
    return definition.reply(await this.#calls.call('EVAL', script.source, ...rest));
  }

  /** Runs a script for each input; they are sent without waiting for one another. */
  runAll<In, Out>(definition: ScriptDefinition<In, Out>, inputs: readonly In[]): Promise<Out[]> {
    return Promise.all(inputs.map((input) => this.run(definition, input)));
  }

  /** Likewise, where some may fail: theirs are undefined. Rejects when no answer came at all. */
  async runSome<In, Out>(
    definition: ScriptDefinition<In, Out>,
    inputs: readonly In[],
  ): Promise<(Out | undefined)[]> {
    return someOf(await Promise.allSettled(inputs.map((input) => this.run(definition, input))));
  }

  #script(name: ScriptName): LoadedScript {
    const script = this.#scripts.get(name);
    if (!script) throw new Error(`the script ${name} was not read`);
    return script;
  }
}

/** Reads the scripts from the folder beside this module; a missing or an unknown file is an error. */
export async function readScripts(
  folder: URL = new URL('./lua/', import.meta.url),
): Promise<ReadonlyMap<ScriptName, LoadedScript>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.lua'));
  const known = new Set<string>(SCRIPT_NAMES.map((name) => `${name}.lua`));
  const strange = files.filter((file) => !known.has(file));
  if (strange.length > 0) throw new Error(`unknown Redis scripts: ${strange.join(', ')}`);
  const scripts = new Map<ScriptName, LoadedScript>();
  for (const name of SCRIPT_NAMES) {
    const source = await readSource(folder, `${name}.lua`, new Set());
    scripts.set(name, { source, sha: createHash('sha1').update(source).digest('hex') });
  }
  return scripts;
}

/** A file with each `--@include <file>` line replaced by that file of `include/`, once. */
async function readSource(folder: URL, file: string, included: Set<string>): Promise<string> {
  const lines = (await readFile(new URL(file, folder), 'utf8')).split('\n');
  const parts: string[] = [];
  for (const line of lines) {
    const name = /^--@include (\S+)$/.exec(line)?.[1];
    if (name === undefined) parts.push(line);
    else if (!included.has(name)) {
      included.add(name);
      parts.push(await readSource(folder, `include/${name}`, included));
    }
  }
  return parts.join('\n');
}
