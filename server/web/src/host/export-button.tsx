import type { Room } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { formatNumber, t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';
import { saveRoomAsFile } from './room-export.js';

const KILOBYTE = 1_000;

/** All that was said in the room, as a file. */
export function ExportButton({ room }: { readonly room: Room }) {
  /** What has come so far; null: nothing is under way. */
  const bytes = useSignal<number | null>(null);
  const fault = useSignal<string | null>(null);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const save = async () => {
    if (bytes.value !== null) return;
    bytes.value = 0;
    fault.value = null;
    announce(t('export.begun'));
    try {
      await saveRoomAsFile(room, {
        signal: stop.current.signal,
        onBytes: (come) => {
          bytes.value = come;
        },
      });
      announce(t('export.done'));
    } catch (failed) {
      fault.value = faultText(failed);
    } finally {
      bytes.value = null;
    }
  };
  const size = formatNumber(Math.ceil((bytes.value ?? 0) / KILOBYTE));
  return (
    <>
      <button
        type="button"
        class="button action"
        data-action="export"
        aria-disabled={bytes.value !== null}
        onClick={() => void save()}
      >
        {bytes.value === null ? (
          <Icon name="download" />
        ) : (
          <span class="spinner" aria-hidden="true" />
        )}
        {bytes.value === null ? t('export') : t('export.going', { size })}
      </button>
      {fault.value === null ? null : (
        <p class="fault" role="alert">
          {t('export.failed')} {fault.value}
        </p>
      )}
    </>
  );
}
