import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './run-command.mjs';

const STATUS = '/var/lib/dpkg/status';

/**
 * Downloads packages with what they depend on and unpacks them below `folder`. Works without root:
 * apt gets lists, caches and locks of its own there and only reads what the system has installed.
 * Answers the folder that now looks like `/`, or undefined where there is no apt or no network.
 */
export async function fetchDebianPackages(names, folder) {
  if (!existsSync('/usr/bin/apt-get') || !existsSync(STATUS)) return undefined;
  console.log(`fetching ${names.join(', ')} with apt-get (into a temporary folder)`);
  const apt = path.join(folder, 'apt');
  const unpacked = path.join(folder, 'unpacked');
  for (const place of ['lists/partial', 'cache/archives/partial', 'state']) {
    mkdirSync(path.join(apt, place), { recursive: true });
  }
  mkdirSync(unpacked, { recursive: true });
  const settings = path.join(apt, 'apt.conf');
  writeFileSync(settings, aptSettings(apt));
  const environment = { ...process.env, APT_CONFIG: settings, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (args) =>
    runCommand('apt-get', ['-qq', ...args], {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  if ((await run(['update'])) !== 0) return undefined;
  const download = ['install', '--yes', '--download-only', '--no-install-recommends', ...names];
  if ((await run(download)) !== 0) return undefined;
  const archives = path.join(apt, 'cache/archives');
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    const status = await runCommand('dpkg', ['-x', path.join(archives, file), unpacked]);
    if (status !== 0) return undefined;
  }
  return unpacked;
}

function aptSettings(folder) {
  const values = {
    'Dir::State': path.join(folder, 'state'),
    'Dir::State::lists': path.join(folder, 'lists'),
    'Dir::State::status': STATUS,
    'Dir::Cache': path.join(folder, 'cache'),
    'Dir::Log': path.join(folder, 'log'),
    'Debug::NoLocking': 'true',
    // The user _apt cannot reach a private folder; as ourselves we can.
    'APT::Sandbox::User': process.getuid?.() === 0 ? 'root' : '',
  };
  return Object.entries(values)
    .map(([name, value]) => `${name} "${value}";\n`)
    .join('');
}
