/*
 * Enter leads from a field to the next one. In the report form it never sends: after the last field
 * it leads to the button. Elsewhere (signing in) the browser sends from the last field.
 */
addEventListener("keydown", (event) => {
  const { target: field, key } = event;
  const TEXT = "input:not([type=radio], [type=checkbox], [type=file])";
  if (key !== "Enter" || event.isComposing || !field.matches(`form[method=post] ${TEXT}`)) return;
  const report = field.form.matches("[data-report-form]");
  const all = [...field.form.elements].filter(
    (one) => one.getClientRects().length && one.matches(report ? "input, textarea, .main" : TEXT),
  );
  const next = all[all.indexOf(field) + 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
