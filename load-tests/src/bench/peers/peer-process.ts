/** What a peer process tells the one that started it. */
export interface PeerReady {
  readonly port: number;
}

/** Says to whoever started this process that it listens. */
export function tellPort(port: number): void {
  const ready: PeerReady = { port };
  if (process.connected) process.send?.(ready);
}

/** A peer whose parent is gone would be left over. */
export function endWithParent(): void {
  process.on('disconnect', () => process.exit());
  if (!process.connected) process.exit();
}
