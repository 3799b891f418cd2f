/*
 * The page on which reports are ticked: how many there are, as which class they go, and that a tick is
 * still there when one comes back from reading a report.
 */
(() => {
  const { bulk, made, page, texts } = self.sipokat;
  const form = document.querySelector("[data-bulk]");
  if (!form || !bulk) return;
  const boxes = () => [...form.querySelectorAll(".tick-input:enabled")];
  const ticked = () => boxes().filter((box) => box.checked);
  const numberOf = (box) => box.value.split("~")[0];
  const send = form.querySelector(".tick-send > button");
  const fieldset = form.querySelector(".action-bar > fieldset");
  const radios = [...(fieldset?.querySelectorAll("input") || [])];
  const chosen = () => radios.find((radio) => radio.checked);
  const asksClass = (box) => "asksClass" in box.dataset;
  // As what the person acts, for reports of a desk at which they hold several offices.
  const offices = [...form.querySelectorAll("[data-acting] select")];
  const officeOf = (box) => offices.find(({ name }) => name === `office.${box.dataset.office}`);

  // --- What is ticked ------------------------------------------------------------------------

  /** Says on the card as which class it goes, once one is chosen. */
  function label(box) {
    if (!asksClass(box)) return; // it takes none, or keeps the one that it has
    const badge = box.closest(".tick").querySelector("[data-as]");
    const word = box.checked && chosen() ? chosen().nextElementSibling.textContent : "";
    badge.textContent = word;
    badge.hidden = !word;
  }

  const groups = [...form.querySelectorAll("[data-tick-group]")];
  const boxesOf = (group) => [
    ...group.closest(".tick-group").querySelectorAll(".tick-input:enabled"),
  ];

  function show() {
    const count = ticked().length;
    send.textContent = count
      ? `Verifikasi ${texts.dots(count)} laporan`
      : "Verifikasi yang dipilih";
    send.disabled = !count;
    const needed = ticked().some(asksClass);
    if (fieldset) fieldset.hidden = !needed;
    for (const select of offices)
      select.closest("[data-acting]").hidden = !ticked().some((box) => officeOf(box) === select);
    if (!needed || chosen()) complain("");
    for (const box of boxes()) label(box);
    for (const group of groups) {
      const all = boxesOf(group);
      const some = all.filter((box) => box.checked).length;
      const [control] = group.querySelectorAll("input");
      control.checked = some > 0 && some === all.length;
      control.indeterminate = some > 0 && some < all.length;
    }
    keep();
  }

  for (const group of groups) {
    group.hidden = groups.length < 2 || boxesOf(group).length < 2;
    group.addEventListener("change", ({ target }) => {
      for (const box of boxesOf(group)) box.checked = target.checked;
    });
  }

  form.querySelector("[data-tick-page]").addEventListener("click", (event) => {
    event.preventDefault();
    for (const box of boxes()) box.checked = true;
    show();
  });
  form.addEventListener("change", show);

  form.noValidate = true; // it says in its own words what is missing

  /** Says beside the classes that one must be chosen; nothing for an empty sentence. */
  function complain(sentence) {
    fieldset?.querySelector(".field-error")?.remove();
    for (const radio of radios) radio.setAttribute("aria-invalid", Boolean(sentence));
    if (!sentence) return;
    const error = page.make(
      "p",
      { class: "field-error", role: "alert" },
      page.icon("warn"),
      sentence,
    );
    fieldset.append(error);
    radios[0].focus();
  }

  // --- What was ticked before ----------------------------------------------------------------

  // Only for this tab and person, and this address of the page: it is erased when they are sent.
  const KEY = `centang:${made.shown.id}:${location.search}`;

  function keep() {
    try {
      const acting = Object.fromEntries(offices.map(({ name, value }) => [name, value]));
      const state = { class: chosen()?.value, numbers: ticked().map(numberOf), acting };
      sessionStorage.setItem(KEY, JSON.stringify(state));
    } catch {
      // Without such storage ticks are lost when the page is left.
    }
  }

  /** Ticks again what was ticked, when the person comes back to this page. */
  function restore() {
    const [way] = performance.getEntriesByType("navigation");
    if (!["back_forward", "reload"].includes(way?.type)) return;
    try {
      const state = JSON.parse(sessionStorage.getItem(KEY));
      const numbers = new Set(state.numbers);
      for (const box of boxes()) box.checked = numbers.has(numberOf(box));
      for (const radio of radios) radio.checked = radio.value === state.class;
      for (const select of offices) select.value = state.acting?.[select.name] ?? "";
    } catch {
      // Nothing was ticked.
    }
  }

  // --- Sending -------------------------------------------------------------------------------

  /** These are verified: their rows go. */
  function gone(numbers) {
    for (const number of numbers) document.getElementById(`kartu-${number}`)?.remove();
    for (const group of form.querySelectorAll(".tick-group"))
      if (!group.querySelector(".tick")) group.remove();
  }

  /** These are not: each row says why. */
  function refused({ number, message, last }) {
    const row = document.getElementById(`kartu-${number}`);
    const box = row?.querySelector(".tick-input");
    if (!box) return;
    box.checked = false;
    row.querySelector(".tick-why")?.remove();
    const why = last ? `${last.what}, ${page.moment(last.at)}.` : message;
    row.append(page.make("p", { class: "tick-why" }, why));
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const items = ticked().map((box) => {
      const [number, version, action_id] = box.value.split("~");
      const office = officeOf(box)?.value;
      return { number, version: Number(version), action_id, ...(office && { office }) };
    });
    if (!items.length) return;
    if (ticked().some(asksClass) && !chosen()) return complain("Pilih kelasnya dulu.");
    const klass = ticked().some(asksClass) ? chosen().value : null;
    const as = klass ? `Sebagai ${chosen().nextElementSibling.textContent.toLowerCase()}. ` : "";
    const title = `Verifikasi ${texts.dots(items.length)} laporan?`;
    const text = `${as}Setelah diverifikasi tidak bisa diubah lagi.`;
    if (!(await page.ask(title, text, { yes: "Ya, verifikasi" }))) return;
    form.hidden = true;
    const run = await bulk.verify(klass, items, gone);
    run.refused.forEach(refused);
    form.hidden = !form.querySelector(".tick");
    show();
  });

  restore();
  show();
})();
