/*
 * What a page offers to do (`data-offer`) and is in the outbox already, it does not offer again: it
 * says that it waits, and later that it was sent. So also a kept copy of the page, which is from
 * before; a page that the server made since knows better what there is to do. What is only true
 * as long as nobody has taken an offer up (`data-unless`) is hidden then.
 */
(() => {
  const { identity, kinds, outbox, owner, page, store, words } = self.sipokat;
  const made = Number(owner.kept ?? Date.now() - performance.now());
  const TAKEN = { sent: ["terkirim", "ok"], needs_attention: ["belum terkirim", "warn"] };

  /** Whether this entry does what is offered, or has done so since the page was made. */
  function does(entry, offer) {
    if (kinds.offer(entry) !== offer) return false;
    // A second one of a month that was refused is no reason not to try again.
    if (entry.last_error?.code === "second_of_period") return false;
    return entry.state !== "sent" || entry.sent_at > made;
  }

  /** The card in the place of an offer of this name that the entry has taken up. */
  function taken(entry, name) {
    const [said, tone] = TAKEN[entry.state] || ["menunggu dikirim", "wait"];
    const old = words.replaced(entry);
    const href = entry.receipt ? `/laporan/${entry.receipt.number}` : "/kotak-keluar";
    const about = old ? `Pengganti laporan ${old}` : name;
    const link = page.make("a", { class: "card-link", href }, `${about} ${said}`);
    return page.make(
      "article",
      { class: `card tap ${tone}`, "data-taken": "" },
      page.make("h2", { class: "card-title" }, link),
      page.icon("chevron-right"),
    );
  }

  /**
   * A report's mending, or the report in its place, was written: what was begun before of either would
   * only be refused.
   */
  async function tidy(person, entries) {
    for (const { slot, id, updated_at } of await outbox.drafts(person.id)) {
      const [what, number] = slot.split(":");
      const later = (one) =>
        kinds.offer(one)?.startsWith(`perbaikan:${number}:`) &&
        Date.parse(one.written_at) >= updated_at - 1000; // it has no fractions of a second
      if (["perbaikan", "ganti"].includes(what) && entries.some(later))
        await outbox.dropDraft(person.id, slot, id);
    }
  }

  async function show() {
    const { owner: person } = await identity.who();
    const entries = person ? await outbox.entries(person.id) : [];
    if (entries.length) await tidy(person, entries).catch(() => {});
    for (const said of document.querySelectorAll("[data-unless]"))
      said.hidden = entries.some((one) => does(one, said.dataset.unless));
    for (const offer of document.querySelectorAll("[data-offer]")) {
      const mine = entries.filter((one) => does(one, offer.dataset.offer));
      const entry = mine.find((one) => one.state !== "sent") || mine.at(-1);
      // The form in which it is changed, and the one that has just sent it, say so themselves.
      const here = offer.querySelector("[data-report-form]");
      if (here && (/^#entri=/.test(location.hash) || document.querySelector("[data-sent]")))
        continue;
      if (offer.nextElementSibling?.matches("[data-taken]")) offer.nextElementSibling.remove();
      offer.hidden = Boolean(entry);
      if (entry) offer.after(taken(entry, offer.dataset.offerName));
      if (here) document.body.classList.toggle("has-action", !entry);
    }
  }

  const quietly = () => show().catch(() => {});
  store.listen(({ type }) => {
    if (type !== "progress") quietly();
  });
  addEventListener("hashchange", quietly);
  quietly();
})();
