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

  /** Decisions are many and alike: how many there are in each state. */
  function decisionLines(decisions, doubt) {
    const count = new Map();
    for (const one of decisions) {
      const said = state(one, doubt);
      count.set(said, (count.get(said) || 0) + 1);
    }
    return [...count].map(([said, number]) => `${number} keputusan: ${said}`);
  }

  /** Beside the number of reports on the desk: how many are decided on this phone, which wait no more. */
  function sayDecided(decisions) {
    const place = document.querySelector("[data-decided-here]");
    if (!place) return;
    place.hidden = decisions.length === 0;
    place.textContent = `${decisions.length} laporan sudah Anda periksa di HP ini. Keputusannya akan dikirim.`;
    const paths = decisions.map((one) => `/laporan/${one.report}`);
    for (const link of document.querySelectorAll("[data-oldest] .card-link"))
      link.closest("article").hidden = paths.includes(link.getAttribute("href"));
  }

  async function show() {
    const doubt = await causes.doubt();
    const { owner } = await identity.who();
    const all = owner ? await outbox.entries(owner.id) : [];
    const unsent = await replay.seen(all.filter((one) => one.state !== "sent"));
    const decisions = unsent.filter((one) => kinds.of(one).acknowledged);
    const reports = unsent.filter((one) => !decisions.includes(one));
    const lines = [
      ...decisionLines(decisions, doubt),
      ...reports.slice(0, SHOWN).map((one) => `${kinds.title(one)}: ${state(one, doubt)}`),
    ];
    if (reports.length > SHOWN) lines.push(`dan ${reports.length - SHOWN} lagi`);
    sayDecided(decisions.filter((one) => one.state !== "needs_attention"));
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
