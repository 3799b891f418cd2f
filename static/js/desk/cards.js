/*
 * The cards of the desk's queue: which one is read now, and how the address names it. On wide screens
 * it is the one in the reading pane.
 */
(() => {
  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  const wide = matchMedia("(min-width: 56.25rem) and (min-height: 30rem)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const cards = () => [...queue.querySelectorAll("[data-card]")];
  const current = () => queue.querySelector('[data-card][aria-current="true"]');
  const link = (card) => card.querySelector(".card-link");

  function select(card) {
    for (const one of cards()) one.removeAttribute("aria-current");
    card.setAttribute("aria-current", "true");
  }

  const NAMED = /^#kartu-\d+$/;
  const named = () => NAMED.test(location.hash);

  /**
   * Notes in the address which card (null for none) stands in the pane, so that a reload shows it
   * again. Only from none to one is a step of its own (unless a decision leads on): "back" leads to
   * the queue as it opens, and not through all that was read.
   */
  function name(card, way = named() ? "replaceState" : "pushState") {
    const hash = card ? `#${card.id}` : "";
    if (!wide.matches || location.hash === hash) return;
    history[way](null, "", hash || location.pathname + location.search);
  }

  /** The person reads this card. */
  function choose(card) {
    select(card);
    name(card);
  }

  /**
   * The card that the address names, else the first one. One that is no longer here has been decided,
   * or is on a later page of the queue: then its report's page opens.
   */
  function asked() {
    const card = named() ? queue.querySelector(location.hash) : cards()[0];
    if (!card && named()) location.replace(`/laporan/${location.hash.slice(7)}`);
    return card;
  }

  const behavior = () => (still.matches ? "auto" : "smooth");

  /** Makes it the current card, and moves focus and view to it. */
  function show(card) {
    select(card);
    link(card).focus({ preventScroll: true });
    card.scrollIntoView({ block: wide.matches ? "nearest" : "start", behavior: behavior() });
  }

  function goTo(card) {
    name(card);
    show(card);
  }

  const STILL = 700; // ms after the cards have moved in which nothing in the queue is pressed
  let moving = 0;

  /** The cards have moved: the next one's button may lie where the person taps a second time. */
  function moved() {
    queue.dataset.moved = "";
    clearTimeout(moving);
    moving = setTimeout(() => delete queue.dataset.moved, STILL);
  }

  self.sipokat.desk = {
    queue,
    wide,
    cards,
    current,
    link,
    select,
    name,
    choose,
    asked,
    show,
    goTo,
    moved,
    behavior,
  };
})();
