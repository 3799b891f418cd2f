/*
 * The way of a report on the phone: tiles, form, draft, outbox. Sending is not its business. Where
 * the phone cannot keep anything (plain http, no storage) the page stays a plain form, and says so.
 */
(() => {
  const { fields, keeper, kinds, outbox, owner, page, readiness } = self.sipokat;
  const { picker, saved, sending, store, view } = self.sipokat;
  const form = document.querySelector("[data-report-form]");
  if (!form) return;
  const SHELL = "/laporan/baru";
  const revision = form.dataset.revision
    ? { number: form.dataset.revision, version: Number(form.elements.version.value) }
    : null;
  const look = view.create(form);

  let person = null; // the owner of this phone
  let bounds = null; // of dates and months
  let plain = false; // nothing can be kept: the form posts as it stands
  let again = null; // the entry that was opened again
  let here = ""; // what the address named when it was last followed
  let turn = 0; // another one with each form that is laid out
  let pushed = false; // the tiles lie one step back
  let opened = false;
  let busy = false; // a report is on its way into the outbox

  const category = () => form.elements.category.value;
  function slot() {
    if (again) return `entri:${again.id}`;
    return revision ? `perbaikan:${revision.number}` : category();
  }

  const photos = picker.create(form, () => draft.save());
  const draft = keeper.create(
    form,
    () => ({
      owner: person?.id,
      slot: slot(),
      category: category(),
      title: form.dataset.name,
      kept: look.kept().map((one) => one.id),
      photos: photos.chosen(),
      fresh: photos.fresh(),
    }),
    photos.wrote,
  );
  const outward = sending.create(form, draft, photos, () => ({
    person,
    slot: slot(),
    category: category(),
    again,
    revision,
    kept: look.kept(),
  }));
  const { explain } = outward;

  // --- Opening -----------------------------------------------------------------------------

  async function begin() {
    await retime();
    plain = !(await readiness.keeps(form));
    if (plain) return;
    person = (await owner.ready).owner;
    await readiness.welcome(form, person);
  }

  /** Today's bounds, or those of the day when it was written; the page may be open since yesterday. */
  async function retime() {
    bounds = await fields.calendar(form.dataset.written, again);
    fit();
  }

  function fit() {
    const untouched = draft.untouched();
    look.fit(bounds, untouched);
    if (!revision) fields.offerRegions(form, person?.regions, again?.region);
    if (untouched) draft.setBlank();
  }

  async function showTiles() {
    turn += 1;
    await draft.stop();
    again = null;
    look.showTiles();
    const drafts = person ? await outbox.drafts(person.id).catch(() => []) : [];
    look.fitTiles(person?.role || "rt_head", drafts);
  }

  /** What the phone has for this form: its draft, else the entry opened again. */
  async function restore() {
    turn += 1;
    const mine = turn;
    photos.clear();
    draft.setBlank();
    fit();
    await ready;
    await retime();
    // What was posted from this very page and came back is newer than any draft.
    const posted = location.pathname === "/laporan";
    const found = person && (await outbox.draft(person.id, slot()).catch(explain));
    if (mine !== turn) return;
    if (found && !posted) {
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
    if (mine !== turn) return;
    draft.begin(found);
    if (photos.fresh().length) draft.save().catch(explain); // chosen before there was a draft
    if (again?.last_error?.fields) fields.showErrors(form, again.last_error.fields);
  }

  async function open(key) {
    page.clear("draft");
    if (!look.lay(key)) return showTiles();
    look.showForm(form.dataset.name);
    return restore();
  }

  async function startAfresh() {
    const words = "Tulisan dan foto di draf ini dihapus.";
    if (!(await page.ask("Mulai baru?", words, { yes: "Hapus draf", danger: true }))) return;
    await draft.stop();
    await outbox.dropDraft(person.id, slot(), draft.id()).catch(explain);
    page.clear("draft");
    if (revision || again || form.dataset.rendered !== undefined) location.reload();
    else await open(category());
  }

  const named = () => new URLSearchParams(location.hash.slice(1)).get("entri");

  /** The entry that the address names, if it is this person's and may still be changed. */
  async function reopened() {
    const id = named();
    if (!id || !person) return null;
    const entry = await outbox.entry(id);
    if (entry?.owner === person.id && outbox.editable(entry)) return entry;
    page.notice("Laporan ini sudah terkirim, atau tidak ada lagi di HP ini.", "warn");
    return null;
  }

  /** What the address asks for: a place on the page (`#isi`) is no other form. */
  function asked() {
    const entry = named() || (location.hash && again?.id) || "";
    return `${location.pathname}${location.search} ${entry}`;
  }

  async function route() {
    here = asked();
    await draft.stop();
    again = await reopened();
    // A form that came back from the server has no `kategori` in its address.
    const answered = location.pathname !== SHELL && category();
    const chosen = answered || new URLSearchParams(location.search).get("kategori");
    const wanted = again?.category || chosen;
    if (again && kinds.of(again).path(again) !== form.getAttribute("action")) {
      location.replace(kinds.mendAt(again)); // it belongs to another form than this page's
    } else if (revision || (form.dataset.rendered !== undefined && wanted === category())) {
      // The server has rendered this form with its values; from here on the phone keeps it.
      look.showForm(null, false);
      await restore();
    } else {
      await (wanted ? open(wanted) : showTiles());
    }
  }

  // --- What the person does ----------------------------------------------------------------

  async function submit() {
    if (!person) return readiness.askToSignIn();
    if (photos.busy()) {
      return page.notice("Foto sedang disiapkan. Tunggu sebentar, lalu kirim lagi.", "wait");
    }
    await retime();
    if (!outward.sound(bounds)) return undefined;
    await draft.stop();
    try {
      const id = await outward.put();
      for (const key of ["draft", "storage"]) page.clear(key);
      again = null;
      if (!revision) go("replaceState", SHELL);
      look.showSaved();
      saved.show(id);
    } catch (error) {
      draft.resume(); // what is on the screen is kept on as a draft
      explain(error);
    }
    return undefined;
  }

  form.noValidate = true;
  form.addEventListener("input", () => fields.count(form));
  form.addEventListener("submit", async (event) => {
    if (plain) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    try {
      await ready;
      if (plain) form.submit();
      else await submit();
    } catch (error) {
      explain(error);
    } finally {
      busy = false;
    }
  });

  form.querySelector("[data-save-draft]").addEventListener("click", () => {
    draft.save().then(leave).catch(explain);
  });

  document.querySelector("[data-tiles]")?.addEventListener("click", (event) => {
    const tile = event.target.closest("[data-category]");
    if (!tile || event.ctrlKey || event.metaKey || !look.has(tile.dataset.category)) return;
    event.preventDefault();
    go("pushState", tile.href);
    pushed = true;
    opened = true;
    open(tile.dataset.category).catch(explain);
  });
  document.querySelector(".header-back")?.addEventListener("click", (event) => {
    if (form.hidden || revision) return;
    event.preventDefault();
    leave().catch(explain);
  });
  document.querySelector("[data-another]")?.addEventListener("click", () => {
    showTiles().catch(explain);
    scrollTo(0, 0);
  });

  // --- What happens around it --------------------------------------------------------------

  function go(how, url) {
    history[how](null, "", url);
    here = asked();
  }

  function follow() {
    if (asked() !== here) route().catch(explain);
    else if (again && !named()) go("replaceState", `#entri=${again.id}`); // for a reload
  }
  for (const type of ["popstate", "hashchange"]) addEventListener(type, follow);
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted || saved.shown() || (!form.hidden && !draft.safe())) return;
    // What the server has rendered may have been sent since; only it knows how things are now.
    const rendered = form.dataset.rendered !== undefined && location.pathname !== "/laporan";
    if (rendered && !form.hidden) location.reload();
    else route().catch(explain);
  });

  /** Seen again: on another day perhaps, or after another tab has begun a draft. */
  async function seen() {
    await ready;
    await retime();
    if (form.hidden || !person || !draft.untouched() || photos.busy()) return;
    if (await outbox.draft(person.id, slot())) await restore();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") seen().catch(() => {});
  });

  /** Somebody has signed in in another tab: what is typed is theirs, and kept from here on. */
  async function greet() {
    await ready;
    if (plain || person) return;
    person = (await owner.current()).owner;
    if (!person) return;
    await readiness.welcome(form, person);
    if (form.hidden || draft.untouched()) return route();
    fit();
    await draft.save();
  }
  store.listen(({ type }) => {
    if (type === "owner") greet().catch(explain);
  });

  /** Back to where the form was opened from; the draft stays. */
  async function leave() {
    page.saved();
    if (revision) return location.assign(`/laporan/${revision.number}`);
    if (again) return location.assign("/kotak-keluar");
    if (pushed && !location.hash) return history.back();
    go("replaceState", SHELL);
    return route();
  }

  const ready = begin();
  // A tile may have been tapped before the phone's storage answered.
  ready.then(() => opened || route()).catch(explain);
})();
