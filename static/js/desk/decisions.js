/*
 * A decision as an entry of the outbox: made of its form, kept on the phone and sent from there. So
 * from a copy of the queue or of a report, and where the form itself got no answer that counts.
 */
(() => {
  const { answers, app, decided, decisionDrafts, outbox, owner, page, texts } = self.sipokat;
  const NOUNS = { verifikasi: "Verifikasi", pengembalian: "Pengembalian", penolakan: "Penolakan" };
  const nounOf = (form) => form.getAttribute("action").split("/").pop();

  /** Whether this form is one of a decision; authors' and Bag. Pemerintahan's other acts are not. */
  const is = (form) => form.matches?.("form[data-decision]") && nounOf(form) in NOUNS;

  const pressed = new WeakMap(); // by form, the button that sent it last: it bears the class
  const made = new WeakMap(); // by form, when that was, by the phone's clock

  document.addEventListener(
    "submit",
    ({ target, submitter }) => {
      if (submitter) pressed.set(target, submitter);
      made.set(target, answers.stamp());
    },
    { capture: true },
  );

  // --- What the form lacks, in the server's words, which cannot be asked now -------------------

  const LACKING = {
    SELECT: "Pilih alasannya.",
    INPUT: "Tulis nomor laporan yang sama.",
    TEXTAREA: "Tulis pesannya dulu.",
  };

  function lack({ required, value, dataset, tagName }) {
    if (required && !texts.seen(value)) return LACKING[tagName];
    return dataset.max ? texts.tooLong("Pesan", value, Number(dataset.max)) : "";
  }

  /** Says beside each field what is wrong with it; returns the first one, or undefined. */
  function check(form) {
    const wrong = [];
    for (const control of form.querySelectorAll(".field-input:enabled")) {
      const sentence = lack(control);
      const id = `${control.id}-error`;
      document.getElementById(id)?.remove();
      control.toggleAttribute("aria-invalid", false);
      if (!sentence) continue;
      wrong.push(control);
      const words = page.make("span", {}, sentence);
      const error = page.make("p", { class: "field-error", id }, page.icon("warn"), words);
      control.closest(".field").append(error);
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", id);
    }
    return wrong[0];
  }

  // --- The entry -----------------------------------------------------------------------------

  /** What was typed and chosen, by its names on the wire. */
  function typed(form) {
    const { version, action_id, next, ...given } = Object.fromEntries(new FormData(form));
    const button = pressed.get(form);
    if (button?.name) given[button.name] = button.value;
    const read = Object.entries(given).map(([name, value]) => [name, texts.read(value)]);
    const said = Object.fromEntries(read.filter(([, value]) => value));
    return { action_id, version: Number(version), ...said };
  }

  /** SIPOKAT's time on the page, or on the card if it came later. */
  function seenAt(form) {
    const card = form.closest("[data-seen]");
    return card?.dataset.seen || document.querySelector("[data-made]")?.dataset.made;
  }

  /** What was chosen, in words: the class, the reason. */
  function chosen(form) {
    const [, klass] = (pressed.get(form)?.textContent || "").split(": ");
    const selects = [...form.querySelectorAll("select")].filter(({ value }) => value);
    const reasons = selects.map((one) => one.selectedOptions[0].textContent);
    const other = form.elements.other?.disabled === false && `laporan ${form.elements.other.value}`;
    return [klass, ...reasons, other].filter(Boolean).map((one) => one.trim());
  }

  function titleOf(form) {
    const card = form.closest("[data-card]");
    const title = card?.querySelector(".card-title").textContent.trim();
    return title || document.getElementById("isi-laporan").dataset.title;
  }

  function entryOf(form) {
    const body = typed(form);
    const noun = nounOf(form);
    const decided_at = made.get(form) || answers.stamp();
    return {
      id: body.action_id,
      owner: owner.shown.id,
      kind: "decision",
      report: form.dataset.decision,
      noun,
      title: `${NOUNS[noun]}: ${titleOf(form)}`,
      chosen: chosen(form),
      body: { ...body, decided_at, seen_at: seenAt(form) },
      photos: [],
      written_at: decided_at,
    };
  }

  const refused = ({ state }) => state === "needs_attention";

  /** A new decision on this report stands in the place of one that was refused. */
  async function replace(report) {
    for (const one of await outbox.entries(owner.shown.id))
      if (one.noun && one.report === report && refused(one))
        await self.sipokat.entries.remove(one.id);
  }

  /** It was answered at once. */
  async function answered(report) {
    await decided.note([report]);
    await replace(report);
  }

  document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful, xhr } }) => {
    const ours = xhr?.getResponseHeader("Sipokat") === "1";
    if (successful && ours && is(elt)) answered(elt.dataset.decision).catch(() => {});
  });
  // The page to which a plain form has led.
  const [, number] = /^\/laporan\/(\d+)$/.exec(location.pathname) || [];
  if (number && document.querySelector("[data-decided]")) answered(number).catch(() => {});

  /**
   * Puts the decision of this form into the outbox, under the id that it has on the page already: if
   * the server has had it all the same, it counts once. Returns the entry's id; null if the form
   * lacks something, which it then says. Rejects if the phone cannot keep it.
   */
  async function keep(form) {
    const wrong = check(form);
    if (wrong) {
      // Buttons stand in the place of the list of reasons.
      (wrong.hidden ? wrong.parentElement.querySelector("button") : wrong).focus();
      return null;
    }
    const entry = entryOf(form);
    const { id, report } = entry;
    const slot = outbox.DECISION + report;
    const before = await outbox.entry(id);
    await outbox
      .submit(entry, { slot, again: Boolean(before && refused(before)) })
      .catch((error) => {
        if (error.code !== "changed") throw error; // it is there: kept in another tab
      });
    await decisionDrafts.drop(report);
    await replace(report);
    page.saved();
    app.saved();
    return id;
  }

  self.sipokat.decisions = { is, keep, pressed };
})();
