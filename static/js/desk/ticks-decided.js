/*
 * On the page on which reports are ticked: one that was decided on this phone and has not been answered
 * is not ticked, and its row says where that stands. It can be ticked again once it was taken back.
 */
(() => {
  const { keptDecisions, kinds, page, store, words } = self.sipokat;
  const { SAID, entries, stands } = keptDecisions;
  const form = document.querySelector("[data-bulk]");
  if (!form) return;

  /** Says it on the row of this box; nothing without an entry. */
  function mark(box, entry) {
    const row = box.closest(".tick");
    const said = entry ? SAID[entry.state][0] : "";
    if (row.dataset.decided === said) return;
    row.dataset.decided = said;
    row.querySelector("[data-tick-decided]")?.remove();
    box.disabled = Boolean(entry);
    if (!entry) return;
    box.checked = false;
    const why = entry.state === "needs_attention" ? ` ${words.refusal(entry)}` : "";
    const link = page.make("a", { href: entry.href || "/kotak-keluar" }, said);
    const [what] = entry.title.split(":");
    row.append(
      page.make("p", { class: "tick-why", "data-tick-decided": "" }, `${what}. `, link, `.${why}`),
    );
  }

  async function draw() {
    const open = (await entries()).filter(stands);
    const by = new Map(open.map((one) => [kinds.offer(one), one]));
    for (const box of form.querySelectorAll(".tick-input")) {
      const [number, version] = box.value.split("~");
      const entry = by.get(`keputusan:${number}:${version}`);
      if (entry || box.disabled) mark(box, entry);
    }
    form.dispatchEvent(new Event("change")); // the page counts anew what is ticked
  }

  const redraw = () => draw().catch(() => {});
  store.listen(({ type }) => {
    if (["outbox", "sent", "owner"].includes(type)) redraw();
  });
  redraw();
})();
