/*
 * The figures of groups on the page of the queue: they count down as reports are decided.
 */
(() => {
  const { desk, texts } = self.sipokat;
  if (!desk) return;
  const { queue } = desk;

  /** So many less in the figure that `name` holds, "12 menunggu". Returns what is left. */
  function less(group, name, by) {
    const figure = group.querySelector(`[data-${name}]`);
    if (!figure) return null;
    const left = Number(figure.dataset[name]) - by;
    const word = figure.textContent.trim().split(" ").pop();
    figure.dataset[name] = left;
    figure.textContent = `${texts.dots(left)} ${word}`;
    figure.hidden = left <= 0 && name === "late";
    return left;
  }

  /** This card was decided, so it waits in its group no more; with -1 the decision was taken back. */
  function decided({ dataset }, by = 1) {
    for (const group of queue.querySelectorAll(`[data-group="${dataset.in}"]`)) {
      if ("late" in dataset) less(group, "late", by);
      const left = less(group, "waiting", by);
      if (group.matches("li")) group.hidden = left === 0;
    }
  }

  document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig, xhr } }) => {
    const ours = xhr.status === 200 && xhr.getResponseHeader("Sipokat") === "1";
    const card = requestConfig.verb === "post" && requestConfig.elt?.closest("[data-card]");
    if (ours && card) decided(card);
  });

  desk.decided = decided;
})();
