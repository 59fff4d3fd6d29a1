import { importsOf, packageOf, resolveImport, type SourceFile } from './source-files.js';

const CONTRACT = '@pinroom/client/contract';

/** Stages in the order in which a message passes them: each may import itself and later ones. */
const STAGES = ['connection', 'room', 'fanout', 'feed', 'history'];
/** May be imported by every stage, and import no stage. */
const LEAVES: Readonly<Record<string, readonly string[]>> = {
  auth: ['auth', 'runtime'],
  runtime: ['runtime'],
};

/** Driver folders that every driver may import; they import no other driver. */
const DRIVER_LEAVES = ['resilience', 'headers'];

/** Which driver folder a package belongs to. */
const HOMES: Readonly<Record<string, string>> = {
  'socket.io': 'socketio',
  'socket.io-adapter': 'socketio',
  'socket.io-parser': 'socketio',
  '@socket.io/redis-adapter': 'socketio',
  'uWebSockets.js': 'socketio',
  'uWebSockets.js-glibc227': 'socketio',
  ws: 'socketio',
  ioredis: 'redis',
  kysely: 'postgres',
  pg: 'postgres',
  '@electric-sql/pglite': 'postgres',
  jose: 'jose',
  hono: 'http',
  '@hono/node-server': 'http',
  ajv: 'ajv',
  pino: 'telemetry',
  'pino-pretty': 'telemetry',
  'prom-client': 'telemetry',
  cockatiel: 'resilience',
  'rate-limiter-flexible': 'rate-limits',
};

/** What the pages are made of, and the pages: none imports another one. */
const PAGE_PACKAGES = ['preact', '@preact/signals', 'intl-messageformat', 'uplot', 'uqr'];
const PAGE_FOLDERS = ['player', 'host', 'monitor', 'history'];

type Check = (specifier: string, target: string | undefined) => boolean;

const below = (folder: string, target: string | undefined) => target?.startsWith(folder) ?? false;

/** R1: the contract knows nothing; the client library knows Socket.IO's client. */
function sharedCheck(file: string): Check {
  return (specifier, target) =>
    below('shared/src/', target) ||
    (file.startsWith('shared/src/client/') && specifier === 'socket.io-client');
}

/** R2, R3, R4. */
function engineCheck(file: string): Check {
  const stage = file.split('/')[3] ?? '';
  const position = STAGES.indexOf(stage);
  const allowed = LEAVES[stage] ?? [...STAGES.slice(position), ...Object.keys(LEAVES)];
  if (position < 0 && !LEAVES[stage]) return () => false;
  return (specifier, target) => {
    if (specifier === CONTRACT || specifier === 'node:crypto') return true;
    return allowed.some((name) => below(`server/src/engine/${name}/`, target));
  };
}

/** R5, R6. */
function driverCheck(file: string): Check {
  const folder = file.split('/')[3] ?? '';
  return (specifier, target) => {
    if (specifier === CONTRACT || specifier.startsWith('node:')) return true;
    if (target === undefined) return HOMES[packageOf(specifier)] === folder;
    const own = [folder, ...DRIVER_LEAVES];
    if (own.some((name) => below(`server/src/drivers/${name}/`, target))) return true;
    if (!below('server/src/engine/', target)) return false;
    return target.endsWith('.port.ts') || below('server/src/engine/runtime/', target);
  };
}

/** R7. */
const configCheck: Check = (specifier, target) =>
  specifier === CONTRACT || below('server/src/config/', target);

const ENTRIES = ['server/src/main.ts', 'server/src/pinroom.ts'];

/** R8. */
const appCheck: Check = (specifier, target) =>
  specifier === CONTRACT ||
  specifier.startsWith('node:') ||
  (below('server/src/', target) &&
    !below('server/src/commands/', target) &&
    !ENTRIES.includes(target ?? ''));

const mainCheck: Check = (specifier, target) =>
  specifier.startsWith('node:') ||
  ['app/', 'config/', 'engine/runtime/'].some((name) => below(`server/src/${name}`, target));

/** R13: commands ask a node as any operator does, and open backends as a node does. */
const commandsCheck: Check = (specifier, target) =>
  specifier === CONTRACT ||
  specifier === '@pinroom/client' ||
  specifier.startsWith('node:') ||
  ['app/', 'commands/', 'config/', 'engine/runtime/'].some((name) =>
    below(`server/src/${name}`, target),
  );

const pinroomCheck: Check = (_, target) =>
  target === 'server/src/main.ts' || below('server/src/commands/', target);

/** R9: the contract, the client library and packages, nothing of the server. */
const loadTestsCheck: Check = (specifier, target) =>
  target === undefined ? packageOf(specifier) !== 'pinroom' : below('load-tests/src/', target);

/** R12: the client library, packages for browsers, and what the pages share. */
function pagesCheck(file: string): Check {
  const folder = file.split('/')[3] ?? '';
  const others = PAGE_FOLDERS.filter((name) => name !== folder);
  return (specifier, target) => {
    if (target === undefined) {
      return specifier === '@pinroom/client' || PAGE_PACKAGES.includes(packageOf(specifier));
    }
    const isAnother = others.some((name) => below(`server/web/src/${name}/`, target));
    return below('server/web/src/', target) && !isAnother;
  };
}

function checkFor(file: string): Check {
  if (file.startsWith('server/web/src/')) return pagesCheck(file);
  if (file.startsWith('shared/')) return sharedCheck(file);
  if (file.startsWith('load-tests/')) return loadTestsCheck;
  if (file.startsWith('server/src/engine/')) return engineCheck(file);
  if (file.startsWith('server/src/drivers/')) return driverCheck(file);
  if (file.startsWith('server/src/config/')) return configCheck;
  if (file.startsWith('server/src/app/')) return appCheck;
  if (file.startsWith('server/src/commands/')) return commandsCheck;
  if (file === 'server/src/pinroom.ts') return pinroomCheck;
  return file === 'server/src/main.ts' ? mainCheck : () => false;
}

/** The imports of a source file that the rules forbid, as `file -> import`. */
export function forbiddenImports(file: SourceFile): string[] {
  const isAllowed = checkFor(file.name);
  return importsOf(file.text)
    .filter((specifier) => {
      const target = resolveImport(file.name, specifier);
      // R11: nothing that runs imports a test.
      if (target?.endsWith('.test.ts') || below('server/test/', target)) return true;
      return !isAllowed(specifier, target);
    })
    .map((specifier) => `${file.name} -> ${specifier}`);
}

/** Circles among the files, each as the list of its files; types count too. */
export function importCycles(files: readonly SourceFile[]): string[][] {
  const graph = new Map(
    files.map(({ name, text }) => [
      name,
      importsOf(text).flatMap((specifier) => resolveImport(name, specifier) ?? []),
    ]),
  );
  const finished = new Set<string>();
  const cycles: string[][] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    if (start >= 0) cycles.push([...trail.slice(start), name]);
    if (start >= 0 || finished.has(name)) return;
    for (const next of graph.get(name) ?? []) visit(next, [...trail, name]);
    finished.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return cycles;
}
