/*
 * The photos that a report under revision has already. Each can be changed for another in its place,
 * or left out; the checkbox that says whether it is kept is what the form reads, and what is there
 * without this script.
 */
(() => {
  /**
   * Shows each kept photo as the form has it now: kept, left out, or with one of the `chosen` photos
   * in its place.
   */
  function show(form, chosen) {
    for (const item of form.querySelectorAll("[data-kept-photo]")) {
      const used = item.querySelector("[name=keep]").checked;
      item.hidden = chosen.some((one) => one.instead === item.dataset.keptPhoto);
      item.classList.toggle("left-out", !used);
      item.querySelector(".choice").hidden = true;
      item.querySelector("[data-kept-tools]").hidden = false;
      item.querySelector(".file-button").hidden = !used; // first it has its place again
      const drop = item.querySelector("[data-kept-drop]");
      drop.textContent = used ? "Hapus" : "Urungkan";
      const does = used ? "Hapus" : "Urungkan hapus";
      drop.setAttribute("aria-label", `${does} foto ${item.dataset.number}`);
    }
  }

  /** The place of the photo which this one replaces, or null. */
  const placeOf = (form, { instead }) =>
    instead ? form.querySelector(`[data-kept-photo="${instead}"]`) : null;

  addEventListener("click", ({ target }) => {
    const box = target
      .closest?.("[data-kept-drop]")
      ?.closest("[data-kept-photo]")
      .querySelector("input");
    box?.click(); // so that the draft and the picker hear of it as of a tap on the checkbox
  });

  self.sipokat.kept = { placeOf, show };
})();
