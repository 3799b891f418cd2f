/*
 * The form of a returned report opens at what the desk has asked for (`#diminta`), which takes the
 * focus as the page loads. Its field is then shown from its label on, also once photos and a draft
 * have been laid out above it; not any more as soon as the person has gone elsewhere.
 */
(() => {
  const ask = document.getElementById("diminta");
  if (!ask) return;
  const box = ask.closest("fieldset, .field") || ask;

  function show() {
    if (document.activeElement === ask) box.scrollIntoView({ block: "start" });
  }

  const watch = new ResizeObserver(show);
  watch.observe(document.querySelector("main"));
  for (const type of ["pointerdown", "wheel", "keydown"])
    addEventListener(type, () => watch.disconnect(), { once: true, passive: true });
  addEventListener("load", show);
})();
