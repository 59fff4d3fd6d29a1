import { describe, expect, it } from 'vitest';
import { readText } from './source-files.js';

/** Below these, what a client sends can stop the server or fill its memory. */
const FLOORS: Readonly<Record<string, string>> = {
  'engine.io': '6.6.12',
  'socket.io-parser': '4.2.7',
  ws: '8.21.0',
};

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

const manifest = (folder: string) => JSON.parse(readText(`${folder}/package.json`)) as Manifest;

const lock = JSON.parse(readText('package-lock.json')) as Lockfile;

/** The versions of every copy of a package, wherever it lies. */
function copiesOf(name: string): string[] {
  return Object.entries(lock.packages)
    .filter(([path]) => path.split('node_modules/').at(-1) === name)
    .map(([, { version = '' }]) => version);
}

function isAtLeast(version: string, floor: string): boolean {
  // A version before a release is older than it.
  if (!/^\d+\.\d+\.\d+$/.test(version)) return false;
  const [a, b] = [version, floor].map((text) => text.split('.').map(Number));
  const at = (a ?? []).findIndex((part, n) => part !== b?.[n]);
  return at < 0 || (a?.[at] ?? 0) > (b?.[at] ?? 0);
}

describe('the packages that read what clients send', () => {
  it.each(Object.entries(FLOORS))('%s is %s or newer in every copy', (name, floor) => {
    const copies = copiesOf(name);
    expect(copies.length).toBeGreaterThan(0);
    expect(copies.filter((version) => !isAtLeast(version, floor))).toEqual([]);
  });

  it('are asked for by the server itself: what the workspace overrides, nobody else gets', () => {
    const { dependencies } = manifest('server');
    expect(dependencies).toMatchObject(
      Object.fromEntries(Object.entries(FLOORS).map(([name, floor]) => [name, `^${floor}`])),
    );
  });

  it('cannot fall below, whatever a package asks for', () => {
    const { overrides } = manifest('.');
    expect(overrides).toMatchObject(
      Object.fromEntries(Object.entries(FLOORS).map(([name, floor]) => [name, `^${floor}`])),
    );
  });

  it('are installed as the lockfile says', () => {
    for (const name of Object.keys(FLOORS)) {
      const { version } = JSON.parse(readText(`node_modules/${name}/package.json`));
      expect(copiesOf(name)).toContain(version);
    }
  });

  it('share one copy of the adapter, which Socket.IO patches', () => {
    expect(copiesOf('socket.io-adapter')).toHaveLength(1);
  });
});

describe('what is published', () => {
  it('has one version, and the server takes the client library of its own', () => {
    const { version } = manifest('.');
    for (const folder of ['shared', 'server', 'load-tests']) {
      expect(manifest(folder).version).toBe(version);
      expect(lock.packages[folder]?.version).toBe(version);
    }
    for (const folder of ['server', 'load-tests']) {
      expect(manifest(folder).dependencies).toMatchObject({ '@pinroom/client': version });
    }
  });

  it('has the licence of the whole in each package', () => {
    for (const folder of ['shared', 'server']) {
      expect(readText(`${folder}/LICENSE`)).toBe(readText('LICENSE'));
      expect(manifest(folder).license).toBe(manifest('.').license);
    }
  });
});
