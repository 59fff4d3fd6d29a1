import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Scenario } from '../scenario.js';
import type { Bundle } from './load-house.js';

const SHIPPED = fileURLToPath(new URL('../scenarios/', import.meta.url));

export interface FoundScenario {
  readonly name: string;
  /** The module, ready to be imported by every process. */
  readonly file: string;
  readonly scenario: Scenario;
  /** Removes what was made to import it. */
  forget(): void;
}

/** Names of the scenarios that come with the tool. */
export function shippedNames(): string[] {
  return readdirSync(SHIPPED)
    .filter((file) => file.endsWith('.js'))
    .map((file) => path.basename(file, '.js'))
    .sort();
}

export function shippedScenario(name: string): Promise<FoundScenario> {
  return load(name, path.join(SHIPPED, `${name}.js`), () => {});
}

/** A shipped scenario by name, else one's own by path; throws with what is wrong. */
export async function findScenario(nameOrPath: string, bundle: Bundle): Promise<FoundScenario> {
  if (shippedNames().includes(nameOrPath)) return shippedScenario(nameOrPath);
  const isPath = /[/\\]|\.[cm]?[jt]s$/.test(nameOrPath);
  const file = path.resolve(nameOrPath);
  if (!isPath || !existsSync(file)) {
    const known = shippedNames().join(', ');
    throw new Error(
      `There is no scenario ${nameOrPath}. There are ${known}, or give the path of a .ts, .js or .mjs file.`,
    );
  }
  const name = path.basename(file).replace(/\.[^.]+$/, '');
  if (!/\.[cm]?ts$/.test(file)) return load(name, file, () => {});
  const folder = mkdtempSync(path.join(tmpdir(), 'pinroom-scenario-'));
  const forget = () => rmSync(folder, { recursive: true, force: true });
  try {
    return await load(name, await compile(file, folder, bundle), forget);
  } catch (fault) {
    forget();
    throw fault;
  }
}

/** Node 20 does not run TypeScript. The tool's own modules stay what they are in every process. */
async function compile(file: string, folder: string, bundle: Bundle): Promise<string> {
  const outfile = path.join(folder, 'scenario.mjs');
  await bundle(file, outfile, {
    '@pinroom/load-tests': import.meta.resolve('../scenario.js'),
    '@pinroom/client': import.meta.resolve('@pinroom/client'),
    '@pinroom/client/contract': import.meta.resolve('@pinroom/client/contract'),
  });
  return outfile;
}

async function load(name: string, file: string, forget: () => void): Promise<FoundScenario> {
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  const scenario = checked(module.default, file);
  return { name, file, scenario, forget };
}

function checked(value: unknown, file: string): Scenario {
  const scenario = (value ?? {}) as Partial<Scenario>;
  const { about, host, player, conduct } = scenario;
  const faults = [
    typeof about === 'string' ? [] : ['`about` has to be one line of text'],
    [host, player, conduct].some((part) => typeof part === 'function')
      ? []
      : ['one of `host`, `player` and `conduct` has to be a function'],
  ].flat();
  if (faults.length > 0) {
    throw new Error(
      `${file} has no scenario as its default export (export default defineScenario({ … })): ${faults.join('; ')}.`,
    );
  }
  return scenario as Scenario;
}
