/*
 * What has to work when nothing else has come: every node has it under this name. A part of the page is
 * missing when the connection broke, or when the node that was asked for it has other parts: an older or a newer one.
 */
(() => {
  /** Twice in so long a page does not load itself again: then it is no old page, but something else. */
  const RELOAD_PAUSE_MS = 30_000;
  const RELOADED_AT = 'pinroom:reloaded-at';
  const RETRY_MS = 3_000;
  let isLost = false;

  /** What stands on the page until it is there. */
  const notice = () => document.querySelector('.not-started');

  async function isServerThere() {
    try {
      return (await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' })).ok;
    } catch {
      return false;
    }
  }

  function reloadOnce() {
    try {
      const last = Number(sessionStorage.getItem(RELOADED_AT));
      if (Math.abs(Date.now() - last) < RELOAD_PAUSE_MS) return false;
      sessionStorage.setItem(RELOADED_AT, `${Date.now()}`);
    } catch {
      return false;
    }
    location.reload();
    return true;
  }

  function offerReload() {
    const place = notice();
    const button = place?.querySelector('button');
    if (!button) return;
    place.classList.add('is-lost');
    button.hidden = false;
    button.onclick = () => location.reload();
  }

  /** Never without a server that answers: a browser's page for that would not come back by itself. */
  async function lost() {
    if (isLost) return;
    isLost = true;
    while (!(await isServerThere())) {
      // A page that works goes on without the part, and asks for it another time.
      if (!notice()) {
        isLost = false;
        return;
      }
      offerReload();
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    if (reloadOnce()) return;
    offerReload();
    isLost = false;
  }

  const isPart = (target) =>
    target instanceof HTMLScriptElement ||
    (target instanceof HTMLLinkElement && /stylesheet|modulepreload/.test(target.rel));
  addEventListener('error', ({ target }) => isPart(target) && lost(), true);
  addEventListener('vite:preloadError', lost);
})();
