/*
 * The notes of decisions: ready sentences that one tap puts into them, and how long they are. Without
 * this script the sentences are plain text.
 */
(() => {
  const { page, texts } = self.sipokat;

  const changed = (control) => control.dispatchEvent(new Event("input", { bubbles: true }));

  /** The note without the ready sentences of another reason than this one. */
  function without(text, reason, box) {
    let rest = text;
    for (const { dataset, textContent } of box.querySelectorAll("li"))
      if (dataset.reason !== reason) rest = rest.replace(textContent.trim(), "");
    return rest === text ? text : rest.replace(/ {2,}/g, " ");
  }

  /**
   * Adds the sentence to the note, once, in the place of those that stand for another reason, and
   * chooses its own.
   */
  function pick(note, sentence, reason, box) {
    const before = without(note.value, reason, box).trim();
    const after = before.includes(sentence) ? before : `${before} ${sentence}`.trim();
    if (note.value.trim() !== after) {
      note.value = after;
      changed(note);
    }
    const { elements } = note.form;
    if (reason && elements.reason) {
      elements.reason.value = reason;
      changed(elements.reason);
    }
    note.form.querySelector("button.button").scrollIntoView({ block: "nearest" });
  }

  /** Turns the ready sentences, which are plain text in the page, into buttons. */
  function makeReady(root) {
    for (const box of root.querySelectorAll("[data-ready-for]")) {
      const note = document.getElementById(box.dataset.readyFor);
      for (const item of box.querySelectorAll("li")) {
        const sentence = item.textContent.trim();
        const button = page.make("button", { type: "button", class: "ready-pick" }, sentence);
        button.addEventListener("click", () => pick(note, sentence, item.dataset.reason, box));
        item.replaceChildren(button);
      }
    }
  }

  makeReady(document);
  document.addEventListener("htmx:load", ({ detail }) => makeReady(detail.elt));

  /** Says how long the note is, in characters as the server counts them. */
  function count(note) {
    const place = document.querySelector(`[data-counter-for="${CSS.escape(note.id)}"]`);
    if (!place) return;
    const most = Number(note.dataset.max);
    const tooLong = texts.tooLong("Pesan", note.value, most);
    place.textContent = tooLong || `${texts.dots(texts.length(note.value))} / ${texts.dots(most)}`;
    place.classList.toggle("full", Boolean(tooLong));
  }
  for (const type of ["input", "sipokat:filled"]) {
    document.addEventListener(type, ({ target }) => {
      if (target.matches("[data-decision] textarea")) count(target);
    });
  }

  // What comes along when a note is pasted from Word is no ground for a refusal.
  document.addEventListener(
    "submit",
    ({ target }) => {
      for (const note of target.querySelectorAll("textarea"))
        note.value = texts.legible(note.value);
    },
    { capture: true },
  );
})();
