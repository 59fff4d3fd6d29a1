/**
 * Settles as `call` does, or rejects with what `tooLate` makes when it has not settled in time.
 * The call itself goes on; its late failure is nobody's business any more.
 */
export function withDeadline<T>(call: Promise<T>, ms: number, tooLate: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooLate()), ms);
    call.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (fault: unknown) => {
        clearTimeout(timer);
        reject(fault);
      },
    );
  });
}
