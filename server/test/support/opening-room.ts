import type { Room } from '@pinroom/client/contract';
import { call } from './http-calls.js';

export interface NewRoom {
  readonly room: Room & { readonly pin: string };
  readonly hostKey: string;
}

/** Opens a room in the name of the token's user. */
export async function createRoom(url: string, token: string, wish: unknown = {}): Promise<NewRoom> {
  const answer = await call<NewRoom>(`${url}/api/rooms`, { method: 'POST', token, body: wish });
  if (answer.status !== 201) throw new Error(`No room: ${answer.text}`);
  return answer.body;
}

/** The id of the room that a PIN leads to; else the code of the answer. */
export async function roomByPin(url: string, token: string, pin: string): Promise<string | null> {
  const { body, code } = await call<{ room: { id: string } }>(`${url}/api/rooms/by-pin/${pin}`, {
    token,
  });
  return code ?? body.room.id;
}
