/*
 * Runs on every page: shows how many reports wait, and has the outbox sent whenever that may help:
 * when a page is loaded or seen again, when the signal is back, by a timer, when a report has just
 * been saved, and by Background Sync where the browser has it.
 */
(() => {
  const { causes, identity, outbox, owner, replay, store } = self.sipokat;
  const TAG = "sipokat-replay";
  const SOON = 1000; // ms between two runs at the least
  const LATER = 60_000; // the same after the phone's storage has failed

  /** "2 menunggu sinyal", so short that it fits beside the heading; `doubt` is that of `causes.doubt`. */
  function countWords({ waiting, needs_login, needs_attention, unread, total, code }, doubt) {
    if (waiting === total) {
      const cause = causes.standing(code, doubt);
      if (cause !== "clock") return `${total} ${causes.brief(cause)}`;
      if (doubt === "wrong") return `${total} menunggu tanggal HP`;
    }
    if (unread === total) return `${total} perlu dilihat`;
    if (needs_attention === total) return `${total} perlu diperbaiki`;
    if (needs_login === total) return `${total} perlu masuk lagi`;
    return `${total} belum terkirim`;
  }

  /** The pill in the header. If nobody is signed in, it says only how many reports wait. */
  async function showCount() {
    const pill = document.querySelector("[data-outbox-count]");
    if (!pill) return;
    const { owner: person } = await identity.who();
    const count = await outbox.count(person?.id);
    const words = person
      ? countWords(count, await causes.doubt())
      : `${count.others} belum terkirim`;
    pill.hidden = (person ? count.total : count.others) === 0;
    if (pill.textContent !== words) pill.textContent = words;
    await showUnread(person);
  }

  /** In a shell: the unread notices, as the last page from the server counted them (notices.js). */
  async function showUnread(person) {
    const bell = document.querySelector("[data-bell]");
    if (!bell) return;
    const { user, count } = (await store.recall("unread")) || {};
    bell.hidden = !person;
    bell.lastElementChild.firstChild.textContent = count;
    bell.lastElementChild.hidden = !count || user !== person?.id;
  }

  let timer = 0;
  let least = SOON;

  /** Sets the timer to the moment when the next entry is due. */
  async function plan() {
    const wait = await replay.nextTry();
    clearTimeout(timer);
    if (wait !== null) timer = setTimeout(() => drain(), Math.min(Math.max(wait, least), 300_000));
  }

  /** Asks the browser to wake the worker, which sends the outbox, as soon as there is a signal. */
  async function wake() {
    const sync = (await navigator.serviceWorker?.getRegistration())?.sync;
    if (sync && !(await sync.getTags()).includes(TAG)) await sync.register(TAG);
  }

  /** Sends what is due (see `replay.drain`) and plans the next run. Never rejects. */
  async function drain(mode = "") {
    clearTimeout(timer);
    try {
      await owner.ready;
      const left = await replay.drain(mode);
      least = SOON;
      if (left) wake().catch(() => {});
    } catch {
      // The phone's storage is full or has failed; the outbox page tells the person.
      least = LATER;
    }
    await plan().catch(() => {});
  }

  /** A report has just been saved: sends it, and asks the browser never to clear the storage. */
  async function saved() {
    drain("now");
    wake().catch(() => {});
    // Some browsers ask the person, who only now knows what it is good for.
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
  // The form also works without its scripts, as long as there is a signal; the outbox page does not.
  addEventListener("load", async () => {
    const lacks = (what, script) => !self.sipokat[script] && document.querySelector(what);
    const form = lacks("[data-report-form]", "leaving");
    const nobody = lacks("[data-outbox-none]", "cards");
    if (!form && !nobody) return;
    // Its script comes to a phone with the first page after signing in.
    if (!form && !(await owner.ready).owner) {
      nobody.hidden = false;
      return;
    }
    document.querySelector("[data-incomplete]").hidden = false;
  });

  owner.ready.then(() => showCount().catch(() => {}));
  drain("now");

  self.sipokat.app = { drain, saved, showCount };
})();
