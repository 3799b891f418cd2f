/* Home lists the first few reports that wait on this phone; the outbox page shows all. */
(() => {
  const { causes, identity, outbox, page, replay, store } = self.sipokat;
  const box = document.querySelector("[data-outbox-waiting]");
  if (!box) return;
  const SHOWN = 3;
  const STATES = {
    sending: "sedang dikirim",
    needs_login: "perlu masuk",
    needs_attention: "perlu diperbaiki",
  };

  const state = ({ state, last_error }, doubt) =>
    STATES[state] || causes.brief(causes.standing(last_error?.code, doubt));

  async function show() {
    const doubt = await causes.doubt();
    const { owner } = await identity.who();
    const all = owner ? await outbox.entries(owner.id) : [];
    const unsent = await replay.seen(all.filter((one) => one.state !== "sent"));
    const lines = unsent.slice(0, SHOWN).map((one) => `${one.title}: ${state(one, doubt)}`);
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
