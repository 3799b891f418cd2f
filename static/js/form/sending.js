/*
 * Puts the form's report into the outbox, which sends it. If the phone cannot keep it, the person
 * may have it sent straight from the form, with those photos whose bytes are in this page: then the
 * form stays on the screen until the server's receipts have come.
 */
(() => {
  const { answers, causes, fields, keeper, outbox, page, replay, submission, wire } = self.sipokat;
  const SAID = { key: "storage" };
  const WORDS = {
    ...keeper.WORDS,
    full: "Penyimpanan HP penuh. Laporan belum tersimpan, tulisannya masih ada di layar ini. Kosongkan sedikit, lalu kirim lagi.",
    silent:
      "Penyimpanan HP tidak menjawab. Laporan belum tersimpan, masih ada di layar ini. Kirim langsung, atau tutup halaman SIPOKAT lain lalu kirim lagi.",
    changed: "Laporan ini sudah dikirim sebelum perbaikan disimpan. Lihat kotak keluar.",
    photo:
      "Ada foto yang hilang, atau sudah dikirim dari halaman SIPOKAT lain. Hapus fotonya, lalu ambil sekali lagi.",
  };
  /** By this digest a draft that another tab has sent is known, also when only a receipt is left. */
  const digestOf = ({ written_at, ...body }) =>
    wire.sha256(new TextEncoder().encode(JSON.stringify(body)));
  const UNSENT = "Laporan belum terkirim, tulisannya masih ada di layar ini.";
  // The phone cannot keep a report, so that only sending it helps.
  const CANNOT_KEEP = ["full", "silent", "storage"];

  /** How the button reads that sends a report straight, with `here` of its `all` photos. */
  function straightWords(here, all) {
    if (here === all) return "Kirim langsung";
    return here ? `Kirim langsung, ${here} foto` : "Kirim langsung tanpa foto";
  }

  /**
   * `now()` returns `{person, slot, category, again, revision, kept}` as they are at that moment.
   */
  function create(form, draft, photos, now) {
    /** Whether the category requires this: "text", "place" or "photo". */
    const needs = (what) => (form.dataset.needs || "").includes(what);

    /** Checks the form, shows everything that is wrong, and returns whether nothing is. */
    function sound(bounds) {
      const rules = { text: needs("text"), place: needs("place"), photo: needs("photo") };
      const wrong = fields.check(form, rules, photos.total(), bounds);
      fields.showErrors(form, wrong);
      return Object.keys(wrong).length === 0;
    }

    function entryAs(id, chosen = photos.chosen()) {
      const { person, slot, ...rest } = now();
      const values = fields.read(form);
      const title = form.dataset.name;
      return submission.entryOf({ id, owner: person, title, values, photos: chosen, ...rest });
    }

    /** Puts the report into the outbox; resolves with the entry's id once it is on the disk. */
    async function put() {
      const { again, slot } = now();
      const given = { slot, fresh: photos.fresh() };
      if (again) {
        await outbox.submit(entryAs(again.id), { ...given, again: true });
        return again.id;
      }
      const entry = entryAs(draft.id());
      const digest = await digestOf(entry.body);
      const there = await outbox.entry(entry.id);
      // If another tab has sent this same draft, the same content is the same report; with other
      // content it is one more report, under an id of its own.
      if (there && (there.digest || (await digestOf(there.body))) === digest) return entry.id;
      const fresh = there ? entryAs(submission.uuid()) : entry;
      await outbox.submit({ ...fresh, digest }, given);
      return fresh.id;
    }

    function say(text, button = null) {
      page.notice(text, "late", { ...SAID, button, focus: true });
    }

    /** Tells the person what went wrong and, where there is one, offers a way on. */
    function explain(error) {
      const { kept, again } = now();
      if (error.code === "draft") return draft.complain(error);
      // It can be sent straight, unless the category requires a photo and none is in this page.
      const here = photos.fresh().length;
      const able = CANNOT_KEEP.includes(error.code);
      const enough = !needs("photo") || kept.length || here;
      const label = straightWords(here, photos.chosen().length);
      const act = () => straight(again).catch(explain);
      return say(WORDS[error.code] || WORDS.storage, able && enough ? { label, act } : null);
    }

    /**
     * Sends the text and then the photos. Resolves with the verdict (`answers.classify`) on the
     * first step that failed, else on the last, and the report's `number` once its text is there.
     */
    async function sendAll(entry, pictures) {
      const step = async (name, given, photo) => {
        const ask = replay.request(given, name, photo, photo?.bytes);
        const facts = { ...(await wire.exchange(ask)), step: name, photo };
        return { ...answers.classify(facts, given), facts };
      };
      let done = await step("text", entry);
      if (done.outcome !== "progress") return done;
      const { number, client_id = entry.id } = done.facts.json;
      const there = { ...entry, client_id };
      for (const photo of pictures) {
        if (!answers.settled(photo, done.facts.json)) done = await step("photo", there, photo);
        if (done.outcome !== "progress") break;
      }
      return { ...done, number };
    }

    /** Sends the report to the server without keeping it on the phone. */
    async function straight(again) {
      const pictures = photos.fresh();
      const entry = entryAs(
        again?.id || draft.id(),
        pictures.map(({ bytes, ...facts }) => facts),
      );
      page.notice("Mengirim…", "wait", SAID);
      form.inert = true; // so that nothing is changed while it is being sent
      const done = await replay
        .alone(async () => {
          const before = again && (await outbox.entry(again.id).catch(() => again));
          if (again && !outbox.editable(before)) return null;
          return sendAll(entry, pictures);
        })
        .finally(() => {
          form.inert = false;
        });
      if (!done) return explain({ code: "changed" });
      const { outcome, error, facts, number } = done;
      if (outcome === "progress") return leave(again, number);
      const got = number ? `Laporan sudah diterima dengan nomor ${number}. Fotonya belum.` : "";
      if (outcome === "needs_login") {
        const button = { label: "Masuk di halaman baru", act: () => self.open("/masuk", "_blank") };
        const words = "Masuk dulu di halaman SIPOKAT lain, lalu kirim lagi dari sini.";
        return say(`${got} ${words}`.trim(), button);
      }
      if (outcome === "needs_attention" && !number) {
        say(error.message);
        return fields.showErrors(form, error.fields);
      }
      const button = { label: "Coba lagi", act: () => straight(again).catch(explain) };
      const words = error?.message || (await causes.explain(facts)).words;
      return say(`${words} ${got || UNSENT}`.trim(), button);
    }

    /** The server has it: deletes the draft or entry from the phone and shows the report. */
    async function leave(again, number) {
      await draft.stop();
      const { person, slot } = now();
      const gone = again ? outbox.remove(again.id) : outbox.dropDraft(person.id, slot, draft.id());
      await gone.catch(() => {}); // the report has been sent all the same
      page.saved();
      location.assign(`/laporan/${number}`);
    }

    return { explain, put, sound };
  }

  self.sipokat.sending = { create };
})();
