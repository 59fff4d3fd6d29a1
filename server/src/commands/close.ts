import type { OperatorClient } from '@pinroom/client';
import { PARAMETER_SCHEMAS } from '@pinroom/client/contract';
import { type Command, CommandError, STATUS, UsageError } from './command.js';
import { OPERATOR_DETAILS, OPERATOR_OPTIONS, operatorOf } from './operator.js';

const PIN = new RegExp(PARAMETER_SCHEMAS.pin.pattern);
const ID = new RegExp(PARAMETER_SCHEMAS.id.pattern);

export const close: Command = {
  summary: 'Closes a room, as a host would.',
  positionals: { text: '<pin or id>', least: 1, most: 1 },
  options: OPERATOR_OPTIONS,
  details: `${OPERATOR_DETAILS}
Whoever is in the room is told, and nobody sends any more; what was said stays readable. A closed room
is not opened again. That it was an operator is in the log of the system.`,
  async run(call, around) {
    const [which = ''] = call.positionals;
    if (!PIN.test(which) && !ID.test(which)) {
      throw new UsageError(`${JSON.stringify(which)} is neither a PIN nor the id of a room`);
    }
    const operator = operatorOf(call, around);
    const roomId = ID.test(which) ? which : await behind(which, operator);
    await operator.closeRoom(roomId);
    around.out(call.flag('json') ? JSON.stringify({ roomId }) : `Closed the room ${roomId}.`);
    return STATUS.ok;
  },
};

async function behind(pin: string, operator: OperatorClient): Promise<string> {
  const [room] = (await operator.rooms({ pin })).rooms;
  if (room === undefined) throw new CommandError(`no open room has the PIN ${pin}.`);
  return room.id;
}
