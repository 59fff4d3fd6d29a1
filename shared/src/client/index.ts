/** The client library of Pinroom, for browsers and Node. */

export { mayRead, userChannel } from '../channel.js';
export { CODES, type ErrorCode } from '../codes.js';
export type { HistoryPage, MemberPage } from '../commands.js';
export { compareEntryIds } from '../entry-id.js';
export type { LeftReason, ServerEvents } from '../events.js';
export type { EntryPage, RoomByPin, RoomList } from '../http.js';
export { LIMITS } from '../limits.js';
export type {
  Entry,
  HostState,
  Member,
  Role,
  Room,
  RoomState,
  Settings,
  SettingsPatch,
} from '../model.js';
export {
  type NodeList,
  type NodeStatus,
  type OperatorChannel,
  type OperatorRoom,
  type OperatorRoomList,
  type OperatorRoomView,
  SYSTEM_EVENT_TYPES,
  type SystemEntry,
  type SystemEvents,
  type SystemEventType,
  type SystemLevel,
  type SystemLogPage,
} from '../operators.js';
export { type ClientClock, systemClock } from './client-clock.js';
export type { ClientEvents, ClientOptions, JoinOptions, Mechanism } from './client-options.js';
export type { ConnectionState } from './connection.js';
export { type ClientErrorCode, LOCAL_CODES, PinroomError } from './errors.js';
export {
  type FollowLogOptions,
  OperatorClient,
  type OperatorClientOptions,
  type SystemLogOptions,
} from './operator-client.js';
export { normalisePin } from './pin-input.js';
export { PinroomClient } from './pinroom-client.js';
export { randomKey } from './random-key.js';
export type { RoomEvents, RoomStatus } from './room-events.js';
export { RoomHandle } from './room-handle.js';
export type { HistoryOptions, SendOptions } from './room-options.js';
export type { JoinWish } from './room-wish.js';
export type { SendReceipt } from './send-queue.js';
export type { User } from './session.js';
export { type OpenSocket, openSocketIo, type SocketLine } from './socket-line.js';
export type { TokenStorage } from './token-keeper.js';
