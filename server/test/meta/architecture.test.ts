import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { forbiddenImports, importCycles } from './import-rules.js';
import {
  filesBelow,
  importsOf,
  packageOf,
  readText,
  type SourceFile,
  withoutComments,
} from './source-files.js';

const everything = [
  ...['shared/src', 'server/src', 'load-tests/src', 'server/test'].flatMap((folder) =>
    filesBelow(folder, '.ts'),
  ),
  ...['.ts', '.tsx'].flatMap((ending) => filesBelow('server/web/src', ending)),
  ...filesBelow('infra', '.mjs'),
];
const tests = everything.filter(({ name }) => name.endsWith('.test.ts'));
const sources = everything.filter(
  ({ name }) => !name.endsWith('.test.ts') && !name.startsWith('server/test/'),
);
const typescript = sources.filter(({ name }) => /\.tsx?$/.test(name));
const server = typescript.filter(({ name }) => name.startsWith('server/src/'));

/** Files that are a process or thread of their own, with an environment and an end of their own. */
const ENTRY_FILES = new Set([
  'server/src/main.ts',
  'server/src/pinroom.ts',
  'load-tests/src/main.ts',
  'load-tests/src/demo.ts',
]);
const isEntry = (name: string) => ENTRY_FILES.has(name) || /-(process|thread)\.ts$/.test(name);

const VAGUE = /^(utils?|helpers?|common|misc|types?|lib|manager|index)\.ts$/;

/** `file:line` of every line of code, comments apart, that has the pattern. */
function linesWith(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ name, text }) =>
    withoutComments(text)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${name}:${index + 1}`] : [])),
  );
}

const lines = (text: string) => text.trimEnd().split('\n').length;

describe('imports', () => {
  it('run forward only, and each package stays in its folder (R1 to R9, R11 to R13)', () => {
    expect(typescript.flatMap(forbiddenImports)).toEqual([]);
  });

  it('never go round in a circle (R10)', () => {
    expect(importCycles(typescript).map((cycle) => cycle.join(' -> '))).toEqual([]);
  });

  it('name packages that their own workspace declares', () => {
    const undeclared = typescript.flatMap(({ name, text }) => {
      const workspace = name.split('/')[0] ?? '';
      const declared: Record<string, unknown> = JSON.parse(readText(`${workspace}/package.json`));
      // What the pages are made of is in them when they are built, and what the benchmarks compare with
      // runs in a working copy only: nobody installs it with the server.
      const isOfHere = /^(server\/web|load-tests\/src\/bench\/peers)\//.test(name);
      const kinds = isOfHere
        ? ['dependencies', 'devDependencies']
        : ['dependencies', 'optionalDependencies'];
      const known = kinds.flatMap((kind) => Object.keys(declared[kind] ?? {}));
      return importsOf(text)
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .filter((specifier) => !known.includes(packageOf(specifier)))
        .map((specifier) => `${name} -> ${specifier}`);
    });
    expect(undeclared).toEqual([]);
  });
});

describe('files', () => {
  it('have a name that says what is inside, in kebab-case', () => {
    const odd = [...typescript, ...tests]
      .map(({ name }) => name)
      .filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.tsx?$/.test(path.basename(name)))
      .concat(server.map(({ name }) => name).filter((name) => VAGUE.test(path.basename(name))));
    expect(odd).toEqual([]);
  });

  it('stay short: sources 400 lines, tests 500', () => {
    const long = everything.filter(
      ({ name, text }) =>
        lines(text) > (name.startsWith('server/test/') || name.endsWith('.test.ts') ? 500 : 400),
    );
    expect(long.map(({ name, text }) => `${name}: ${lines(text)}`)).toEqual([]);
  });

  it('of the server never only pass on what others export (R10)', () => {
    const statement = /^\s*export\s+(type\s+)?(\*|\{[^}]*\})[^;]*from\s*['"][^'"]+['"];?/gm;
    const barrels = server.filter(
      ({ text }) =>
        statement.test(text) && withoutComments(text).replace(statement, '').trim() === '',
    );
    expect(barrels.map(({ name }) => name)).toEqual([]);
  });
});

describe('code', () => {
  it('reads the environment, takes signals and exits only where a process begins', () => {
    const elsewhere = typescript.filter(({ name }) => !isEntry(name));
    expect(linesWith(elsewhere, /\bprocess\.(env|exit|exitCode|on|once|kill)\b/)).toEqual([]);
  });

  it('of the engine takes time and chance from its runtime', () => {
    const engine = server.filter(
      ({ name }) =>
        name.startsWith('server/src/engine/') && !name.startsWith('server/src/engine/runtime/'),
    );
    const direct =
      /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval)\b/;
    expect(linesWith(engine, direct)).toEqual([]);
  });

  it('switches no check off', () => {
    const off = /@ts-(ignore|nocheck|expect-error)|eslint-disable/;
    const found = typescript.flatMap(({ name, text }) => (off.test(text) ? [name] : []));
    expect(found).toEqual([]);
  });

  it('has no test that is left out, and no work left for later', () => {
    const leftOut = /\b(it|test|describe)(\.\w+)*\.(skip|only|todo|fails|skipIf|runIf)\b/;
    const others = tests.filter(({ name }) => !name.startsWith('server/test/meta/'));
    expect(linesWith(others, leftOut)).toEqual([]);
    const later = /\b(TODO|FIXME|XXX|HACK)\b/;
    const found = [...sources, ...others].filter(({ text }) => later.test(text));
    expect(found.map(({ name }) => name)).toEqual([]);
  });
});

describe('tests', () => {
  it('have a name that one of the projects of vitest.config.ts runs', () => {
    const run = [
      /^(shared|server|server\/web|load-tests)\/src\/.*\.test\.ts$/,
      /^server\/test\/browser\/.*\.browser\.test\.ts$/,
      /^server\/test\/(simulation|meta)\/.*\.test\.ts$/,
      /^server\/test\/contracts\/.*\.contract\.test\.ts$/,
      /^server\/test\/e2e\/.*\.e2e\.test\.ts$/,
      /^server\/test\/fault\/.*\.(fault|controls|soak)\.test\.ts$/,
    ];
    const names = tests.map(({ name }) => name);
    expect(names.filter((name) => !run.some((pattern) => pattern.test(name)))).toEqual([]);
  });
});
