import { Icon } from '../ui/icons.js';

interface SendButtonProps {
  readonly isBusy: boolean;
  readonly label: string;
}

export function SendButton({ isBusy, label }: SendButtonProps) {
  return (
    <button type="submit" class="button button-main" aria-disabled={isBusy} data-action="send">
      {isBusy ? (
        <span class="spinner" aria-hidden="true" />
      ) : (
        <span class="icon-turns">
          <Icon name="send" />
        </span>
      )}
      {label}
    </button>
  );
}
