// Makes a fresh clone ready to run: installs and builds what is missing or out of date.
// Plain Node, no dependency. What it imports is loaded only after the check of the version, so
// that an old Node says what is wrong instead of failing on syntax it does not know.

const WANTED = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < WANTED[0] || (major === WANTED[0] && minor < WANTED[1])) {
  console.error(
    `Pinroom needs Node.js ${WANTED.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).`,
  );
  console.error('Install a current version (https://nodejs.org) and try again.');
  process.exit(1);
}

const { makeReady } = await import('./make-ready.mjs');
process.exitCode = await makeReady();
