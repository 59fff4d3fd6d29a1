/** The server cannot start, for a reason that its operator can mend; the message says which. */
export class StartupError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'StartupError';
  }
}

/** What a fault says for itself. */
export function messageOf(fault: unknown): string {
  return fault instanceof Error && fault.message ? fault.message : String(fault);
}
