/*
 * The draft behind a form: written as one types, one write at a time, and never after the report
 * has been submitted (a late write would bring the draft back). Another tab's draft of the same
 * report is replaced only when the person says so.
 */
(() => {
  const { fields, outbox, page, submission } = self.sipokat;
  const PAUSE = 400;
  const WORDS = {
    full: "Penyimpanan HP penuh. Tulisan ini belum tersimpan. Kosongkan sedikit penyimpanan HP.",
    owner: "Anda sudah keluar dari HP ini. Masuk dulu untuk menyimpan.",
    draft:
      "Draf ini dibuka di tab lain. Tulisan di layar ini belum tersimpan. Kirim dari sini, atau simpan yang ini.",
    storage: "HP ini belum bisa menyimpan tulisan. Muat ulang halaman ini.",
  };

  /**
   * `what()` gives `{owner, slot, category, title, kept, photos, fresh}`; without an owner nothing
   * is kept. `fresh` are photos that are not yet on the phone, with their bytes; `wrote(fresh)` is
   * told once they are.
   */
  function create(form, what, wrote) {
    const state = form.querySelector("[data-autosave]");
    let id = submission.uuid();
    let blank = ""; // the form as it was laid out
    let last = ""; // as it lies on the phone, or was opened
    let stored = false;
    let timer = 0;
    let open = false;
    let writes = Promise.resolve();

    const snapshot = () => JSON.stringify([fields.read(form), what().kept, what().photos]);

    async function write() {
      const { owner, slot, fresh, ...rest } = what();
      if (!open || !owner) return;
      const now = snapshot();
      if (now === blank) {
        if (stored) await outbox.dropDraft(owner, slot, id);
        state.textContent = "";
      } else {
        await outbox.saveDraft({ owner, slot, id, ...rest, values: fields.read(form) }, fresh);
        wrote(fresh);
        state.textContent = "Tersimpan otomatis";
      }
      stored = now !== blank;
      last = now;
      page.clear("storage");
    }

    /** Writes now; rejects when it could not be written. */
    function save() {
      clearTimeout(timer);
      timer = 0;
      const done = writes.then(write);
      writes = done.catch(() => {});
      return done;
    }

    function later() {
      clearTimeout(timer);
      timer = setTimeout(quietly, PAUSE);
    }

    function quietly() {
      save().catch(complain);
    }

    /** Why it is not on the phone, and the way on. */
    function complain({ code }) {
      state.textContent = "Belum tersimpan";
      const button = code === "draft" ? { label: "Simpan yang ini", act: takeOver } : null;
      page.notice(WORDS[code] || WORDS.storage, "warn", { key: "storage", button });
    }

    async function takeOver() {
      const text = "Draf di tab lain dihapus. Yang disimpan tulisan di layar ini.";
      const answer = { yes: "Simpan yang ini", danger: true };
      if (!(await page.ask("Simpan tulisan ini?", text, answer))) return;
      const { owner, slot } = what();
      try {
        const other = await outbox.draft(owner, slot);
        if (other) await outbox.dropDraft(owner, slot, other.id);
        await save();
      } catch (error) {
        complain(error);
      }
    }

    for (const type of ["input", "change", "sipokat:changed"]) form.addEventListener(type, later);
    const leaving = () => {
      if (open && timer) quietly();
    };
    addEventListener("pagehide", leaving);
    document.addEventListener("visibilitychange", leaving);

    return {
      /** From here on the form is kept; `draft` is what the phone has of it. */
      begin(draft = null) {
        clearTimeout(timer);
        timer = 0;
        id = draft?.id || submission.uuid();
        stored = Boolean(draft);
        last = snapshot();
        state.textContent = "";
        open = true;
      },
      complain,
      id: () => id,
      /** After `stop`: it goes on as before. */
      resume() {
        open = true;
      },
      /** Nothing would be lost if the form were opened anew. */
      safe: () => snapshot() === last,
      save,
      /** The form as it stands now counts as empty. */
      setBlank() {
        blank = snapshot();
      },
      /** Writes what was typed just now and stops; `begin` starts it anew. */
      async stop() {
        if (timer) quietly();
        await writes;
        clearTimeout(timer);
        timer = 0;
        open = false;
      },
      untouched: () => snapshot() === blank,
    };
  }

  self.sipokat.keeper = { WORDS, create };
})();
