/* Says beside a form what became of it. */
(() => {
  const { banner, lead, make } = self.sipokat.page;

  /** Where it is said what became of a form: after it if there is a place, else on top of it. */
  function answerOf(form) {
    if (form.nextElementSibling?.matches("[data-answer]")) return form.nextElementSibling;
    const known = form.querySelector("[data-form-error]");
    if (!known) form.prepend(make("div", { "data-form-error": "", role: "alert" }));
    return known || form.firstElementChild;
  }

  /** Says beside the form what is wrong, which takes the focus, or (tone "wait") what it waits for. */
  function complain(form, text, { tone = "late", button = null } = {}) {
    const place = answerOf(form);
    const node = banner(text, tone, button);
    place.hidden = false;
    place.replaceChildren(node);
    if (tone === "wait") place.scrollIntoView({ block: "center" });
    else lead(node);
  }

  /**
   * Says beside the form, after a while, that its answer is still awaited. Where the words about an
   * earlier try are still shown, they are replaced at once. Returns the function that stops it.
   */
  function awaited(form) {
    const place = answerOf(form);
    if (place.childElementCount) {
      place.replaceChildren(banner("Menghubungi SIPOKAT…"));
      place.scrollIntoView({ block: "nearest" });
    }
    const words = "Masih menunggu jawaban SIPOKAT. Jangan tutup halaman ini.";
    const timer = setTimeout(() => complain(form, words, { tone: "wait" }), 6000);
    return () => {
      clearTimeout(timer);
      answerOf(form).replaceChildren();
    };
  }

  self.sipokat.beside = { awaited, complain };
})();
