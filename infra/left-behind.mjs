import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

let guardian;

function tell(line) {
  guardian ??= startGuardian();
  guardian.stdin.write(`${line}\n`);
}

function startGuardian() {
  const script = fileURLToPath(new URL('guardian.mjs', import.meta.url));
  const child = spawn(process.execPath, [script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  // Neither the process nor the pipe keeps this process alive.
  child.unref();
  child.stdin.unref();
  child.stdin.on('error', () => {});
  return child;
}

/** Has the process killed when this one is gone, however it went. Answers how to forget about it. */
export function guardProcess(pid) {
  tell(`+pid ${pid}`);
  return () => tell(`-pid ${pid}`);
}

/** Has the folder removed when this process is gone. Answers how to forget about it. */
export function guardFolder(folder) {
  tell(`+folder ${folder}`);
  return () => tell(`-folder ${folder}`);
}
