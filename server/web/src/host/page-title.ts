import { useEffect } from 'preact/hooks';

/** What the tab, the history and a screen reader call the page. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – Pinroom`;
  }, [title]);
}
