import { PinroomClient } from '@pinroom/client';
import { computed, signal } from '@preact/signals';

/** One for the page: the session is the browser's, in a cookie that no script can read. */
export const client = new PinroomClient({ cookie: true });

const connection = signal(client.state);
client.on('state', ({ state }) => {
  connection.value = state;
});

/** Whether the server is within reach. */
export const isOnline = computed(() => connection.value === 'online');
/** Whether the connection was there and is lost. */
export const isReconnecting = computed(() => connection.value === 'reconnecting');
