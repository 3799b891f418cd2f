/*
 * What spares the person typing: ready sentences for the text, "Isi 0 semua" for the movements of a
 * month, and "Tambah rincian", which opens by itself when something in it is filled in.
 */
(() => {
  const { page } = self.sipokat;
  let used = null; // `{sentence, words}`: the ready sentence that was put in last

  /** The sentence with the place that was typed in, or without any. */
  function wording(sentence, form) {
    const place = form.elements.place_text.value.trim().replace(/\.$/, "");
    const words = place ? sentence.replace("…", place) : sentence.replace(" di …", "");
    return `${words}.`.replace(/\.\.$/, ".");
  }

  function put(control, value) {
    if (control.type === "radio") control.checked = value;
    else control.value = value;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Puts the sentence in the place of a ready one, or behind what was typed; and its `jenis`. */
  function say(form, sentence, kind) {
    const { text } = form.elements;
    const typed = used?.words === text.value ? "" : text.value.trim();
    const words = wording(sentence, form);
    used = typed ? null : { sentence, words };
    put(text, `${typed} ${words}`.trim());
    const kinds = [...form.querySelectorAll('[name="fields.jenis"]')];
    if (typed && kinds.some((one) => one.checked)) return;
    for (const one of kinds) if (one.value === kind) put(one, true);
  }

  /**
   * Offers what spares typing in the form's category: its sentences, which the form lists
   * (`jenis=sentence|jenis=sentence`), and zeros for its movements.
   */
  function offer(form) {
    used = null;
    const listed = form.dataset.sentences;
    const buttons = listed.split("|").map((one) => {
      const [kind, sentence] = one.split("=");
      const button = page.make("button", { type: "button", class: "sentence" }, sentence);
      button.addEventListener("click", () => say(form, sentence, kind));
      return button;
    });
    form.querySelector("[data-ready]").replaceChildren(...(listed ? buttons : []));
    form.querySelector("[data-zeros]")?.removeAttribute("hidden");
  }

  /** Opens what holds something that is filled in. */
  function unfold(form) {
    for (const box of form.querySelectorAll("details")) {
      if ([...box.querySelectorAll("input")].some((one) => one.value)) box.open = true;
    }
  }

  addEventListener("input", ({ target: { form, name } }) => {
    if (name !== "place_text" || !used || form.elements.text.value !== used.words) return;
    used.words = wording(used.sentence, form);
    form.elements.text.value = used.words;
  });
  addEventListener("click", ({ target }) => {
    if (!target.closest("[data-zeros]")) return;
    for (const input of target.form.querySelectorAll("[data-zero] input")) {
      if (!input.value) put(input, "0");
    }
  });

  self.sipokat.aids = { offer, unfold };
})();
