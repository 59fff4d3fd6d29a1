import { useSignal } from '@preact/signals';
import { t } from '../i18n/translate.js';
import { Icon, type IconName } from '../ui/icons.js';
import { LanguageChoice } from '../ui/language-choice.js';
import { ConfirmDialog } from './confirm-dialog.js';
import { ExportButton } from './export-button.js';
import type { HostRoom } from './host-room.js';
import { leave } from './host-session.js';
import { notice } from './notices.js';
import { OtherDeviceDialog } from './other-device-dialog.js';
import { RenameDialog } from './rename-dialog.js';
import { SettingsDialog } from './settings-dialog.js';

type DialogName = 'settings' | 'new-pin' | 'close' | 'device' | 'scores' | 'name';

/** What concerns the room itself. */
export function RoomPanel({ room }: { readonly room: HostRoom }) {
  const dialog = useSignal<DialogName | null>(null);
  const { locked, settings } = room.store.room.value;
  const show = (name: DialogName) => () => {
    dialog.value = name;
  };
  return (
    <section class="form" aria-labelledby="room-panel-title">
      <h2 id="room-panel-title" class="panel-title">
        {t('room.title')}
      </h2>
      <ul class="row facts">
        <li class={locked ? 'pill pill-warn' : 'pill pill-good'}>
          {locked ? t('lock.is-closed') : t('lock.is-open')}
        </li>
        {settings.passcodeRequired ? <li class="pill">{t('room.has-passcode')}</li> : null}
        {settings.approval ? <li class="pill">{t('room.has-approval')}</li> : null}
        <li class="pill">
          {settings.playersMaySend ? t('room.players-write') : t('room.hosts-write')}
        </li>
      </ul>
      <ul class="actions">
        <Action
          name="lock"
          icon={locked ? 'unlock' : 'lock'}
          label={locked ? t('lock.open') : t('lock.close')}
          onClick={() => void room.toggleLock()}
        />
        <Action name="new-pin" icon="refresh" label={t('pin.new')} onClick={show('new-pin')} />
        <Action name="settings" icon="settings" label={t('settings')} onClick={show('settings')} />
        <Action name="name" icon="people" label={t('name.title')} onClick={show('name')} />
        <Action name="device" icon="screen" label={t('device.title')} onClick={show('device')} />
        <li>
          <ExportButton room={room.store.room.value} />
        </li>
        {room.rounds.scores.value.size > 0 ? (
          <Action name="scores" icon="star" label={t('scores.clear')} onClick={show('scores')} />
        ) : null}
        <Action name="leave" icon="leave" label={t('room.leave')} onClick={leave} />
        <Action name="close" icon="close" label={t('room.close')} onClick={show('close')} isBad />
      </ul>
      <LanguageChoice page="host" />
      <RoomDialog
        name={dialog.value}
        room={room}
        onClose={() => {
          dialog.value = null;
        }}
      />
    </section>
  );
}

interface ActionProps {
  readonly name: string;
  readonly icon: IconName;
  readonly label: string;
  readonly isBad?: boolean;
  readonly onClick: () => void;
}

function Action({ name, icon, label, isBad = false, onClick }: ActionProps) {
  return (
    <li>
      <button
        type="button"
        class={`button action ${isBad ? 'button-bad' : ''}`}
        data-action={name}
        onClick={onClick}
      >
        <Icon name={icon} />
        {label}
      </button>
    </li>
  );
}

interface RoomDialogProps {
  readonly name: DialogName | null;
  readonly room: HostRoom;
  readonly onClose: () => void;
}

function RoomDialog({ name, room, onClose }: RoomDialogProps) {
  switch (name) {
    case 'settings':
      return <SettingsDialog room={room} onClose={onClose} />;
    case 'device':
      return <OtherDeviceDialog roomId={room.handle.id} onClose={onClose} />;
    case 'name':
      return <RenameDialog room={room} onClose={onClose} />;
    case 'new-pin':
      return (
        <ConfirmDialog
          title={t('pin.new')}
          text={t('pin.new-ask')}
          confirm={t('pin.new')}
          onConfirm={async () => {
            await room.newPin();
            notice(t('pin.new-done'));
          }}
          onClose={onClose}
        />
      );
    case 'scores':
      return (
        <ConfirmDialog
          title={t('scores.clear')}
          text={t('scores.clear-ask')}
          confirm={t('scores.clear')}
          isBad
          onConfirm={() => room.rounds.clearScores()}
          onClose={onClose}
        />
      );
    case 'close':
      return (
        <ConfirmDialog
          title={t('room.close')}
          text={t('room.close-ask')}
          confirm={t('room.close')}
          isBad
          onConfirm={() => room.handle.close()}
          onClose={onClose}
        />
      );
    default:
      return null;
  }
}
