/*
 * Home lists the first few reports that wait on this phone; the outbox page shows all. What home
 * offers to do (`data-offer`) and is in the outbox already, it does not offer again: it says that
 * it waits, and later that it was sent. So also a kept copy of home, which is from before.
 */
(() => {
  const { causes, identity, kinds, outbox, page, replay, store } = self.sipokat;
  const box = document.querySelector("[data-outbox-waiting]");
  if (!box) return;
  const SHOWN = 3;
  const STATES = {
    sending: "sedang dikirim",
    needs_login: "perlu masuk lagi",
    needs_attention: "perlu diperbaiki",
  };
  const TAKEN = { sent: ["terkirim", "ok"], needs_attention: ["belum terkirim", "warn"] };

  const state = ({ state, last_error }, doubt) =>
    STATES[state] || causes.brief(causes.standing(last_error?.code, doubt), doubt);

  /** The card in the place of an offer of this name that the entry has taken up. */
  function taken(entry, name) {
    const [words, tone] = TAKEN[entry.state] || ["menunggu dikirim", "wait"];
    const href = entry.receipt ? `/laporan/${entry.receipt.number}` : "/kotak-keluar";
    const link = page.make("a", { class: "card-link", href }, `${name} ${words}`);
    return page.make(
      "article",
      { class: `card tap ${tone}`, "data-taken": "" },
      page.make("h2", { class: "card-title" }, link),
      page.icon("chevron-right"),
    );
  }

  function showOffers(entries) {
    for (const offer of document.querySelectorAll("[data-offer]")) {
      const mine = entries.filter((one) => kinds.offer(one) === offer.dataset.offer);
      const unsent = mine.find((one) => one.state !== "sent");
      const entry = unsent || mine.at(-1);
      if (offer.nextElementSibling?.matches("[data-taken]")) offer.nextElementSibling.remove();
      offer.hidden = Boolean(entry);
      if (entry) offer.after(taken(entry, offer.dataset.offerName));
    }
  }

  async function show() {
    const doubt = await causes.doubt();
    const { owner } = await identity.who();
    const all = owner ? await outbox.entries(owner.id) : [];
    const unsent = await replay.seen(all.filter((one) => one.state !== "sent"));
    const lines = unsent.slice(0, SHOWN).map((one) => `${kinds.title(one)}: ${state(one, doubt)}`);
    if (unsent.length > SHOWN) lines.push(`dan ${unsent.length - SHOWN} lagi`);
    const list = box.querySelector("[data-outbox-lines]");
    list.replaceChildren(...lines.map((line) => page.make("li", {}, line)));
    box.classList.toggle(
      "warn",
      unsent.some((one) => one.state.startsWith("needs")),
    );
    box.hidden = unsent.length === 0;
    showOffers(all);
  }

  const quietly = () => show().catch(() => {});
  store.listen(({ type }) => {
    if (type !== "progress") quietly();
  });
  quietly();
})();
