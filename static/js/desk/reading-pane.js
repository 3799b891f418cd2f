/*
 * The reading pane of the queue on wide screens.
 */
(() => {
  const { desk } = self.sipokat;
  if (!desk) return;
  const { queue, wide, current, link, select, choose, asked, show } = desk;

  queue.addEventListener("click", (event) => {
    const row = event.target.closest(".card-link");
    if (!row || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const card = row.closest("[data-card]");
    // A click without a pointer is the Enter key.
    if (event.detail === 0) desk.enter(card);
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
