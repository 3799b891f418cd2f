/*
 * "Buat laporan dengan jenis yang benar", on the form of a returned report: carries what the form
 * holds over into the draft of a new report, for which a category is chosen next. The new report's
 * entry says which one it replaces; that one is withdrawn once the new one has its receipt (see
 * `follower` in phone/kinds.js).
 */
(() => {
  const { outbox, owner, page } = self.sipokat;
  const form = document.querySelector("[data-revision]");
  const link = document.querySelector("[data-carry]");
  if (!form || !link) return;

  /** The bytes of a photo that the report has already; null without signal. */
  async function picture(item) {
    const { href } = item.querySelector("a.photo") || {};
    const response = href && (await fetch(href).catch(() => null));
    return response?.ok ? response.blob() : null;
  }

  /** The form's photos as new ones, with their bytes, and how many of them could not be had. */
  async function photosOf(person) {
    const { photos, submission } = self.sipokat;
    const all = [];
    let lost = 0;
    for (const item of form.querySelectorAll("[data-kept-photo]")) {
      if (!item.querySelector("[name=keep]").checked) continue;
      const blob = await picture(item);
      const photo = blob && (await photos.prepare(blob).catch(() => null));
      if (photo) all.push(photo);
      else lost += 1;
    }
    const draft = await outbox.draft(person.id, `perbaikan:${form.dataset.revision}`);
    for (const { id } of draft?.photos || []) {
      const { holder, instead, ...photo } = (await outbox.photo(id)) || {};
      if (photo.bytes) all.push({ ...photo, id: submission.uuid() });
    }
    return { all, lost };
  }

  /** Asks whether to go on without photos that only the server has and that could not be fetched. */
  function goWithout(lost) {
    const words =
      "Foto itu hanya ada di SIPOKAT dan belum bisa diambil sekarang. Coba lagi saat ada sinyal, atau lanjutkan dan pilih fotonya dari galeri.";
    const answers = { yes: "Lanjutkan", no: "Nanti saja" };
    return page.ask(`${lost} foto tidak ikut`, words, answers);
  }

  async function carry(person) {
    const { fields, submission } = self.sipokat;
    const about = `${form.dataset.revision}:${form.elements.version.value}`;
    const slot = `ganti:${about}`;
    if (!(await outbox.draft(person.id, slot))) {
      const { all, lost } = await photosOf(person);
      if (lost && !(await goWithout(lost))) return page.clear("carry");
      const draft = {
        owner: person.id,
        slot,
        id: submission.uuid(),
        category: "",
        title: `Pengganti laporan ${form.dataset.revision}`,
        kept: [],
        values: { ...fields.read(form), region: form.dataset.region },
        photos: all.map(({ bytes, ...facts }) => facts),
        awaits: lost ? { camera: false, count: lost } : null,
      };
      await outbox.saveDraft(draft, all);
    }
    page.saved();
    location.assign(`/laporan/baru?ganti=${about}`);
  }

  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const { owner: person } = await owner.current();
    if (!person) return location.assign(link.href);
    page.notice("Menyalin tulisan dan foto…", "wait", { key: "carry" });
    return carry(person).catch(() => {
      const words =
        "HP ini belum bisa menyalin laporan. Buat laporan baru, lalu batalkan laporan ini.";
      page.notice(words, "late", { key: "carry" });
    });
  });
})();
