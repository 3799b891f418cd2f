/*
 * What runs on every page: how many reports wait, and all the moments at which the outbox is sent:
 * page load, signal back, page seen again, a timer while open, a report just saved, and Background
 * Sync where the browser has it.
 */
(() => {
  const { identity, outbox, owner, replay, store } = self.sipokat;
  const TAG = "sipokat-replay";
  const SOON = 1000;
  const LATER = 60_000;

  function countWords({ waiting, needs_login, needs_attention, total }) {
    if (waiting === total) return `${total} menunggu sinyal`;
    if (needs_attention === total) return `${total} perlu diperbaiki`;
    if (needs_login === total) return `${total} perlu masuk`;
    return `${total} belum terkirim`;
  }

  /** The pill in the header; to nobody in particular it says the number alone. */
  async function showCount() {
    const pill = document.querySelector("[data-outbox-count]");
    if (!pill) return;
    const { owner: person } = await identity.who();
    const count = await outbox.count(person?.id);
    const words = person ? countWords(count) : `${count.others} belum terkirim`;
    pill.hidden = (person ? count.total : count.others) === 0;
    if (pill.textContent !== words) pill.textContent = words;
  }

  let timer = 0;
  let least = SOON;

  async function plan() {
    const wait = await replay.nextTry();
    clearTimeout(timer);
    if (wait !== null) timer = setTimeout(() => drain(), Math.min(Math.max(wait, least), 300_000));
  }

  /** Has the browser wake the worker for what waits, as soon as there is a signal. */
  async function wake() {
    const sync = (await navigator.serviceWorker?.getRegistration())?.sync;
    if (sync && !(await sync.getTags()).includes(TAG)) await sync.register(TAG);
  }

  async function drain(mode = "") {
    clearTimeout(timer);
    try {
      await owner.ready;
      const left = await replay.drain(mode);
      least = SOON;
      if (left) wake().catch(() => {});
    } catch {
      // The phone's storage is full or does not answer; the outbox page says so.
      least = LATER;
    }
    await plan().catch(() => {});
  }

  /** A report has just been saved: send it, now or by the worker, and ask to keep the storage. */
  async function saved() {
    drain("now");
    wake().catch(() => {});
    // Only now does the person know what it is good for; some browsers ask.
    if (!(await navigator.storage?.persisted?.())) await navigator.storage?.persist?.();
  }

  let pending = 0;
  store.listen(({ type }) => {
    if (type === "progress") return;
    clearTimeout(pending);
    pending = setTimeout(() => {
      showCount().catch(() => {});
      plan().catch(() => {});
    }, 50);
  });

  addEventListener("online", () => drain("now"));
  addEventListener("pageshow", (event) => {
    if (event.persisted) drain("now");
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") drain("now");
  });
  owner.ready.then(() => showCount().catch(() => {}));
  drain("now");

  self.sipokat.app = { drain, saved, showCount };
})();
