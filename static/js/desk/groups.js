/*
 * The figures of groups on the page of the queue: they count down as reports are decided.
 */
(() => {
  const { desk, texts } = self.sipokat;
  if (!desk) return;
  const { queue } = desk;

  /** One less in the figure that `name` holds, "12 menunggu". Resolves with what is left. */
  function less(group, name) {
    const figure = group.querySelector(`[data-${name}]`);
    if (!figure) return null;
    const left = Number(figure.dataset[name]) - 1;
    const word = figure.textContent.trim().split(" ").pop();
    figure.dataset[name] = left;
    figure.textContent = `${texts.dots(left)} ${word}`;
    if (left <= 0 && name === "late") figure.remove();
    return left;
  }

  /** This card was decided, so it waits in its group no more. */
  function decided({ dataset }) {
    for (const group of queue.querySelectorAll(`[data-group="${dataset.in}"]`)) {
      if ("late" in dataset) less(group, "late");
      const left = less(group, "waiting");
      if (left === 0 && group.matches("li")) group.hidden = true;
    }
  }

  document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig, xhr } }) => {
    const ours = xhr.status === 200 && xhr.getResponseHeader("Sipokat") === "1";
    const card = requestConfig.verb === "post" && requestConfig.elt?.closest("[data-card]");
    if (ours && card) decided(card);
  });

  desk.decided = decided;
})();
