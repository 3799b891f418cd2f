/*
 * Puts the form's report into the outbox, which sends it. If the phone cannot keep it, the person
 * may have it sent straight from the form, with those photos whose bytes are in this page
 * (`straight.js`, loaded then).
 */
(() => {
  const { causes, fields, kinds, outbox, page, submission, unsaved, wire } = self.sipokat;
  const SAID = { key: "storage" };
  const THERE = "sudah ada di HP ini dan belum terkirim. Lihat kotak keluar.";
  const WORDS = {
    waits: `Perbaikan laporan ini ${THERE}`,
    changed: "Laporan ini sudah dikirim sebelum perbaikan disimpan. Lihat kotak keluar.",
    photo: "Ada foto yang hilang atau sudah terkirim. Hapus fotonya, lalu ambil sekali lagi.",
  };
  /** By this digest a draft that another tab has sent is known, also when only a receipt is left. */
  const digestOf = ({ written_at, ...body }) =>
    wire.sha256(new TextEncoder().encode(JSON.stringify(body)));
  const UNKEPT = "Laporan belum tersimpan, tulisannya masih ada di layar ini.";
  const UNSENT = "Laporan belum terkirim, tulisannya masih ada di layar ini.";
  // The phone cannot keep a report, so that only sending it helps.
  const CANNOT_KEEP = ["full", "silent", "storage"];

  /** Runs one more script; rejects if it does not come. */
  const load = (src) =>
    new Promise((resolve, reject) => {
      const script = page.make("script", { src });
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    });

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
      const title = fields.title(form);
      return submission.entryOf({ id, owner: person, title, values, photos: chosen, ...rest });
    }

    /**
     * Throws "waits" if another entry waits that the server would take in this one's place: the person
     * would hear much later that this one was refused.
     */
    async function mustBeOnly(entry) {
      const key = kinds.single(entry);
      const all = key ? await outbox.entries(entry.owner).catch(() => []) : [];
      const others = all.filter((one) => one.id !== entry.id && one.state !== "sent");
      if (!others.some((one) => kinds.single(one) === key)) return;
      const month = entry.body.fields.periode;
      const words = `${entry.title} ${THERE}`;
      if (month) fields.showErrors(form, { "fields.periode": words });
      throw { code: month ? "said" : "waits" };
    }

    /** Puts the report into the outbox; resolves with the entry's id once it is on the disk. */
    async function put() {
      const { again, slot } = now();
      const given = { slot, fresh: photos.fresh() };
      if (again) {
        await mustBeOnly(entryAs(again.id));
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
      await mustBeOnly(fresh);
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
      if (error.code === "said") return undefined; // beside the field
      // It can be sent straight, unless the category requires a photo and none is in this page.
      const here = photos.fresh().length;
      const able = CANNOT_KEEP.includes(error.code);
      const enough = !needs("photo") || kept.length || here;
      const label = straightWords(here, photos.chosen().length);
      const act = () => straight(again).catch(explain);
      const words = WORDS[error.code] || unsaved(error.code, UNKEPT);
      return say(words, able && enough ? { label, act } : null);
    }

    /** Loads the script that sends straight, which needs a signal anyway, and has it send. */
    async function straight(again) {
      if (!self.sipokat.straight) await load(form.dataset.straight).catch(() => {});
      const { straight: script } = self.sipokat;
      if (script) return script.send({ again, draft, entryAs, explain, form, now, photos, say });
      const { words } = await causes.explain({ problem: "network" });
      const act = () => straight(again).catch(explain);
      return say(`${words} ${UNSENT}`, { label: "Coba lagi", act });
    }

    return { explain, put, sound };
  }

  self.sipokat.sending = { create };
})();
