/** Asks over HTTP and answers what was answered; throws where that is a refusal. */
export async function ask<T>(
  address: string,
  { method = 'POST', token, body = {} }: AskOptions = {},
): Promise<T> {
  const answer = await fetch(address, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: method === 'POST' ? JSON.stringify(body) : null,
  });
  if (!answer.ok) throw new Error(`${method} ${address}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

interface AskOptions {
  readonly method?: 'GET' | 'POST';
  /** An access token. */
  readonly token?: string;
  readonly body?: object;
}
