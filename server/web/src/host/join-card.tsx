import { t } from '../i18n/translate.js';
import { Icon } from '../ui/icons.js';
import { pinGroups } from '../ui/pin-text.js';
import { CopyButton } from './copy-button.js';
import { LocalNote } from './local-note.js';
import { QrCode } from './qr-code.js';

/** How one comes in, as large as there is room for it. */
export function JoinCard({ pin, locked }: { readonly pin: string; readonly locked: boolean }) {
  const link = joinLink(pin);
  const [before, after] = [t('join.at'), t('join.with-pin')];
  return (
    <section class="join-card" aria-labelledby="join-title">
      <div class="join-words">
        <h2
          id="join-title"
          class="join-title"
          style={{ '--length': [...before, ...location.host, ...after].length + 2 }}
        >
          {before}{' '}
          <bdi class="join-host" dir="ltr">
            {location.host}
          </bdi>{' '}
          {after}
        </h2>
        <Pin pin={pin} />
        <p class="join-link">
          <bdi dir="ltr">{shortLink(pin)}</bdi>
          <CopyButton text={link} label={t('join.copy')} />
        </p>
        <LocalNote />
        {locked ? (
          <p class="pill pill-warn join-locked">
            <Icon name="lock" />
            {t('lock.is-closed')}
          </p>
        ) : null}
      </div>
      <div class="join-code">
        <QrCode text={link} label={t('join.qr', { link: shortLink(pin) })} />
        <p class="quiet">{t('join.scan')}</p>
      </div>
    </section>
  );
}

/** The same beside something else: who comes late still finds in. */
export function SmallJoin({ pin }: { readonly pin: string }) {
  return (
    <div class="small-join" data-small-join>
      <p>
        <bdi dir="ltr">{location.host}</bdi>
        <Pin pin={pin} />
      </p>
      <QrCode text={joinLink(pin)} label={t('join.qr', { link: shortLink(pin) })} />
    </div>
  );
}

function Pin({ pin }: { readonly pin: string }) {
  return (
    <span
      class="pin"
      dir="ltr"
      role="img"
      aria-label={t('join.pin', { pin: [...pin].join(' ') })}
      data-pin={pin}
      style={{ '--pin-length': pin.length }}
    >
      {pinGroups(pin).map((group, place) => (
        <span key={place} class="pin-group">
          {group}
        </span>
      ))}
    </span>
  );
}

function joinLink(pin: string): string {
  return `${location.origin}/r/${pin}`;
}

function shortLink(pin: string): string {
  return `${location.host}/r/${pin}`;
}
