/*
 * The page of the report form: from the tiles to the form, its draft, and "Kirim", which puts the
 * report into the outbox. On a phone that cannot keep anything (plain http, no storage) the page
 * says so and stays a plain form that the browser posts.
 */
(() => {
  const { address, fields, former, identity, keeper, kinds, leaving, outbox, owner } = self.sipokat;
  const { page, picker, place, readiness, saved, sending, store, submission, view } = self.sipokat;
  const form = document.querySelector("[data-report-form]");
  if (!form) return;
  const SHELL = "/laporan/baru";
  const revision = form.dataset.revision
    ? { number: form.dataset.revision, version: Number(form.elements.version.value) }
    : null;
  const look = view.create(form);

  let person = null; // the owner of this phone
  let bounds = null; // of dates and months, as `fields.calendar` gives them
  let plain = false; // the phone cannot keep anything: the browser posts the form
  let again = null; // the entry that was opened again
  let turn = 0; // counts the forms laid out: work for an earlier one must not touch a later one
  let pushed = false; // "back" in the browser leads to the tiles of this page
  let opened = false; // the person has tapped a tile
  let asking = false; // the person is being asked whether to leave the form
  let part = ""; // which of the category's drafts it is
  let others = 0; // how many more there are
  let busy = false; // a report is being put into the outbox

  const category = () => form.elements.category.value;

  const asked = (name) => new URLSearchParams(location.search).get(name);

  /** The RT for which somebody of its kelurahan writes, or "": `?untuk=16.73.04.1009.003`. */
  const rt = () => {
    const code = asked("untuk") || "";
    const [, kelurahan] = /^([\d.]+)\.\d{3}$/.exec(code) || [];
    return kelurahan && identity.rolesOf(person).includes("lurah") ? code : "";
  };
  const roles = () => (bounds?.closed ? [] : rt() ? ["rt_head"] : identity.rolesOf(person));

  /** The slot of the category's draft `one`; the first one has none, as before there were more. */
  const slotOf = (one) => (one ? `${category()}:${one}` : category());

  /**
   * Where the draft of what is on the screen lies: one per revision, per entry, and per report that
   * is to be replaced; of a new report there may be several.
   */
  function slot() {
    if (again) return `entri:${again.id}`;
    if (revision) return `perbaikan:${revision.number}`;
    return asked("ganti") ? `ganti:${asked("ganti")}` : slotOf(part);
  }

  /** Which of the category's drafts to open: the one of the address, else the last one written. */
  async function choosePart() {
    const all = person ? await outbox.drafts(person.id).catch(() => []) : [];
    const wanted = rt() && `untuk-${rt()}`;
    const mine = all.filter(({ slot }) => {
      const [key, which = ""] = slot.split(":");
      return key === category() && (wanted ? which === wanted : !which.startsWith("untuk-"));
    });
    mine.sort((a, b) => a.updated_at - b.updated_at);
    part = wanted || (asked("draf") ?? mine.at(-1)?.slot.split(":")[1] ?? "");
    others = mine.filter((one) => one.slot !== slotOf(part)).length;
  }

  /** The report in whose place the new one comes, or undefined. */
  function replaced() {
    if (again || !asked("ganti")) return again?.replaces;
    const [number, version] = asked("ganti").split(":");
    return { number, version: Number(version), action_id: submission.uuid() };
  }

  const photos = picker.create(form, () => draft.save());
  const draft = keeper.create(
    form,
    () => ({
      owner: person?.id,
      slot: slot(),
      category: category(),
      title: fields.title(form),
      kept: look.kept().map((one) => one.id),
      photos: photos.chosen(),
      awaits: photos.awaits(),
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
    replaces: replaced(),
  }));
  const { explain } = outward;
  const way = address.create(
    () => again,
    () => route().catch(explain),
  );
  const exit = leaving.create(form, draft, photos, () => Boolean(person));

  // --- Opening -----------------------------------------------------------------------------

  /** What has to be known of this phone before the form can be used. */
  async function begin() {
    await retime();
    plain = !(await readiness.keeps());
    if (plain) return;
    const promise = document.querySelector("[data-works-offline]");
    if (promise) promise.hidden = false;
    person = (await owner.ready).owner;
    if (person?.ends) await retime();
    await readiness.welcome(form, person);
  }

  /** Sets the bounds of dates and months anew: the page may be open since yesterday. */
  async function retime() {
    bounds = await fields.calendar(form.dataset.written, again);
    if (!revision && !again && !rt()) bounds = former.bound(bounds, person);
    fit();
  }

  /**
   * Fits the form to the bounds and to the person's offices; untouched it still counts as empty.
   */
  function fit() {
    const untouched = draft.untouched();
    look.fit(bounds, untouched, again || revision);
    const more = form.querySelector("[data-save-another]");
    if (more && rt()) more.hidden = true; // an RT for which the kelurahan writes has one draft a category
    const only = rt() && !again ? [[rt(), `RT ${rt().slice(-3)}, dicatat kelurahan`]] : null;
    const mine = only || person?.regions?.filter(look.isOf);
    if (!revision) fields.offerRegions(form, mine, again?.region);
    if (mine?.length === 1) form.querySelector('input[name="region"]').checked = true;
    if (untouched) draft.setBlank();
  }

  /** Stops the draft that is open and shows the tiles. */
  async function showTiles() {
    turn += 1;
    await draft.stop();
    again = null;
    look.showTiles(bounds?.closed);
    const drafts = person ? await outbox.drafts(person.id).catch(() => []) : [];
    look.fitTiles(roles(), drafts, asked("ganti"));
    const words = "Pilih jenis yang benar. Tulisan, tanggal, lokasi dan foto ikut.";
    if (asked("ganti")) page.notice(words, "wait", { key: "draft" });
    if (rt())
      page.notice(`Untuk RT ${rt().slice(-3)}, dicatat kelurahan.`, "wait", { key: "draft" });
  }

  /** Fills the form with its draft, or else with the entry that was opened again, if any. */
  async function restore() {
    turn += 1;
    const mine = turn;
    photos.clear();
    draft.setBlank();
    fit();
    await ready;
    await retime();
    // A form that the server sent back after a post holds what was typed later than any draft.
    const posted = location.pathname === "/laporan";
    if (mine === turn) await choosePart();
    const found = person && (await outbox.draft(person.id, slot()).catch(explain));
    if (mine !== turn) return;
    if (!found && !again && !revision && person && !look.isFor(roles())) {
      await showTiles();
      if (look.offersTiles())
        page.notice("Jenis laporan ini bukan untuk jabatan Anda.", "warn", { key: "draft" });
      return;
    }
    if (found && !posted) {
      look.fill(found.values, found.kept || []);
      const button = { label: "Mulai baru", act: startAfresh };
      const more = others ? ` ${others} draf lain ada di kotak keluar.` : "";
      const lost = found.awaits ? " Ada foto yang belum masuk: lihat di bagian Foto." : "";
      // What has just been carried over (see carry.js) is no draft that somebody left.
      if (found.category || lost)
        page.notice(`Draf ${page.moment(found.updated_at)} dibuka lagi.${lost}${more}`, "wait", {
          key: "draft",
          button,
        });
    } else if (again) {
      look.fill(
        view.valuesOf(again.body),
        again.body.photos.map((one) => one.id),
      );
    }
    const note = person && (await draft.rescued(found));
    if (note && !posted) look.fill(note.values, note.kept);
    if (!plain) {
      photos.takeOver();
      await photos.load(found?.photos || again?.photos || [], found?.awaits);
    }
    if (mine !== turn) return;
    look.fitParts(photos.total());
    // Photos may have been chosen while the draft was read.
    draft.begin(found, note || photos.fresh().length || photos.busy());
    if (!found && !note && !again && !revision) place.offer(form, draft).catch(() => {});
    if (again?.last_error?.fields) fields.showErrors(form, again.last_error.fields);
  }

  /** Opens the form of this category; the tiles if there is no such category. */
  async function open(key) {
    page.clear("draft");
    if (!look.lay(key)) return showTiles();
    if (asked("ganti") && look.periodic()) return showTiles();
    look.showForm(form.dataset.name);
    return restore();
  }

  /** "Mulai baru": deletes the draft and opens the form empty. */
  async function startAfresh() {
    const words = "Tulisan dan foto di draf ini dihapus.";
    if (!(await page.ask("Mulai baru?", words, { yes: "Hapus draf", danger: true }))) return;
    await draft.stop();
    await outbox.dropDraft(person.id, slot(), draft.id()).catch(explain);
    page.clear("draft");
    page.saved();
    if (revision || again || form.dataset.rendered !== undefined) location.reload();
    else await open(category());
  }

  /** "Simpan dan mulai yang lain": the draft stays, and the form opens empty once more. */
  async function startAnother() {
    await exit.settle();
    await draft.save();
    await draft.stop();
    const url = `${SHELL}?kategori=${category()}&draf=${submission.uuid().slice(0, 8)}`;
    again = null;
    page.saved();
    if (!look.has(category())) return location.assign(url);
    way.go("replaceState", url);
    return open(category());
  }

  /**
   * The entry that the address names, if it is this person's and may still be changed, else null.
   */
  async function reopened() {
    const id = way.named();
    if (!id || !person) return null;
    const entry = await outbox.entry(id);
    if (entry?.owner === person.id && outbox.editable(entry)) return entry;
    page.notice("Laporan ini sudah terkirim, atau tidak ada lagi di HP ini.", "warn");
    return null;
  }

  /** Shows what the address asks for: a form with what the phone has of it, or the tiles. */
  async function route() {
    if (asking) return undefined; // this address has been asked for already
    asking = true;
    const may = await (way.settled() ? exit.may() : true);
    asking = false;
    if (!may) return way.stay();
    way.settle();
    await draft.stop();
    again = await reopened();
    // A form that the server sent back after a post has no `kategori` in its address.
    const answered = location.pathname !== SHELL && category();
    const chosen = answered || new URLSearchParams(location.search).get("kategori");
    const wanted = again?.category || chosen;
    if (again && kinds.of(again).path(again) !== form.getAttribute("action")) {
      location.replace(kinds.mendAt(again)); // it belongs to another form than this page's
    } else if (revision || (form.dataset.rendered !== undefined && wanted === category())) {
      // The server has filled this form in; from here on the phone keeps its draft.
      look.showForm(null, false);
      await restore();
    } else {
      await (wanted ? open(wanted) : showTiles());
    }
    return undefined;
  }

  // --- What the person does ----------------------------------------------------------------

  /** "Kirim": into the outbox if the form is sound. */
  async function submit() {
    if (!person) return readiness.askToSignIn();
    if (photos.busy()) {
      return page.notice("Foto sedang disiapkan. Tunggu sebentar, lalu kirim lagi.", "wait", {
        focus: true,
      });
    }
    await retime();
    if (!outward.sound(bounds)) return undefined;
    await draft.stop();
    try {
      const id = await outward.put();
      for (const key of ["draft", "storage"]) page.clear(key);
      again = null;
      // The next report is for the same RT: a kelurahan writes down several.
      if (!revision) way.go("replaceState", rt() ? `${SHELL}?untuk=${rt()}` : SHELL);
      look.showSaved();
      saved.show(id);
    } catch (error) {
      draft.resume(); // the draft goes on following what is on the screen
      explain(error);
    }
    return undefined;
  }

  form.noValidate = true;
  form.addEventListener("input", () => fields.count(form));
  form.addEventListener("submit", async (event) => {
    if (plain) {
      page.saved(); // the browser sends it, and need not ask whether to leave
      return;
    }
    event.preventDefault();
    if (busy) return;
    busy = true;
    try {
      await ready;
      if (plain) {
        page.saved();
        form.submit();
      } else await submit();
    } catch (error) {
      explain(error);
    } finally {
      busy = false;
    }
  });

  form.querySelector("[data-save-draft]").addEventListener("click", () => {
    saveDraft().catch(explain);
  });

  form.querySelector("[data-save-another]")?.addEventListener("click", () => {
    startAnother().catch(draft.complain);
  });

  document.querySelector("[data-tiles]")?.addEventListener("click", (event) => {
    const tile = event.target.closest("[data-category]");
    if (!tile || event.ctrlKey || event.metaKey || !look.has(tile.dataset.category)) return;
    event.preventDefault();
    const along = ["ganti", "untuk"].filter(asked).map((name) => `&${name}=${asked(name)}`);
    const url = tile.href + along.join("");
    way.go("pushState", url);
    pushed = true;
    opened = true;
    open(tile.dataset.category).catch(explain);
  });
  document.querySelector(".header-back")?.addEventListener("click", (event) => {
    if (form.hidden) return;
    event.preventDefault();
    leave().catch(explain);
  });
  document.querySelector("[data-another]")?.addEventListener("click", () => {
    showTiles().catch(explain);
    scrollTo(0, 0);
  });

  // --- What happens around it --------------------------------------------------------------

  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted || saved.shown() || (!form.hidden && !draft.safe())) return;
    // Shown again from the browser's memory: a form that the server filled in may have been sent
    // since, and only the server knows its content now.
    const rendered = form.dataset.rendered !== undefined && location.pathname !== "/laporan";
    if (rendered && !form.hidden) location.reload();
    else route().catch(explain);
  });

  /** The page is seen again: the day may be another one, or another tab may have begun a draft. */
  async function seen() {
    await ready;
    await retime();
    if (form.hidden || !person || !draft.untouched() || photos.busy()) return;
    if (await outbox.draft(person.id, slot())) await restore();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") seen().catch(() => {});
  });

  /** Somebody has signed in in another tab: what is typed here is theirs, and kept from now on. */
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

  let going = false; // a tap on a button that leaves the form waits for its photos

  /** "Simpan draf": stays if it cannot be written. */
  async function saveDraft() {
    await exit.settle();
    await draft.save();
    await leave();
  }

  /** Back to where the form was opened from; the draft stays. */
  async function leave() {
    if (going) return;
    going = true;
    try {
      if (await exit.may()) await goBack();
    } finally {
      going = false;
    }
  }

  function goBack() {
    page.saved();
    if (revision) return location.assign(`/laporan/${revision.number}`);
    if (again) return location.assign("/kotak-keluar");
    if (pushed && !location.hash) return history.back();
    way.go("replaceState", SHELL);
    return route();
  }

  const ready = begin();
  // If a tile was tapped before the phone's storage answered, its form is open already.
  ready.then(() => opened || route()).catch(explain);
})();
