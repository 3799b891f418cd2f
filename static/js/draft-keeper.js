/*
 * The draft behind a form: written as one types, one write at a time, and never after the report
 * has been submitted (a late write would bring the draft back).
 */
(() => {
  const { fields, outbox, page, submission } = self.sipokat;
  const PAUSE = 400;
  const SAID = { key: "storage" };
  const WORDS = {
    full: "Penyimpanan HP penuh. Tulisan ini belum tersimpan. Kosongkan sedikit penyimpanan HP.",
    owner: "Anda sudah keluar dari HP ini. Masuk dulu untuk menyimpan.",
    storage: "HP ini belum bisa menyimpan tulisan. Muat ulang halaman ini.",
  };

  /** `what()` gives `{owner, slot, category, title, kept, photos}`; without an owner nothing is kept. */
  function create(form, what) {
    const state = form.querySelector("[data-autosave]");
    let id = submission.uuid();
    let blank = "";
    let timer = 0;
    let open = false;
    let writes = Promise.resolve();

    const snapshot = () => JSON.stringify([fields.read(form), what().kept, what().photos.length]);

    async function write(fresh) {
      const { owner, slot, category, title, kept, photos } = what();
      if (!open || !owner) return;
      if (snapshot() === blank) {
        await outbox.dropDraft(owner, slot);
        state.textContent = "";
        return;
      }
      const values = fields.read(form);
      await outbox.saveDraft({ owner, slot, id, category, title, values, kept, photos }, fresh);
      page.clear(SAID.key);
      state.textContent = "Tersimpan otomatis";
    }

    /** Writes now; rejects when it could not be written. */
    function save(fresh = []) {
      clearTimeout(timer);
      timer = 0;
      const done = writes.then(() => write(fresh));
      writes = done.catch(() => {});
      return done;
    }

    function later() {
      clearTimeout(timer);
      timer = setTimeout(quietly, PAUSE);
    }

    function quietly() {
      save().catch((error) => {
        state.textContent = "Belum tersimpan";
        page.notice(WORDS[error.code] || WORDS.storage, "warn", SAID);
      });
    }

    for (const type of ["input", "change", "sipokat:changed"]) form.addEventListener(type, later);
    const leaving = () => {
      if (open && timer) quietly();
    };
    addEventListener("pagehide", leaving);
    document.addEventListener("visibilitychange", leaving);

    return {
      /** The form as it stands now counts as empty; from here on it is kept. */
      begin(draft = null) {
        clearTimeout(timer);
        timer = 0;
        id = draft?.id || submission.uuid();
        state.textContent = "";
        open = true;
      },
      setBlank() {
        blank = snapshot();
      },
      id: () => id,
      renew() {
        id = submission.uuid();
      },
      save,
      /** Writes what was typed just now and stops; `begin` starts it anew. */
      async stop() {
        if (timer) quietly();
        await writes;
        clearTimeout(timer);
        timer = 0;
        open = false;
      },
      WORDS,
    };
  }

  self.sipokat.keeper = { WORDS, create };
})();
