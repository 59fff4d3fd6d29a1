import type { Member } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { isolate } from '../i18n/isolate.js';
import { t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import { Icon, type IconName } from '../ui/icons.js';
import { Modal } from '../ui/modal.js';
import type { HostRoom } from './host-room.js';
import { notice } from './notices.js';

interface PersonDialogProps {
  readonly room: HostRoom;
  readonly member: Member;
  readonly onClose: () => void;
  /** The person goes, and with them what has opened the dialog. */
  readonly onRemoved: () => void;
}

type ActionName = 'mute' | 'unmute' | 'grant' | 'revoke' | 'transfer' | 'kick' | 'ban';

interface Action {
  readonly name: ActionName;
  readonly icon: IconName;
  /** Another press does not take it back. */
  readonly isGrave: boolean;
}

/** What a host can do about one person. What cannot be taken back is asked a second time. */
export function PersonDialog({ room, member, onClose, onRemoved }: PersonDialogProps) {
  const { userId } = member;
  const nickname = isolate(member.nickname);
  const place = useRef<HTMLDivElement>(null);
  const asked = useSignal<ActionName | null>(null);
  const alsoAddress = useSignal(false);
  const fault = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const close = () => place.current?.closest('dialog')?.close();
  const focusFirst = () =>
    requestAnimationFrame(() => place.current?.querySelector<HTMLElement>('button')?.focus());
  const carryOut = async (name: ActionName) => {
    if (isBusy.value) return;
    isBusy.value = true;
    fault.value = null;
    try {
      await act(room, name, userId, alsoAddress.value);
      close();
      if (isHard(name)) onRemoved();
      notice(t(`person.${name}-done`, { nickname }));
    } catch (failed) {
      fault.value = faultText(failed);
    } finally {
      isBusy.value = false;
    }
  };
  const choose = ({ name, isGrave }: Action) => {
    if (!isGrave) return void carryOut(name);
    asked.value = name;
    announce(t(`person.${name}-ask`, { nickname }));
    focusFirst();
  };
  const question = asked.value;
  return (
    <Modal title={member.nickname} onClose={onClose}>
      <div ref={place} class="form" data-person-dialog={userId}>
        {question === null ? (
          <ul class="actions">
            {actionsFor(member).map((action) => (
              <li key={action.name}>
                <button
                  type="button"
                  class={`button action ${isHard(action.name) ? 'button-bad' : ''}`}
                  data-action={action.name}
                  onClick={() => choose(action)}
                >
                  <Icon name={action.icon} />
                  {t(`person.${action.name}`)}
                </button>
              </li>
            ))}
          </ul>
        ) : (
          <>
            <p>{t(`person.${question}-ask`, { nickname })}</p>
            {question === 'ban' ? (
              <label class="check">
                <input
                  type="checkbox"
                  checked={alsoAddress.value}
                  onChange={(event) => {
                    alsoAddress.value = event.currentTarget.checked;
                  }}
                />
                <span>
                  {t('person.ban-address')}
                  <span class="field-hint block">{t('person.ban-address-hint')}</span>
                </span>
              </label>
            ) : null}
            <div class="row dialog-actions">
              <button
                type="button"
                class="button"
                onClick={() => {
                  asked.value = null;
                  fault.value = null;
                  focusFirst();
                }}
              >
                {t('cancel')}
              </button>
              <button
                type="button"
                class={isHard(question) ? 'button button-bad' : 'button button-main'}
                aria-disabled={isBusy.value}
                data-action="confirm"
                onClick={() => void carryOut(question)}
              >
                {t(`person.${question}`)}
              </button>
            </div>
          </>
        )}
        {fault.value === null ? null : (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
      </div>
    </Modal>
  );
}

function actionsFor({ role, muted }: Member): Action[] {
  const leave: Action[] = [
    { name: 'kick', icon: 'leave', isGrave: true },
    { name: 'ban', icon: 'close', isGrave: true },
  ];
  if (role === 'host') return [{ name: 'revoke', icon: 'star', isGrave: true }, ...leave];
  return [
    muted
      ? { name: 'unmute', icon: 'speaking', isGrave: false }
      : { name: 'mute', icon: 'muted', isGrave: false },
    { name: 'grant', icon: 'star', isGrave: true },
    { name: 'transfer', icon: 'refresh', isGrave: true },
    ...leave,
  ];
}

function isHard(name: ActionName): boolean {
  return name === 'kick' || name === 'ban';
}

async function act(
  { handle }: HostRoom,
  name: ActionName,
  userId: string,
  banAddress: boolean,
): Promise<unknown> {
  switch (name) {
    case 'mute':
    case 'unmute':
      return handle.mute(userId, name === 'mute');
    case 'grant':
      return handle.grantHost(userId);
    case 'revoke':
      return handle.revokeHost(userId);
    case 'transfer':
      return handle.transferHost(userId);
    case 'kick':
      return handle.kick(userId);
    case 'ban':
      return handle.kick(userId, { ban: true, banAddress });
  }
}
