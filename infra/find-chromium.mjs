import { existsSync } from 'node:fs';
import path from 'node:path';
import { isExecutable } from './find-binaries.mjs';
import { runCommand } from './run-command.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const USUAL_PLACES = [
  '/usr/bin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/Applications/Google Chrome.app/Contents/MacOS',
  '/Applications/Chromium.app/Contents/MacOS',
];
/** With a font that has Latin and Arabic: without any, a page is made of boxes. */
const DEBIAN_PACKAGES = ['chromium', 'fonts-noto-core'];

const HOW_TO_INSTALL = `
The tests of the pages need Chromium or Chrome.
  Debian           apt-get install chromium fonts-noto-core
  Fedora           dnf install chromium
  macOS            brew install --cask chromium
Or set TEST_CHROMIUM to the path of its binary.`;

/** The path of a Chromium on this machine; undefined: there is none. */
export function findChromium() {
  const given = process.env.TEST_CHROMIUM;
  if (given) return given;
  const places = [...(process.env.PATH ?? '').split(path.delimiter), ...USUAL_PLACES];
  return places
    .filter(Boolean)
    .flatMap((place) =>
      [...NAMES, 'Google Chrome', 'Chromium'].map((name) => path.join(place, name)),
    )
    .find(isExecutable);
}

/**
 * The path of a Chromium, which is installed with apt-get where that may be done (Debian, as root): it
 * brings no service with it. Unpacked into a folder, as the services are, it lacks half of its system.
 */
export async function provideChromium() {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) await installWithApt();
  const installed = findChromium();
  if (installed) return installed;
  throw new Error(`Not found: chromium.${HOW_TO_INSTALL}`);
}

async function installWithApt() {
  console.log(`installing ${DEBIAN_PACKAGES.join(', ')} with apt-get`);
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  };
  const install = ['-qq', 'install', '--yes', '--no-install-recommends', ...DEBIAN_PACKAGES];
  await runCommand('apt-get', ['-qq', 'update'], options);
  await runCommand('apt-get', install, options);
}
