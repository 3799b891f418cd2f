/*
 * The notes of decisions: ready sentences that one tap puts into them, and how long they are. Where a
 * reason is asked for, that tap is on the reason, which brings its sentence along. Without this script
 * the sentences are plain text, and the reason is chosen from a list.
 */
(() => {
  const { page, texts } = self.sipokat;

  const changed = (control) => control.dispatchEvent(new Event("input", { bubbles: true }));

  /** The note without these sentences. */
  function without(text, sentences) {
    const rest = sentences.reduce((left, one) => left.replace(one, ""), text);
    return rest === text ? text : rest.replace(/ {2,}/g, " ");
  }

  /** Adds the sentence to the note, once, in the place of `others`. */
  function pick(note, sentence, others = []) {
    const before = without(note.value, others).trim();
    const after = before.includes(sentence) ? before : `${before} ${sentence}`.trim();
    if (note.value.trim() !== after) {
      note.value = after;
      changed(note);
    }
    note.form.querySelector("button.button").scrollIntoView({ block: "nearest" });
  }

  const push = (words) => page.make("button", { type: "button", class: "ready-pick" }, words);

  /** Turns the ready sentences, which are plain text in the page, into buttons. */
  function makeSentences(box, note) {
    for (const item of box.querySelectorAll("li")) {
      const button = push(item.textContent.trim());
      button.addEventListener("click", () => pick(note, button.textContent));
      item.replaceChildren(button);
    }
  }

  /** Puts a button for each reason in the place of the list to choose from, and of the sentences. */
  function makeReasons(box, note, select) {
    const items = [...box.querySelectorAll("li")];
    const said = new Map(items.map((one) => [one.dataset.reason, one.textContent.trim()]));
    const buttons = [...select.options].slice(1).map(({ value, textContent }) => {
      const button = push(textContent);
      button.value = value;
      button.addEventListener("click", () => {
        select.value = value;
        changed(select);
        const others = [...said].filter(([key]) => key !== value).map(([, words]) => words);
        pick(note, said.get(value) || "", others);
      });
      return button;
    });
    const show = () => {
      for (const one of buttons) one.setAttribute("aria-pressed", one.value === select.value);
    };
    for (const type of ["input", "change", "sipokat:filled"]) select.addEventListener(type, show);
    show();
    select.before(
      page.make("div", { class: "reasons", role: "group", "aria-label": "Alasan" }, ...buttons),
    );
    select.hidden = box.hidden = true;
  }

  function makeReady(root) {
    for (const box of root.querySelectorAll("[data-ready-for]:not([hidden])")) {
      const note = document.getElementById(box.dataset.readyFor);
      const { reason } = note.form.elements;
      if (reason) makeReasons(box, note, reason);
      else makeSentences(box, note);
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
