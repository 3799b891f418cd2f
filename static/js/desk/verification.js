/*
 * The desk's queue: ready sentences for notes, a reading pane and keys on wide screens, and what
 * happens before and after htmx has sent a decision. Without this script the browser posts the
 * forms.
 */
(() => {
  const { causes, page, texts, wire } = self.sipokat;
  const queue = document.querySelector("[data-queue]");
  const wide = matchMedia("(min-width: 56.25rem) and (min-height: 30rem)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // --- Ready sentences -----------------------------------------------------------------------

  const changed = (control) => control.dispatchEvent(new Event("input", { bubbles: true }));

  /** The note without the ready sentences of another reason than this one. */
  function without(text, reason, box) {
    let rest = text;
    for (const { dataset, textContent } of box.querySelectorAll("li"))
      if (dataset.reason !== reason) rest = rest.replace(textContent.trim(), "");
    return rest === text ? text : rest.replace(/ {2,}/g, " ");
  }

  /**
   * Adds the sentence to the note, once, in the place of those that stand for another reason, and
   * chooses its own.
   */
  function pick(note, sentence, reason, box) {
    const before = without(note.value, reason, box).trim();
    const after = before.includes(sentence) ? before : `${before} ${sentence}`.trim();
    if (note.value.trim() !== after) {
      note.value = after;
      changed(note);
    }
    const { elements } = note.form;
    if (reason && elements.reason) {
      elements.reason.value = reason;
      changed(elements.reason);
    }
    note.form.querySelector("button.button").scrollIntoView({ block: "nearest" });
  }

  /** Turns the ready sentences, which are plain text in the page, into buttons. */
  function makeReady(root) {
    for (const box of root.querySelectorAll("[data-ready-for]")) {
      const note = document.getElementById(box.dataset.readyFor);
      for (const item of box.querySelectorAll("li")) {
        const sentence = item.textContent.trim();
        const button = page.make("button", { type: "button", class: "ready-pick" }, sentence);
        button.addEventListener("click", () => pick(note, sentence, item.dataset.reason, box));
        item.replaceChildren(button);
      }
    }
  }

  makeReady(document);
  document.addEventListener("htmx:load", ({ detail }) => makeReady(detail.elt));

  /** Says how long the note is, in characters as the server counts them. */
  function count(note) {
    const place = document.querySelector(`[data-counter-for="${CSS.escape(note.id)}"]`);
    if (!place) return;
    const most = Number(note.dataset.max);
    const tooLong = texts.tooLong("Pesan", note.value, most);
    place.textContent = tooLong || `${texts.dots(texts.length(note.value))} / ${texts.dots(most)}`;
    place.classList.toggle("full", Boolean(tooLong));
  }
  for (const type of ["input", "sipokat:filled"]) {
    document.addEventListener(type, ({ target }) => {
      if (target.matches("[data-decision] textarea")) count(target);
    });
  }

  // What comes along when a note is pasted from Word is no ground for a refusal.
  document.addEventListener(
    "submit",
    ({ target }) => {
      for (const note of target.querySelectorAll("textarea"))
        note.value = texts.legible(note.value);
    },
    { capture: true },
  );

  // --- Sending -------------------------------------------------------------------------------

  const pressed = new WeakMap(); // by form, the button that sent it last: it bears the class
  const sure = new WeakSet(); // forms whose sending the person has just confirmed

  // A rejection is final, so it is asked about once; neither htmx nor the browser sends it before.
  document.addEventListener(
    "submit",
    async (event) => {
      const { target: form, submitter } = event;
      if (submitter) pressed.set(form, submitter);
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
  if (!queue) return;

  // --- The current card ----------------------------------------------------------------------

  const cards = () => [...queue.querySelectorAll("[data-card]")];
  const current = () => queue.querySelector('[data-card][aria-current="true"]');
  const link = (card) => card.querySelector(".card-link");

  function select(card) {
    for (const one of cards()) one.removeAttribute("aria-current");
    card.setAttribute("aria-current", "true");
  }

  const NAMED = /^#kartu-\d+$/;
  const named = () => NAMED.test(location.hash);

  /**
   * Notes in the address which card (null for none) stands in the pane, so that a reload shows it
   * again. Only from none to one is a step of its own (unless a decision leads on): "back" leads to
   * the queue as it opens, and not through all that was read.
   */
  function name(card, way = named() ? "replaceState" : "pushState") {
    const hash = card ? `#${card.id}` : "";
    if (!wide.matches || location.hash === hash) return;
    history[way](null, "", hash || location.pathname + location.search);
  }

  /** The person reads this card. */
  function choose(card) {
    select(card);
    name(card);
  }

  /**
   * The card that the address names, else the first one. One that is no longer here has been decided,
   * or is on a later page of the queue: then its report's page opens.
   */
  function asked() {
    const card = named() ? queue.querySelector(location.hash) : cards()[0];
    if (!card && named()) location.replace(`/laporan/${location.hash.slice(7)}`);
    return card;
  }

  const behavior = () => (still.matches ? "auto" : "smooth");

  /** Makes it the current card, and moves focus and view to it. */
  function show(card) {
    select(card);
    link(card).focus({ preventScroll: true });
    card.scrollIntoView({ block: wide.matches ? "nearest" : "start", behavior: behavior() });
  }

  function goTo(card) {
    name(card);
    show(card);
  }

  /** Moves the focus from the card's row to the first thing that its form asks. */
  function enter(card) {
    choose(card);
    const body = card.querySelector(".queue-body");
    const asked = body.querySelector(".decide :is(textarea, .button)");
    (asked || body.querySelector("a")).focus();
  }

  function step(by) {
    const all = cards();
    const next = all[all.indexOf(current()) + by];
    if (next) goTo(next);
  }

  queue.addEventListener("click", (event) => {
    const row = event.target.closest(".card-link");
    if (!row || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const card = row.closest("[data-card]");
    // A click without a pointer is the Enter key.
    if (event.detail === 0) enter(card);
    else choose(card);
  });

  queue.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-card]");
    if (card && card !== current()) choose(card);
  });

  addEventListener("popstate", () => {
    const card = wide.matches && asked();
    if (card && card !== current()) show(card);
  });

  // Single keys, so only while the focus is in the queue and nothing is being typed.
  queue.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("textarea, select, input[type=text]")) return;
    // While the strip of the last decision has the focus, Enter and j go to the next waiting card.
    const decided = event.target.matches("[data-done]") && current();
    if (decided && ["j", "Enter"].includes(event.key)) {
      event.preventDefault();
      return goTo(decided);
    }
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
    if (event.key === "Escape" && wide.matches && current()) link(current()).focus();
  });

  // --- A finger that is still there ----------------------------------------------------------

  const STILL = 700; // ms after the cards have moved in which nothing in the queue is pressed
  let moving = 0;

  /** The cards have moved: the next one's button may lie where the person taps a second time. */
  function moved() {
    queue.dataset.moved = "";
    clearTimeout(moving);
    moving = setTimeout(() => delete queue.dataset.moved, STILL);
  }

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
    else if (more) more.click();
    strip.focus({ preventScroll: true });
    strip.scrollIntoView({ block: wide.matches ? "nearest" : "start", behavior: behavior() });
  }

  /** A decision was refused: the card is back with what is wrong. */
  function refused(card) {
    moved();
    select(card);
    const place = card.querySelector('[aria-invalid="true"]') || link(card);
    place.focus();
  }

  let posted = false; // the last answer is one to a decision
  let lastBefore = null; // the last card before more cards are loaded

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    answerOf(detail.elt)?.replaceChildren();
    posted = false;
    lastBefore = cards().at(-1) || null;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, requestConfig, xhr } = event.detail;
    posted = requestConfig.verb === "post";
    wire.heard(true);
    const facts = { own: xhr.getResponseHeader("Sipokat") === "1", status: xhr.status };
    if (!causes.of(facts)) return;
    event.detail.shouldSwap = false; // of no use to this page: it says why in its own words
    tryAgain(requestConfig.elt || elt, facts);
  });

  document.addEventListener("htmx:sendError", ({ detail }) =>
    tryAgain(detail.elt, { problem: "network" }),
  );
  document.addEventListener("htmx:timeout", ({ detail }) => {
    wire.heard(false);
    tryAgain(detail.elt, { problem: "timeout" });
  });

  let longer = (ms) => ms; // how much more patient this phone is after time-outs
  wire.patience().then((found) => {
    longer = found;
  });
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    detail.timeout = longer(wire.patienceFor(0));
  });

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.closest("[data-answer]")) elt.scrollIntoView({ block: "center" });
    if (!posted) return;
    if (elt.matches("[data-done]")) finished(elt);
    else if (elt.matches("[data-card]")) refused(elt);
  });

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.requestConfig?.verb !== "get") return;
    const all = cards();
    const first = all[all.indexOf(lastBefore) + 1];
    moved();
    if (first) goTo(first);
  });

  // --- Wide screens --------------------------------------------------------------------------

  document.body.classList.add("panes");
  // After signing in again the address leads back to the card whose decision was refused.
  const first = asked();
  if (first) {
    select(first);
    const told = document.querySelector("#notices [autofocus]"); // takes the focus itself
    if (wide.matches && document.activeElement === document.body && !told) {
      link(first).focus({ preventScroll: true });
    }
  }
})();
