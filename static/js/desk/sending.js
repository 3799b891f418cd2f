/*
 * What happens before and after a decision is sent by htmx: a rejection is asked about, nothing is
 * pressed by a finger that is still there, and what became of it is said. Without this script the
 * browser posts the forms.
 */
(() => {
  const { causes, decisions, desk, owner, page, wire } = self.sipokat;
  const { pressed } = decisions;
  const sure = new WeakSet(); // forms whose sending the person has just confirmed

  // A rejection is final, so it is asked about once; neither htmx nor the browser sends it before.
  document.addEventListener(
    "submit",
    async (event) => {
      const { target: form, submitter } = event;
      if (!form.dataset.ask || sure.delete(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const answer = { yes: "Ya, tolak", danger: true };
      if (!(await page.ask("Tolak laporan ini?", form.dataset.ask, answer))) return;
      sure.add(form);
      form.requestSubmit(submitter);
    },
    { capture: true },
  );
  if (!desk) return;
  const { queue, wide, cards, link, select, name, moved, behavior } = desk;

  // --- A finger that is still there ----------------------------------------------------------

  for (const type of ["click", "submit", "keydown"]) {
    document.addEventListener(
      type,
      (event) => {
        const { key, repeat, target } = event;
        const presses = !key || ["Enter", " "].includes(key);
        const meant = !("moved" in queue.dataset) && !repeat; // a key that is held decides once
        if (meant || !presses || !target.closest("[data-queue] [data-card], [data-done]")) return;
        if (target.matches("textarea")) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      },
      { capture: true },
    );
  }

  // --- Around a decision ---------------------------------------------------------------------

  /** The element after this form or link in which an error is shown. */
  function answerOf(elt) {
    const all = [...queue.querySelectorAll("[data-answer]")];
    return all.find((one) => elt.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  }

  // A decision of which nothing was heard may have arrived; its `action_id` makes it count once.
  const UNHEARD = "Keputusan belum dijawab. Kirim lagi saja, tidak tercatat dua kali.";
  const UNSENT = "Keputusan belum terkirim.";

  /**
   * There was no answer that counts: a decision goes into the outbox, the next page of the queue opens
   * as it is kept on this phone, all else is tried again.
   */
  async function unanswered(elt, facts) {
    const { isKept } = self.sipokat.withoutSignal;
    if (elt.matches("a") && (await isKept(elt.href).catch(() => null)))
      return location.assign(elt.href);
    if (!decisions.is(elt)) return tryAgain(elt, facts);
    return self.sipokat.withoutSignal.take(elt).catch(() => tryAgain(elt, facts));
  }

  /** Shows why there was no answer that counts, with a button that sends the same again. */
  async function tryAgain(elt, facts) {
    const form = elt.matches("form");
    const { words } = await causes.explain(facts);
    const then = form ? ` ${facts.problem ? UNHEARD : UNSENT}` : "";
    const act = () => {
      if (form) sure.add(elt);
      (pressed.get(elt) || elt).click();
    };
    const button = { label: "Coba lagi", act };
    const place = answerOf(elt);
    place?.replaceChildren(page.banner(words + then, "warn", button));
    place?.scrollIntoView({ block: "center" }); // the menu must not cover it
  }

  const SAID = 20_000; // ms for which each decision is said, also when the next one follows at once

  /** A decision was taken: `strip` stands in the card's place. Goes to the next card that waits. */
  function finished(strip) {
    moved();
    for (const old of queue.querySelectorAll('[data-done="said"]')) old.remove();
    // One that lies in the outbox is said until it has gone from there.
    if (!strip.dataset.waits)
      setTimeout(() => {
        strip.dataset.done = "said";
      }, SAID);
    const rest = cards();
    const after = rest.filter(
      (card) => strip.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    const next = [...after, ...rest].find((card) => card.matches("[data-mine]"));
    const more = queue.querySelector(".pager a");
    name(next, "replaceState");
    if (next) select(next);
    else if (more && owner.kept === undefined) more.click();
    strip.focus({ preventScroll: true });
    strip.scrollIntoView({ block: wide.matches ? "nearest" : "start", behavior: behavior() });
  }

  /** A decision was refused: the card is back with what is wrong. */
  function refused(card) {
    moved();
    select(card);
    const place = card.querySelector('[aria-invalid="true"]') || link(card);
    // Buttons stand in the place of the list of reasons.
    (place.hidden ? place.parentElement.querySelector("button") : place).focus();
  }

  let posted = false; // the last answer is one to a decision
  let arrived = ""; // when SIPOKAT gave the last answer, by its clock

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    answerOf(detail.elt)?.replaceChildren();
    posted = false;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, requestConfig, xhr } = event.detail;
    posted = requestConfig.verb === "post";
    arrived = xhr.getResponseHeader("Date");
    wire.heard(true);
    const facts = { own: xhr.getResponseHeader("Sipokat") === "1", status: xhr.status };
    if (!causes.of(facts)) return;
    event.detail.shouldSwap = false; // of no use to this page: it says why in its own words
    unanswered(requestConfig.elt || elt, facts);
  });

  document.addEventListener("htmx:sendError", ({ detail }) =>
    unanswered(detail.elt, { problem: "network" }),
  );
  document.addEventListener("htmx:timeout", ({ detail }) => {
    wire.heard(false);
    unanswered(detail.elt, { problem: "timeout" });
  });

  let longer = (ms) => ms; // how much more patient this phone is after time-outs
  wire.patience().then((found) => {
    longer = found;
  });
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    detail.timeout = longer(wire.patienceFor(0));
  });

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.matches("[data-card]") && arrived) elt.dataset.seen = new Date(arrived).toISOString();
    if (elt.closest("[data-answer]")) elt.scrollIntoView({ block: "center" });
    if (!posted) return;
    if (elt.matches("[data-done]")) finished(elt);
    else if (elt.matches("[data-card]")) refused(elt);
  });

  desk.finished = finished;
})();
