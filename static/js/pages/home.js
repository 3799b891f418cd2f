/* Home lists the first few reports that wait on this phone; the outbox page shows all. */
(() => {
  const { causes, identity, kinds, outbox, page, replay, store, words } = self.sipokat;
  const box = document.querySelector("[data-outbox-waiting]");
  if (!box) return;
  const SHOWN = 3;
  const STATES = {
    sending: "sedang dikirim",
    needs_login: "perlu masuk lagi",
  };

  function state(entry, doubt) {
    if (entry.state === "needs_attention") return words.label(entry)[0].toLowerCase();
    const code = entry.last_error?.code;
    return STATES[entry.state] || causes.brief(causes.standing(code, doubt), doubt);
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
  }

  const quietly = () => show().catch(() => {});
  store.listen(({ type }) => {
    if (type !== "progress") quietly();
  });
  quietly();
})();
