/*
 * On a copy that the worker shows in the place of a page: offers the newer page once it has come,
 * and leaves when the person may not read it any more. And a page that the browser shows again from
 * its memory is loaded anew if the person has changed something since.
 */
(() => {
  const { copies, owner, page, store } = self.sipokat;
  const { kept, shown } = owner;
  if (!shown) return;
  const here = location.href.replace(/#.*/, "");

  /** "Tampilkan": the worker gives the page that has come, or waits for the network. */
  function display() {
    navigator.serviceWorker?.controller?.postMessage({ show: here });
    location.reload();
  }

  function offer() {
    const button = { label: "Tampilkan", act: display };
    page.notice("Versi terbaru sudah ada.", "wait", { key: "newer", button });
  }

  let leaving = false;
  function leave() {
    if (leaving) return; // the answer to the reload says once more that all copies must go
    leaving = true;
    document.body.hidden = true;
    owner.reload();
  }

  /** The newer page may have come, or all copies may have gone, before this script ran. */
  async function look() {
    const cacheName = copies.PAGES + shown.id;
    const newest = await caches.match(here, { cacheName, ignoreVary: true });
    if (!newest) leave();
    else if (newest.headers.get("Sipokat-Kept-At") !== kept) offer();
  }

  if (kept !== undefined) {
    store.listen(({ type, url }) => {
      if (type === "kept" && url === here) offer();
      if (type === "copies-ended") leave();
    });
    look().catch(() => {});
  }

  const before = copies.count().catch(() => null);
  addEventListener("pageshow", async ({ persisted }) => {
    if (!persisted || page.typed()) return;
    if ((await copies.count().catch(() => null)) !== (await before)) location.reload();
  });
})();
