/*
 * Where a decision stands that has been made and not yet answered: in the place of its card, or of the
 * forms on the report's page, "Akan dikirim". So also on a copy that is opened again, since it is from
 * before the decision.
 */
(() => {
  const { decided, decisionDrafts, desk, keptDecisions, kinds, owner, page, store, words } =
    self.sipokat;
  const { SAID, made, stands } = keptDecisions;
  const kept = owner.kept !== undefined;
  const held = new Map(); // by the name of what is offered, `{place, strip}`

  const offerOf = (form) => `keputusan:${form.dataset.decision}:${form.elements.version.value}`;
  const placeOf = (form) => form.closest("[data-card]") || form.closest(".decide");

  /** Fills in the strip: what was decided, and where that stands. */
  function fill(strip, entry) {
    const [said, tone] = SAID[entry.state];
    const why = entry.state === "needs_attention" ? ` ${words.refusal(entry)}` : "";
    if (strip.dataset.said === said + why) return;
    strip.dataset.said = said + why;
    strip.className = `notice done ${tone}`;
    strip.querySelector(".icon")?.replaceWith(page.icon(tone === "ok" ? "check" : "clock"));
    const link = page.make("a", { href: entry.href || "/kotak-keluar" }, said);
    strip.querySelector(".notice-text").replaceChildren(`${entry.title}. `, link, `.${why}`);
  }

  function hold(offer, place, entry) {
    const strip = page.banner("");
    Object.assign(strip.dataset, { done: "", waits: entry.id || "" });
    strip.tabIndex = -1;
    fill(strip, entry);
    place.replaceWith(strip);
    held.set(offer, { place, strip });
    if (place.matches("[data-card]")) desk?.decided(place);
  }

  /** It was taken back, or refused in a way that leaves the decision open. */
  function putBack(offer, entry) {
    const { place, strip } = held.get(offer);
    held.delete(offer);
    strip.replaceWith(place);
    if (place.matches("[data-card]")) desk?.decided(place, -1);
    const answer = place.querySelector("[data-answer]");
    if (entry && answer) answer.replaceChildren(page.banner(words.refusal(entry), "warn"));
    decisionDrafts.reopen(offer.split(":")[1]).catch(() => {});
  }

  /** Says beside the form why what was decided there was refused, and leaves the decision open. */
  function tell(form, entry) {
    const answer = form.nextElementSibling;
    if (
      !form.getAttribute("action").endsWith(`/${entry.noun}`) ||
      !answer?.matches("[data-answer]")
    )
      return;
    answer.replaceChildren(page.banner(words.refusal(entry), "warn"));
    const box = form.closest("details");
    if (box) box.open = true;
  }

  /** What was decided here and answered at once, after this copy was made, as if they were entries. */
  async function answered() {
    if (!kept) return [];
    return (await decided.since(made)).map((number) => ({
      report: number,
      state: "sent",
      sent_at: Date.now(),
      title: `Laporan ${number}`,
      href: `/laporan/${number}`,
    }));
  }

  let first = true;

  async function draw() {
    const entries = await keptDecisions.entries();
    const done = await answered();
    const by = new Map(entries.map((one) => [kinds.offer(one), one]));
    const of = (offer, number) => by.get(offer) || done.find((one) => one.report === number);
    for (const [offer, { strip }] of held) {
      const entry = of(offer, offer.split(":")[1]);
      if (entry && stands(entry)) fill(strip, entry);
      else putBack(offer, entry);
    }
    for (const form of document.querySelectorAll("form[data-decision]")) {
      const offer = offerOf(form);
      const place = placeOf(form);
      const entry = place && !held.has(offer) && of(offer, form.dataset.decision);
      if (entry && stands(entry)) hold(offer, place, entry);
      else if (first && entry?.state === "needs_attention") tell(form, entry);
    }
    count([...entries, ...done]);
    if (kept) sayWhenSent(entries);
    if (desk && first) putLast();
    first = false;
  }

  let waited = false; // some have waited since this copy was opened

  /** Once all have gone, the page as it is now says more than this copy. */
  function sayWhenSent(entries) {
    const left = entries.some(({ state }) => state !== "sent" && state !== "needs_attention");
    if (waited && !left) {
      const button = { label: "Muat ulang", act: () => location.reload() };
      page.notice("Semua keputusan sudah dijawab SIPOKAT.", "ok", { key: "answered", button });
    }
    waited = left;
  }

  /** When the queue is opened, what is still to be decided stands first. */
  function putLast() {
    const { queue, cards, current, select } = desk;
    for (const { strip } of held.values()) queue.append(strip);
    for (const heading of queue.querySelectorAll(".queue-group")) {
      const next = heading.nextElementSibling;
      heading.hidden = !next?.matches("[data-card]");
    }
    const [card] = cards();
    if (card && !current()) select(card);
  }

  // --- How many wait, by this page and what was decided since ---------------------------------

  let since = null; // when the number of those that wait was true

  /** "2 menunggu": of the 30 that this page speaks of, 28 have been decided since. */
  function count(entries) {
    const pill = desk && document.getElementById("queue-count");
    if (!pill) return;
    if (!pill.dataset.waiting) {
      // It came with the page, or with the answer to a decision that htmx has sent.
      pill.dataset.waiting = pill.textContent.replace(/\D/g, "");
      since = since === null ? made : Date.now();
    }
    const out = (one) => stands(one) && (one.state !== "sent" || one.sent_at > since);
    const gone = new Set(entries.filter(out).map((one) => one.report)).size;
    const left = Math.max(0, Number(pill.dataset.waiting) - gone);
    pill.textContent = `${self.sipokat.texts.dots(left)} menunggu`;
    pill.hidden = left === 0;
  }

  // --- When -----------------------------------------------------------------------------------

  let drawing = Promise.resolve();
  let next = null;
  /** Draws once more, after what is being drawn now. Never rejects. */
  function redraw() {
    next ||= drawing.then(() => {
      next = null;
      drawing = draw().catch(() => {});
      return drawing;
    });
    return next;
  }

  store.listen(({ type }) => {
    if (["outbox", "sent", "owner"].includes(type)) redraw();
  });
  document.addEventListener("htmx:load", redraw);

  /** The strip of this entry, once it is drawn. */
  async function strip(id) {
    await redraw();
    return document.querySelector(`[data-waits="${id}"]`);
  }

  self.sipokat.standing = { ready: redraw(), strip };
})();
