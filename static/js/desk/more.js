/*
 * "Lihat yang berikutnya" in the queue: the next page comes below this one. The address then says up to
 * where the queue was loaded, so that "back" from a report, and a reload, show as much again.
 */
(() => {
  const { desk } = self.sipokat;
  if (!desk) return;
  const { cards, goTo, moved } = desk;
  let lastBefore = null; // the last card before more cards are loaded

  document.addEventListener("htmx:beforeRequest", () => {
    lastBefore = cards().at(-1) || null;
  });

  /** Notes in the address how far the queue is loaded. */
  function note() {
    const address = new URL(location.href);
    address.searchParams.set("sampai", cards().at(-1).dataset.place);
    history.replaceState(history.state, "", address);
  }

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.requestConfig?.verb !== "get") return;
    const all = cards();
    const first = all[all.indexOf(lastBefore) + 1];
    moved();
    if (!first) return;
    note();
    goTo(first);
  });
})();
