/*
 * Notes how many notices are unread, for the shells, which are the same for everybody. When there are
 * others than the phone knew of, the worker fetches their page, so that it opens without signal too.
 */
(() => {
  const { owner, store } = self.sipokat;
  const { kept, shown } = owner;
  if (!shown || kept !== undefined) return; // a copy does not know how many there are now
  const PAGE = "/pemberitahuan";

  async function note() {
    const count = document.querySelector("[data-unread] span")?.textContent || "";
    const known = await store.recall("unread");
    if (known?.user === shown.id && known.count === count) return;
    await store.note("unread", { user: shown.id, count });
    if (!count || location.pathname === PAGE || !("serviceWorker" in navigator)) return;
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage({ ahead: [PAGE] });
  }

  addEventListener("load", () => note().catch(() => {})); // storage that fails keeps nothing
})();
