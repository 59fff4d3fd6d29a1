/** Resolves after a while. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Resolves as soon as `condition` holds; rejects when it does not within `deadlineMs`. */
export async function eventually(
  what: string,
  deadlineMs: number,
  condition: () => boolean,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() >= end) throw new Error(`Not within ${deadlineMs} ms: ${what}.`);
    await pause(20);
  }
}

/** Rejects when `work` takes longer than `deadlineMs`. */
export async function within<T>(what: string, deadlineMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`Not within ${deadlineMs} ms: ${what}.`));
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a piece of work for each number, so many at a time; answers in their order. */
export async function abreast<T>(
  lanes: number,
  count: number,
  work: (n: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const n = next++;
      results[n] = await work(n);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
