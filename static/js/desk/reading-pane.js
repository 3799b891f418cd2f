/*
 * The reading pane of the queue on wide screens, and its keys.
 */
(() => {
  const { desk } = self.sipokat;
  if (!desk) return;
  const { queue, wide, cards, current, link, select, choose, asked, show, goTo } = desk;

  /** Moves the focus from the card's row to the first thing that its form asks. */
  function enter(card) {
    choose(card);
    const body = card.querySelector(".queue-body");
    const first = body.querySelector(".decide :is(textarea, .button)");
    (first || body.querySelector("a")).focus();
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
