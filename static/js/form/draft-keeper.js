/*
 * Keeps the draft of a form: writes it shortly after a change, one write at a time, and never
 * after the report has been submitted (a late write would bring the draft back). If another tab has
 * a draft of its own in the same slot, it is replaced only when the person says so.
 */
(() => {
  const { fields, outbox, page, submission, typed, unsaved } = self.sipokat;
  const PAUSE = 400; // ms after the first change that is not yet written

  /**
   * `what()` returns `{owner, slot, category, title, kept, photos, awaits, fresh}` as they are at
   * that moment; without an owner nothing is written. `awaits` says which photos are on their way.
   * `fresh` are the photos, with their bytes, that are not yet on the phone; `wrote(fresh)` is
   * called once they are.
   */
  function create(form, what, wrote) {
    const state = form.querySelector("[data-autosave]");
    let awaited = ""; // what leaving the form waits for; stands there in place of all else
    let id = submission.uuid();
    let blank = ""; // the snapshot of the empty form
    let last = ""; // the snapshot when it was last written or opened
    let stored = false; // the draft is on the phone
    let timer = 0;
    let open = false; // changes are written
    let failing = false; // the last write has failed
    let writes = Promise.resolve(); // settles when the last write is done
    let queued = null; // a write that has not begun, because another one is under way

    const key = () => `${what().owner}/${what().slot}`; // of what `typed` keeps

    /** Says how it stands, aloud only when that has changed. */
    function say(words) {
      const said = awaited || words;
      if (state.textContent !== said) state.textContent = said;
    }

    function snapshot() {
      const { kept, photos, awaits } = what();
      return JSON.stringify([fields.read(form), kept, photos, awaits]);
    }

    /** Writes the draft, or deletes it if the form is empty again. */
    async function write() {
      const { owner, slot, fresh, ...rest } = what();
      if (!open || !owner) return;
      const now = snapshot();
      if (now === blank) {
        if (stored) await outbox.dropDraft(owner, slot, id);
        say("");
      } else {
        await outbox.saveDraft({ owner, slot, id, ...rest, values: fields.read(form) }, fresh);
        wrote(fresh);
        say(rest.awaits?.count ? "Tulisan tersimpan, foto belum" : "Tersimpan otomatis");
      }
      stored = now !== blank;
      last = now;
      typed.drop(`${owner}/${slot}`);
      page.clear("storage");
    }

    /** Writes now, after any write under way; rejects if it could not be written. */
    function save() {
      clearTimeout(timer);
      timer = 0;
      if (queued) return queued;
      const done = writes.then(() => {
        queued = null;
        return write();
      });
      queued = done;
      writes = done.then(
        () => {
          failing = false;
        },
        () => {
          failing = true;
        },
      );
      return done;
    }

    function later() {
      timer ||= setTimeout(quietly, PAUSE);
    }

    function quietly() {
      save().catch(complain);
    }

    /** Tells the person why the draft is not on the phone and, where there is one, a way on. */
    function complain({ code }) {
      say("Belum tersimpan");
      const button = code === "draft" ? { label: "Simpan tulisan ini", act: takeOver } : null;
      const words = unsaved(code, "Tulisan ini belum tersimpan.");
      page.notice(words, "warn", { key: "storage", button });
    }

    /** Replaces the other tab's draft by this one, if the person confirms it. */
    async function takeOver() {
      const text = "Draf di halaman SIPOKAT lain dihapus. Yang disimpan tulisan di layar ini.";
      const answer = { yes: "Simpan tulisan ini", danger: true };
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
      const { owner, kept } = what();
      if (!open || !owner || snapshot() === last) return;
      typed.put(key(), { id, stored, kept, values: fields.read(form) });
      quietly();
    };
    addEventListener("pagehide", leaving);
    document.addEventListener("visibilitychange", leaving);

    return {
      /** Says that leaving the form waits for this; "" once it does not any more. */
      await(words) {
        awaited = words;
        say("");
      },
      /**
       * From now on changes are written. `draft` is the stored draft that the form shows, if any;
       * `more` if something stands in the form that is not in it.
       */
      begin(draft, more) {
        clearTimeout(timer);
        timer = 0;
        id = draft?.id || submission.uuid();
        stored = Boolean(draft);
        last = more ? "" : snapshot();
        say("");
        open = true;
        if (more) quietly();
      },
      begun: () => open,
      complain,
      failing: () => failing,
      /** What is on the screen may go. */
      giveUp() {
        last = snapshot();
      },
      id: () => id,
      /**
       * What was typed in the moment before the page was left, `{kept, values}`, or null: not if the
       * draft `found` is another one, or if the one that it belongs to has been sent or deleted.
       */
      async rescued(found) {
        const note = typed.take(key());
        if (!note || (found ? found.id !== note.id : note.stored)) return null;
        return found || !(await outbox.entry(note.id)) ? note : null;
      },
      /** Undoes `stop`: changes are written again. */
      resume() {
        open = true;
      },
      /** Whether nothing would be lost if the form were opened anew. */
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
        if (open) typed.drop(key());
        open = false;
      },
      /** Whether nothing has been typed. */
      untouched: () => snapshot() === blank,
    };
  }

  self.sipokat.keeper = { create };
})();
