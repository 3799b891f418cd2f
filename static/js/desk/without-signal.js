/*
 * Decisions for which there is no signal: they go into the outbox, and the next card follows as if
 * they had been answered. On a copy that is the only way, elsewhere the one that is left when the form
 * got no answer that counts. And while there is a signal, what is needed without one is fetched.
 */
(() => {
  const { beside, copies, decisions, desk, owner, page, standing } = self.sipokat;
  const { is, keep, pressed } = decisions;
  const kept = owner.kept !== undefined;

  /** Keeps the decision and goes on to the next card. Rejects if the phone cannot keep it. */
  async function take(form) {
    const id = await keep(form);
    if (!id) return; // the form says what it lacks
    const strip = await standing.strip(id);
    if (!strip) return;
    if (desk) desk.finished(strip);
    else page.lead(strip);
  }

  const busy = new WeakSet(); // forms whose decision is being kept

  /** The same; if the phone cannot keep it, that is said beside the form. */
  async function takeOrTell(form) {
    if (busy.has(form)) return;
    busy.add(form);
    try {
      await take(form);
    } catch {
      const words = `Keputusan ini tidak muat di HP dan belum terkirim. ${page.ROOM}`;
      const act = () => form.requestSubmit(pressed.get(form));
      beside.complain(form, words, { button: { label: "Coba lagi", act } });
    } finally {
      busy.delete(form);
    }
  }

  // A form that the browser was to send, and that has no way to SIPOKAT now (pages/posting.js).
  document.addEventListener("sipokat:unsent", ({ target, detail }) => {
    if (!is(target)) return;
    detail.kept = take(target).then(
      () => true,
      () => false, // it says what the cause is
    );
  });

  // --- On a copy -------------------------------------------------------------------------------

  if (kept) {
    document.addEventListener(
      "submit",
      (event) => {
        if (!is(event.target)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        takeOrTell(event.target);
      },
      { capture: true },
    );
  }

  const nextPage = () => desk?.queue.querySelector(".pager a[rel=next]");
  const cacheName = copies.PAGES + owner.shown?.id;
  const isKept = (url) => caches.match(url, { cacheName, ignoreVary: true });

  /** Links to parts of the queue that are not on this phone would lead to nothing. */
  async function lookAtLinks() {
    const next = nextPage();
    if (next && !(await isKept(next.href))) {
      const words = "Laporan berikutnya belum ada di HP ini. Buka lagi saat ada sinyal.";
      next.replaceWith(page.make("p", { class: "meta" }, words));
    }
    for (const link of desk.queue.querySelectorAll(".queue-groups a, .queue-following"))
      (link.closest("li") || link).hidden = !(await isKept(link.href));
    for (const groups of desk.queue.querySelectorAll(".queue-groups"))
      groups.hidden = !groups.querySelector("li:not([hidden])");
  }

  // --- While there is a signal -------------------------------------------------------------------

  const THUMBNAILS = '.photo > img[src$="?ukuran=kecil"]';

  /** Has the worker keep the thumbnails of this page, and the queue's next page. */
  async function prepare() {
    if (navigator.connection?.saveData) return;
    const { active } = await navigator.serviceWorker.ready;
    const pictures = [...document.querySelectorAll(THUMBNAILS)].map((one) =>
      one.getAttribute("src"),
    );
    if (pictures.length) active.postMessage({ pictures });
    const next = nextPage();
    const fresh = next && (await isKept(next.href));
    const stale =
      fresh && Number(fresh.headers.get("Sipokat-Kept-Changes")) < (await copies.count());
    if (next && (!fresh || stale)) active.postMessage({ ahead: [next.href] });
  }

  if (kept && desk) lookAtLinks().catch(() => {});
  if (!kept && owner.shown && "serviceWorker" in navigator) {
    const here = location.href.replace(/#.*/, "");
    let once = () => {
      once = () => {};
      prepare().catch(() => {}); // storage that fails keeps nothing
    };
    // What stands on a page is kept once the page itself is.
    self.sipokat.store.listen(({ type, url }) => {
      if (type === "kept" && url === here) once();
    });
    addEventListener("load", async () => {
      if (await isKept(here).catch(() => null)) once();
    });
    document.addEventListener("htmx:afterSettle", () => prepare().catch(() => {}));
  }

  self.sipokat.withoutSignal = { isKept, take };
})();
