import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { isolate } from '../i18n/isolate.js';
import { formatNumber, t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import { Modal } from '../ui/modal.js';
import { fileName, readWhole, saveFile } from '../ui/save-file.js';
import { historyFaultText } from './history-fault.js';
import type { HistoryStore } from './history-store.js';
import { dayOf } from './moments.js';
import { writeOwnExport } from './own-export.js';

const NDJSON = 'application/x-ndjson';

type Progress =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly text: string }
  | { readonly kind: 'done'; readonly name: string }
  | { readonly kind: 'broken'; readonly fault: unknown };

interface DownloadDialogProps {
  readonly store: HistoryStore;
  readonly onClose: () => void;
}

/** Hosts get the whole room as the server writes it, everybody else what they may read. */
export function DownloadDialog({ store, onClose }: DownloadDialogProps) {
  const progress = useSignal<Progress>({ kind: 'none' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = async () => {
    const stop = new AbortController();
    running.current = stop;
    const tell = (text: string) => {
      if (!stop.signal.aborted) progress.value = { kind: 'running', text };
    };
    tell(t('loading'));
    try {
      const file = await fetchFile(store, stop.signal, tell);
      const { title = '', createdAt = 0 } = store.room.value ?? {};
      const name = fileName(title, dayOf(createdAt), 'ndjson');
      saveFile(name, file);
      progress.value = { kind: 'done', name };
      announce(t('download-done', { name }));
    } catch (fault) {
      progress.value = stop.signal.aborted ? { kind: 'none' } : { kind: 'broken', fault };
    }
  };
  const { value } = progress;
  return (
    <Modal title={t('download')} onClose={onClose}>
      <div class="form" data-progress={value.kind}>
        <p>{store.isHost ? t('download-host') : t('download-own')}</p>
        <p class="quiet">{t('download-format')}</p>
        {value.kind === 'running' ? (
          <p class="row">
            <span class="spinner" aria-hidden="true" />
            {value.text}
          </p>
        ) : null}
        {value.kind === 'done' ? (
          <p class="download-done">{t('download-done', { name: isolate(value.name) })}</p>
        ) : null}
        {value.kind === 'broken' ? (
          <p class="fault" role="alert">
            {t('download-broken')} {historyFaultText(value.fault)}
          </p>
        ) : null}
        <div class="row">
          {value.kind === 'running' ? (
            <button type="button" class="button" onClick={() => running.current?.abort()}>
              {t('cancel')}
            </button>
          ) : (
            <button type="button" class="button button-main" onClick={start}>
              {value.kind === 'broken' ? t('retry') : t('download-start')}
            </button>
          )}
        </div>
      </div>
    </Modal>
  );
}

async function fetchFile(
  { client, roomId, isHost, channels }: HistoryStore,
  signal: AbortSignal,
  tell: (text: string) => void,
): Promise<Blob> {
  const id = roomId ?? '';
  if (isHost) {
    const stream = await client.exportRoom(id);
    const onBytes = (bytes: number) => tell(t('download-bytes', { size: sizeText(bytes) }));
    return readWhole(stream, NDJSON, { signal, onBytes });
  }
  const text = await writeOwnExport(
    (options) => client.entries(id, options),
    channels.value.map(({ name }) => name),
    { signal, onEntries: (count) => tell(t('download-entries', { count })) },
  );
  return new Blob([text], { type: NDJSON });
}

function sizeText(bytes: number): string {
  const [size, unit] =
    bytes < 1_000_000 ? [bytes / 1_000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  return formatNumber(size, { style: 'unit', unit, maximumFractionDigits: 1 });
}
