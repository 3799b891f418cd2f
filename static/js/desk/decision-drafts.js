/*
 * Keeps on this phone what is typed into a decision (`form[data-decision]`, the report's number), one
 * draft for all forms of a report, until the decision is made. So the words outlive a session that
 * ends meanwhile, a page that is left or loaded again, and a signal that goes.
 */
(() => {
  const { outbox, owner, page, typed } = self.sipokat;
  const FORM = "form[data-decision]";
  const slot = (number) => `${outbox.DECISION}${number}`;
  const person = owner.shown?.id;
  const touched = new Set(); // numbers of the reports for which something was typed on this page
  const sent = new Map(); // by number, the version of the report for which a decision was sent
  const done = new Set(); // numbers of the reports that were decided on this page
  const unwritten = new Set(); // numbers of those for which something typed is not yet on the phone
  const note = (number) => `${person}/${slot(number)}`; // the key in `typed`

  const formsOf = (number) => document.querySelectorAll(`form[data-decision="${number}"]`);
  const key = (control) =>
    `${control.form.getAttribute("action").split("/").pop()}.${control.name}`;
  const asked = (form) =>
    [...form.elements].filter(({ name, type }) => name && !["hidden", "submit"].includes(type));

  function read(number) {
    const values = {};
    for (const control of [...formsOf(number)].flatMap(asked)) {
      if (control.value) values[key(control)] = control.value;
    }
    return values;
  }

  /** Whether anything stands in the forms. */
  const isTyped = (number) => [...formsOf(number)].flatMap(asked).some(({ value }) => value);

  // --- Writing: one write at a time, of what stands on the page then -------------------------

  const waiting = new Set();
  let writing = null;

  async function write(number) {
    if (done.has(number) || !formsOf(number).length) return;
    const values = read(number);
    if (!isTyped(number)) {
      await outbox.dropDraft(person, slot(number));
      return written(number);
    }
    const text = Object.keys(values).find((name) => name.endsWith(".note"));
    await outbox.saveDraft({
      owner: person,
      slot: slot(number),
      id: slot(number),
      title: `Pesan untuk laporan ${number}`,
      values: { ...values, text: values[text] || "" },
      sent: sent.get(number) ?? null,
      photos: [],
    });
    written(number);
    page.clear("storage");
    page.saved();
  }

  function written(number) {
    if (waiting.has(number)) return; // typed on since
    unwritten.delete(number);
    typed.drop(note(number));
  }

  /** The page is left: what is not yet written is noted, so that a reload does not lose it. */
  function leaving() {
    for (const number of unwritten) {
      const version = formsOf(number)[0]?.elements.version.value;
      if (!version || done.has(number)) continue;
      typed.put(note(number), { version, sent: sent.get(number) ?? null, values: read(number) });
    }
  }

  async function writeAll() {
    for (const number of waiting) {
      waiting.delete(number);
      await write(number).catch(() =>
        page.notice(
          "Tulisan ini belum tersimpan di HP. Kirim dulu sebelum pindah halaman.",
          "warn",
          {
            key: "storage",
          },
        ),
      );
    }
    writing = null;
  }

  function keep(number) {
    waiting.add(number);
    unwritten.add(number);
    writing ||= writeAll();
  }

  /** The decision is made: its draft is deleted, also one that is being written just now. */
  async function drop(number) {
    done.add(number);
    typed.drop(note(number));
    await writing;
    await outbox.dropDraft(person, slot(number)).catch(() => {});
  }

  /** The decision was taken back or refused: it can be made anew, with the words that it had. */
  async function reopen(number) {
    done.delete(number);
    touched.delete(number);
    await open(number, false);
  }

  // --- Opening -------------------------------------------------------------------------------

  function fill(control, values) {
    const value = values[key(control)];
    if (value === undefined) return false;
    control.value = value;
    return true;
  }

  /** The words of a decision on this report that was refused, as a draft; undefined if there is none. */
  async function refused(number) {
    const entry = (await outbox.entries(person)).find(
      (one) => one.noun && one.report === number && one.state === "needs_attention",
    );
    if (!entry) return undefined;
    const said = Object.entries(entry.body).map(([name, value]) => [
      `${entry.noun}.${name}`,
      value,
    ]);
    return { values: Object.fromEntries(said), sent: null };
  }

  /**
   * Puts the draft of this report back into its forms, and says so; not over what was typed on this
   * page, unless the forms are `fresh` because the decision was refused.
   */
  async function open(number, fresh) {
    await writing;
    const stored = (await outbox.draft(person, slot(number))) || (await refused(number));
    const forms = [...formsOf(number)];
    const version = forms[0]?.elements.version.value;
    const last = typed.take(note(number)); // counts alone only for the report as it was then
    const draft = last && (stored || last.version === version) ? { ...stored, ...last } : stored;
    if (!draft || (touched.has(number) && !fresh) || done.has(number)) return;
    // The report has moved on since the decision was sent: it was made, or it came second.
    if (draft.sent && draft.sent !== version) {
      sent.delete(number);
      return write(number); // what a refusal has put back into the form, if anything
    }
    sent.set(number, draft.sent);
    if (draft !== stored) keep(number); // before anything is filled in: it is written once it is
    for (const form of forms) {
      const filled = asked(form).filter((control) => fill(control, draft.values));
      if (!filled.length) continue;
      for (const control of [...filled, form]) {
        control.dispatchEvent(new Event("sipokat:filled", { bubbles: true })); // to be counted
        const box = control.closest("details");
        if (box) box.open = true;
      }
      const place = form.nextElementSibling;
      if (!fresh && place?.matches("[data-answer]:empty"))
        place.append(page.banner("Tulisan yang belum terkirim dibuka lagi.", "wait"));
    }
  }

  async function openAll(root, fresh) {
    const forms = [root, ...root.querySelectorAll(FORM)].filter((one) => one.matches?.(FORM));
    for (const number of new Set(forms.map((form) => form.dataset.decision)))
      await open(number, fresh);
  }

  // --- Around it -----------------------------------------------------------------------------

  async function begin() {
    const { owner: now } = await owner.ready;
    if (!person || now?.id !== person) return;
    for (const type of ["input", "change", "submit"]) {
      document.addEventListener(type, ({ target }) => {
        const form = target.form || target;
        if (!form.matches?.(FORM)) return;
        const number = form.dataset.decision;
        touched.add(number);
        if (type === "submit") sent.set(number, form.elements.version.value);
        keep(number);
      });
    }
    addEventListener("pagehide", leaving);
    document.addEventListener("visibilitychange", leaving);
    document.addEventListener("htmx:load", ({ detail }) =>
      openAll(detail.elt, true).catch(() => {}),
    );
    document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful, xhr } }) => {
      const ours = xhr?.getResponseHeader("Sipokat") === "1";
      if (successful && ours && elt.matches(FORM)) drop(elt.dataset.decision);
    });
    await openAll(document, false);
    // The report's own page (no copy of it) without a form for a decision: it is made.
    const [, number] = /^\/laporan\/(\d+)$/.exec(location.pathname) || [];
    if (number && !document.querySelector("[data-kept]") && !formsOf(number).length)
      await drop(number);
  }

  begin().catch(() => {});
  self.sipokat.decisionDrafts = { drop, reopen };
})();
