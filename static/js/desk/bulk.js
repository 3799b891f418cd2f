/*
 * Verifying many reports at once, as the person sees it: how far it has come, what did not go and why.
 * A run that was cut off goes on wherever the queue is opened (`[data-bulk-state]`).
 */
(() => {
  const { bulkRun, causes, decided, owner, page, store, texts } = self.sipokat;
  const place = document.querySelector("[data-bulk-state]");
  const person = owner.shown?.id;
  if (!place || !person) return;
  const { make } = page;
  const SOON = 600_000; // ms after which it is asked whether to go on
  const count = (number) => texts.dots(number);

  // --- While it runs -------------------------------------------------------------------------

  let wake = () => {}; // ends the pause
  let stopping = false;

  /** Waits so many ms, or until the signal is back or the person taps something. */
  function pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  addEventListener("online", () => wake());

  /** The panel of a run: a bar, words, and a button to stop. */
  function panelOf(run) {
    const bar = make("progress", { max: run.total, "aria-label": "Kemajuan verifikasi" });
    const words = make("p", { role: "status" });
    const trouble = make("div", { role: "alert" });
    const stop = make("button", { type: "button", class: "button" }, "Berhenti");
    const box = make(
      "section",
      { class: "card wait bulk", tabindex: "-1", "aria-labelledby": "bulk-title" },
      make("h2", { id: "bulk-title" }, `Memverifikasi ${count(run.total)} laporan`),
      bar,
      words,
      trouble,
      stop,
    );
    stop.addEventListener("click", () => {
      stopping = true;
      stop.disabled = true;
      wake();
    });
    const show = () => {
      const said = run.total - run.left.length;
      bar.value = said;
      words.textContent = `${count(said)} dari ${count(run.total)} laporan sudah dijawab.`;
    };
    show();
    return { box, show, trouble };
  }

  /** Says why there was no answer that counts; it is tried again by itself, or at a tap. */
  async function explain(trouble, facts) {
    const { words } = await causes.explain(facts);
    const button = { label: "Coba lagi", act: () => wake() };
    const then = " Dilanjutkan otomatis, tidak ada yang tercatat dua kali.";
    trouble.replaceChildren(page.banner(words + then, "warn", button));
  }

  // --- What became of it ---------------------------------------------------------------------

  /** What the row of this report says, where it stands on this page. */
  const rowOf = (number) => document.getElementById(`kartu-${number}`);
  const titleOf = (number) => rowOf(number)?.querySelector(".card-title")?.textContent.trim();

  /** Why this report was not verified, with the way to it. */
  function refusalOf({ number, message, last, status }) {
    const title = titleOf(number);
    const name = title ? `${title}, laporan ${number}` : `Laporan ${number}`;
    const said = last ? `${last.what}, ${page.moment(last.at)}.` : message;
    const seen = status !== 404;
    const link = seen ? make("a", { href: `/laporan/${number}` }, name) : name;
    return make("li", {}, make("p", { class: "bulk-way" }, link), make("p", {}, said));
  }

  /** What was verified, what was not and why, until the person has read it. */
  function summary(run) {
    const { done, left, refused } = run;
    const parts = [];
    if (done) parts.push(page.banner(`${count(done)} laporan diverifikasi.`, "ok"));
    if (left.length) {
      const again = { label: "Lanjutkan", act: () => carry(run) };
      const words = `${count(left.length)} laporan belum dikirim.`;
      parts.push(page.banner(words, "warn", again));
    }
    if (refused.length) {
      parts.push(
        make("h2", { id: "bulk-title" }, `${count(refused.length)} laporan belum diverifikasi`),
        make("ul", { class: "rows" }, ...refused.map(refusalOf)),
      );
    }
    const close = make("button", { type: "button", class: "button" }, "Tutup");
    close.addEventListener("click", async () => {
      await bulkRun.forget(person).catch(() => {});
      place.replaceChildren();
    });
    if (refused.length || left.length) parts.push(close);
    if (!document.querySelector(".tick-input, [data-queue] [data-card]"))
      parts.push(make("a", { class: "button main", href: "/verifikasi" }, "Kembali ke Verifikasi"));
    return make("section", { class: "bulk stack", tabindex: "-1" }, ...parts);
  }

  /** Only the person can do something about this answer. */
  function stopped(run, { status, json }) {
    const out = status === 401;
    const way = encodeURIComponent(location.pathname + location.search);
    const button = out
      ? { label: "Masuk lagi", act: () => location.assign(`/masuk?lanjut=${way}`) }
      : { label: "Coba lagi", act: () => carry(run) };
    const words = out
      ? `Perlu masuk lagi. ${count(run.left.length)} laporan dilanjutkan setelah itu.`
      : json?.message || "Belum bisa dikirim.";
    return make("section", { class: "bulk", tabindex: "-1" }, page.banner(words, "warn", button));
  }

  // --- The run -------------------------------------------------------------------------------

  let listener = () => {}; // called with the numbers that were just verified

  function put(box) {
    place.replaceChildren(box);
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "start" });
  }

  /** Sends what is left of the run, in one tab at a time. Resolves once it has stopped. */
  function carry(run) {
    stopping = false;
    const { box, show, trouble } = panelOf(run);
    put(box);
    const tell = (facts, verified) => {
      show();
      if (causes.of(facts)) return explain(trouble, facts);
      trouble.replaceChildren();
      listener(verified);
      decided.note(verified).catch(() => {}); // a copy of the queue from before has them still
    };
    return store.alone(`bulk-${person}`, async () => {
      const last = await bulkRun.recall(person).catch(() => null);
      if (last?.id === run.id) Object.assign(run, last); // another tab has gone on with it
      const facts = await bulkRun.drain(person, run, { tell, pause, stopped: () => stopping });
      put(facts ? stopped(run, facts) : summary(run));
      return run;
    });
  }

  /** Verifies these; `verified(numbers)` is called as they go. */
  function verify(klass, items, verified) {
    listener = verified;
    return carry(bulkRun.begin(klass, items));
  }

  async function resume() {
    const { owner: now } = await owner.ready;
    if (now?.id !== person) return;
    const run = await bulkRun.recall(person);
    if (!run) return;
    listener = (numbers) => {
      for (const number of numbers) rowOf(number)?.remove();
    };
    if (run.left.length && Date.now() - run.at < SOON) await carry(run);
    else place.replaceChildren(summary(run));
  }

  resume().catch(() => {});
  self.sipokat.bulk = { verify };
})();
