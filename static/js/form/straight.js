/*
 * Sends a report straight from the form, from a phone that cannot keep it: the form stays on the
 * screen until the server's receipts have come. `sending.js` loads this script when it is asked for.
 */
(() => {
  const { answers, causes, entries, fields, outbox, page, replay, wire } = self.sipokat;
  const UNSENT = "Laporan belum terkirim, tulisannya masih ada di layar ini.";

  /**
   * Sends the text and then the photos. Resolves with the verdict (`answers.classify`) on the first
   * step that failed, else on the last, and the report's `number` once its text is there.
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

  /** The server has it: deletes the draft or entry from the phone and shows the report. */
  async function leave({ again, draft, now }, number) {
    await draft.stop();
    const { person, slot } = now();
    const gone = again ? entries.remove(again.id) : outbox.dropDraft(person.id, slot, draft.id());
    await gone.catch(() => {}); // the report has been sent all the same
    page.saved();
    location.assign(`/laporan/${number}`);
  }

  /** Sends the report without keeping it; `given` are the parts of `sending.js` that it needs. */
  async function send(given) {
    const { again, draft, entryAs, explain, form, photos, say } = given;
    const pictures = photos.fresh();
    const entry = entryAs(
      again?.id || draft.id(),
      pictures.map(({ bytes, ...facts }) => facts),
    );
    page.notice("Mengirim…", "wait", { key: "storage" });
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
    if (outcome === "progress") return leave(given, number);
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
    const button = { label: "Coba lagi", act: () => send(given).catch(explain) };
    const words = error?.message || (await causes.explain(facts)).words;
    return say(`${words} ${got || UNSENT}`.trim(), button);
  }

  self.sipokat.straight = { send };
})();
