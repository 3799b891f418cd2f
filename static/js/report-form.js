/*
 * The way of a report on the phone: tiles, form, draft, outbox. Sending is not its business. Where
 * the phone cannot keep anything (plain http, no storage) the page stays a plain form, and says so.
 */
(() => {
  const { fields, keeper, outbox, owner, page, picker, saved, submission, view } = self.sipokat;
  const form = document.querySelector("[data-report-form]");
  if (!form) return;
  const LITTLE_ROOM = 4_000_000;
  const revision = form.dataset.revision
    ? { number: form.dataset.revision, version: Number(form.elements.version.value) }
    : null;
  const look = view.create(form);

  let person = null; // the owner of this phone
  let calendar = null;
  let plain = false; // nothing can be kept: the form posts as it stands
  let again = null; // the entry that was opened again
  let pushed = false; // the tiles lie one step back
  let opened = false;
  let sending = false;

  const category = () => form.elements.category.value;
  /** The photos that a revision keeps; the page writes each as `<id>:<sha256>`. */
  const kept = () =>
    [...form.querySelectorAll('input[name="keep"]:checked')].map((box) => {
      const [id, sha256] = box.value.split(":");
      return { id, sha256 };
    });
  function slot() {
    if (again) return `entri:${again.id}`;
    return revision ? `perbaikan:${revision.number}` : category();
  }

  const draft = keeper.create(form, () => ({
    owner: person?.id,
    slot: slot(),
    category: category(),
    title: form.dataset.name,
    kept: kept().map((one) => one.id),
    photos: photos.chosen(),
  }));
  const photos = picker.create(form, (fresh) => draft.save(fresh));

  // --- Opening -----------------------------------------------------------------------------

  async function begin() {
    calendar = await page.calendar();
    plain = !self.isSecureContext || !crypto.subtle;
    if (!plain)
      await outbox.open().catch(() => {
        plain = true;
      });
    person = plain ? null : (await owner.ready).owner;
    if (plain) {
      view.plainPhotos(form);
      page.notice(
        "HP ini tidak bisa menyimpan laporan di alamat ini. Laporan hanya bisa dikirim saat ada sinyal.",
        "warn",
      );
    } else if (!person) {
      document.querySelector("[data-sign-in-first]").hidden = false;
    } else {
      form.querySelector("[data-save-draft]").hidden = false;
      await warnOfRoom();
    }
  }

  /** Said before anybody types, not after. */
  async function warnOfRoom() {
    const { quota, usage } = (await navigator.storage?.estimate?.()) || {};
    if (quota - usage < LITTLE_ROOM) {
      page.notice(
        "Penyimpanan HP hampir penuh. Kosongkan sedikit dulu, supaya laporan dan foto bisa disimpan.",
        "warn",
        { key: "room" },
      );
    }
  }

  async function showTiles() {
    await draft.stop();
    again = null;
    look.showTiles();
    const drafts = person ? await outbox.drafts(person.id) : [];
    look.fitTiles(
      person?.role || "rt_head",
      drafts.map((one) => one.slot),
    );
  }

  /** What the phone has for this form: its draft, else the entry opened again. */
  async function restore() {
    await ready;
    look.fit(calendar);
    draft.setBlank();
    const found = person ? await outbox.draft(person.id, slot()) : null;
    if (found) {
      look.fill(found.values, found.kept || []);
      const button = { label: "Mulai baru", act: startAfresh };
      page.notice(`Draf ${page.moment(found.updated_at)} dibuka lagi.`, "wait", {
        key: "draft",
        button,
      });
    } else if (again) {
      look.fill(
        view.valuesOf(again.body),
        again.body.photos.map((one) => one.id),
      );
    }
    if (!plain) await photos.load(found?.photos || again?.photos || []);
    draft.begin(found);
    if (again?.last_error?.fields) fields.showErrors(form, again.last_error.fields);
  }

  async function open(key) {
    page.clear("draft");
    if (!look.lay(key)) return showTiles();
    look.fit(calendar);
    look.showForm(form.dataset.name);
    return restore();
  }

  async function startAfresh() {
    const words = "Tulisan dan foto di draf ini dihapus.";
    if (!(await page.ask("Mulai baru?", words, { yes: "Hapus draf", danger: true }))) return;
    await draft.stop();
    await outbox.dropDraft(person.id, slot());
    page.clear("draft");
    if (revision || again) location.reload();
    else await open(category());
  }

  /** The entry that the address names, if it is this person's and may still be changed. */
  async function reopened() {
    const id = new URLSearchParams(location.hash.slice(1)).get("entri");
    if (!id || !person) return null;
    const entry = await outbox.entry(id);
    if (entry?.owner === person.id && outbox.editable(entry)) return entry;
    page.notice("Laporan ini sudah terkirim, atau tidak ada lagi di HP ini.", "warn");
    return null;
  }

  async function route() {
    await draft.stop();
    again = await reopened();
    const asked = new URLSearchParams(location.search).get("kategori");
    if (again?.kind === "revision" && !revision) {
      location.replace(`/laporan/${again.report}/perbaikan${location.hash}`);
    } else if (
      revision ||
      (form.dataset.rendered !== undefined && !again && asked === category())
    ) {
      // The server has rendered this form with its values; from here on the phone keeps it.
      look.showForm(null, false);
      await restore();
    } else if (again) {
      await open(again.category);
    } else {
      await (asked ? open(asked) : showTiles());
    }
  }

  // --- Into the outbox ---------------------------------------------------------------------

  function needOwner() {
    const place = document.querySelector("[data-sign-in-first]");
    place.hidden = false;
    place.focus();
    place.scrollIntoView({ block: "center" });
  }

  function wrong() {
    const needs = form.dataset.needs || "";
    const rules = Object.fromEntries(
      ["text", "place", "photo"].map((one) => [one, needs.includes(one)]),
    );
    return fields.check(form, rules, photos.total(), calendar);
  }

  async function submit() {
    if (!person) return needOwner();
    if (photos.busy()) {
      return page.notice("Foto sedang disiapkan. Tunggu sebentar, lalu kirim lagi.", "wait");
    }
    const problems = wrong();
    fields.showErrors(form, problems);
    if (Object.keys(problems).length) return undefined;
    const from = slot();
    await draft.stop();
    try {
      const id = await put(from);
      for (const key of ["draft", "storage"]) page.clear(key);
      if (!revision) history.replaceState(null, "", "/laporan/baru");
      look.showSaved();
      saved.show(id);
      again = null;
    } catch (error) {
      draft.begin({ id: draft.id() }); // what is on the screen is kept on as a draft
      explain(error);
    }
    return undefined;
  }

  function entryAs(id) {
    return submission.entryOf({
      id,
      owner: person,
      category: category(),
      title: form.dataset.name,
      values: fields.read(form),
      photos: photos.chosen(),
      kept: kept(),
      revision,
    });
  }

  /** Resolves with the entry's id once it is on the disk. */
  async function put(from) {
    if (again) {
      await outbox.submit(entryAs(again.id), { slot: from, again: true });
      return again.id;
    }
    const entry = entryAs(draft.id());
    const there = await outbox.entry(entry.id);
    // The same draft, sent from another tab: the same words are the same report.
    const said = ({ written_at, ...body }) => JSON.stringify(body);
    if (there && said(there.body) === said(entry.body)) return entry.id;
    const fresh = there ? entryAs(submission.uuid()) : entry;
    await outbox.submit(fresh, { slot: from });
    return fresh.id;
  }

  function explain(error) {
    const words = {
      ...keeper.WORDS,
      full: "Penyimpanan HP penuh. Laporan belum tersimpan, tulisannya masih ada di layar ini.",
      changed: "Laporan ini sudah dikirim sebelum perbaikan disimpan. Lihat kotak keluar.",
      photo: "Ada foto yang hilang dari HP. Hapus fotonya, lalu ambil sekali lagi.",
    };
    // With a signal the words can still go, straight and without being kept.
    const straight = { label: "Kirim langsung tanpa foto", act: () => form.submit() };
    const button = error.code === "full" ? straight : null;
    page.notice(words[error.code] || words.storage, "late", { key: "storage", button });
    document.getElementById("notices").scrollIntoView({ block: "center" });
  }

  // --- What the person does ----------------------------------------------------------------

  form.noValidate = true;
  form.addEventListener("input", () => fields.count(form));
  form.addEventListener("submit", async (event) => {
    if (plain) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    await ready;
    if (plain) form.submit();
    else await submit().catch(explain);
    sending = false;
  });

  form.querySelector("[data-save-draft]").addEventListener("click", () => {
    draft.save().then(leave).catch(explain);
  });

  document.querySelector("[data-tiles]")?.addEventListener("click", (event) => {
    const tile = event.target.closest("[data-category]");
    if (!tile || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    history.pushState(null, "", tile.href);
    pushed = true;
    opened = true;
    open(tile.dataset.category).catch(explain);
  });
  document.querySelector(".header-back")?.addEventListener("click", (event) => {
    if (form.hidden || revision) return;
    event.preventDefault();
    leave();
  });
  document.querySelector("[data-another]")?.addEventListener("click", () => {
    showTiles().catch(explain);
    scrollTo(0, 0);
  });
  if (!revision) addEventListener("popstate", () => route().catch(explain));

  /** Back to where the form was opened from; the draft stays. */
  function leave() {
    page.saved();
    if (revision) return location.assign(`/laporan/${revision.number}`);
    if (again) return location.assign("/kotak-keluar");
    if (pushed) return history.back();
    history.replaceState(null, "", "/laporan/baru");
    return route();
  }

  const ready = begin();
  // A tile may have been tapped before the phone's storage answered.
  ready.then(() => opened || route()).catch(explain);
})();
