import { io } from 'socket.io-client';

/** What a handshake led to: the greeting, or why it was refused. */
export interface Handshake {
  readonly ready: { readonly userId: string; readonly nickname: string; nodeId: string } | null;
  /** `data` of the connect error. */
  readonly refused: { readonly code?: string; readonly message?: string } | null;
  close(): void;
}

const DEADLINE_MS = 8_000;

/** Connects once, as the standard client does it, and closes unless it is kept. */
export async function shakeHands(
  url: string,
  options: { auth?: object; headers?: Readonly<Record<string, string>>; keep?: boolean } = {},
): Promise<Handshake> {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: options.auth ?? {},
    extraHeaders: { ...options.headers },
  });
  const outcome = await new Promise<Omit<Handshake, 'close'>>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('No answer to a handshake.')), DEADLINE_MS);
    const end = (result: Omit<Handshake, 'close'>) => {
      clearTimeout(late);
      resolve(result);
    };
    socket.on('session:ready', (ready: Handshake['ready']) => end({ ready, refused: null }));
    socket.on('connect_error', (fault: Error & { data?: object }) => {
      end({ ready: null, refused: fault.data ?? { message: fault.message } });
    });
  }).catch((fault: unknown) => {
    socket.disconnect();
    throw fault;
  });
  if (!options.keep) socket.disconnect();
  return { ...outcome, close: () => void socket.disconnect() };
}
