/*
 * The photos of a form: chosen, shown, removed; written into the draft as soon as they are prepared.
 * Until this script takes over (`takeOver`) the form has the browser's own file input. While a photo
 * is on its way the draft says so: if the phone kills the page meanwhile, as one with little memory
 * does when its camera is opened, the form says which photo is missing when it is opened again.
 */
(() => {
  const { data, fields, kept: before, outbox, page, photos, unsaved } = self.sipokat;
  const MOST = data.limits.photos;
  const LOST = {
    full: "Foto tidak muat di HP. Tulisannya tersimpan, dan bisa dikirim tanpa foto ini.",
  };
  const CAMERA_BACK = 3000; // ms in which a camera that was left gives its photo
  const AGAIN =
    "Pilih fotonya lewat Galeri. Kalau tidak ada di sana, potret dulu dengan aplikasi kamera HP.";

  /** What to say of photos that were on their way when the page ended; `first` would be the next. */
  function lostWords({ camera, count }, first) {
    const places = Array.from({ length: count }, (_, at) => first + at);
    const prepared = count ? `Foto ${places.join(" dan ")} belum sempat tersimpan.` : "";
    const taken = camera ? "Foto dari kamera tadi belum masuk: HP menutup halaman ini." : "";
    return `${prepared} ${taken}`.trim();
  }

  /** `save()` writes the draft with the photos as they are now, and rejects if it cannot. */
  function create(form, save) {
    const list = form.querySelector("[data-photos]");
    const field = list.parentElement;
    const full = field.querySelector("[data-photos-full]");
    const state = form.querySelector("[data-photos-state]");
    const plain = form.querySelector("[data-photos-plain]");
    const adders = [...list.querySelectorAll("[data-photo-add]")];
    let chosen = []; // without their bytes
    let fresh = []; // those of them that are not yet on the phone, with their bytes
    let working = 0; // how many are chosen and not yet prepared
    let work = Promise.resolve(); // settles when all of them are
    let camera = false; // the camera is open, and its photo has not come
    let lost = null; // the `awaits` of a page that ended before its photos had come
    let removed = []; // what puts the removed photos back, until something else is done
    let turn = 0; // counts the forms: a photo prepared for an earlier one is not for a later one

    /** How many photos of the report a revision keeps. */
    const kept = () => form.querySelectorAll('input[name="keep"]:checked').length;
    const room = () => MOST - kept() - chosen.length - working;

    const items = () => [...field.querySelectorAll("[data-photo]")];

    /** A picture of these bytes; its address is let go once it is shown. */
    function image(bytes, { type }) {
      const src = URL.createObjectURL(new Blob([bytes], { type }));
      const node = page.make("img", { src, alt: "" });
      node.addEventListener("load", () => URL.revokeObjectURL(src));
      return node;
    }

    const push = (name, ...inside) =>
      page.make("button", { type: "button", class: name }, ...inside);

    /** Shows a photo that a tap enlarges, and below it the button that removes it. */
    function draw(photo, bytes) {
      const open = push("photo", image(bytes, photo));
      const drop = push("photo-remove", page.icon("close"), "Hapus");
      const item = page.make("li", { "data-photo": photo.id }, open, drop);
      open.addEventListener("click", () => page.enlarge(image(bytes, photo)));
      drop.addEventListener("click", () => remove(photo, bytes, item));
      const place = before?.placeOf(form, photo);
      if (place) {
        item.dataset.number = place.dataset.number;
        place.after(item);
      } else {
        const after = chosen.slice(chosen.indexOf(photo) + 1).map(({ id }) => id);
        const next = items().find((one) => after.includes(one.dataset.photo));
        list.insertBefore(item, next?.parentElement === list ? next : adders[0]);
      }
      fit();
      return item;
    }

    /** Numbers the photos, and shows the buttons that add some while there is room for one more. */
    function fit() {
      let last = form.querySelectorAll("[name=keep]").length;
      for (const item of items()) {
        if (!item.dataset.number) last += 1;
        const [open, drop] = item.children;
        open.setAttribute("aria-label", `Lihat foto ${item.dataset.number || last}`);
        drop.setAttribute("aria-label", `Hapus foto ${item.dataset.number || last}`);
      }
      for (const adder of adders) adder.hidden = room() <= 0;
      full.hidden = list.hidden || room() > 0 || working > 0;
      if (!list.hidden) before?.show(form, chosen);
      list.classList.toggle("busy", working > 0);
    }

    function forget({ id }) {
      chosen = chosen.filter((one) => one.id !== id);
      fresh = fresh.filter((one) => one.id !== id);
    }

    /** Removes a photo; until another one is chosen all that were removed can be put back. */
    async function remove(photo, bytes, item) {
      const at = chosen.indexOf(photo);
      const box = before?.placeOf(form, photo)?.querySelector("[name=keep]");
      removed.push(() => {
        chosen.splice(at, 0, photo);
        fresh.push({ ...photo, bytes });
        if (box) box.checked = false; // it has its place again
        return draw(photo, bytes);
      });
      const undo = push("button quiet", "Urungkan");
      undo.addEventListener("click", () => {
        state.textContent = "Foto dikembalikan.";
        const shown = removed.splice(0).reverse();
        for (const item of shown.map((back) => back())) item.lastChild.focus();
        save().catch(() => {});
      });
      forget(photo);
      item.remove();
      if (box) box.checked = true; // and the report's own photo until then
      const one = box ? "Foto baru dihapus, foto lama dipakai. " : "Foto dihapus. ";
      state.replaceChildren(removed.length > 1 ? `${removed.length} foto dihapus. ` : one, undo);
      undo.focus();
      fit();
      await save().catch(() => {});
    }

    /**
     * Prepares a chosen file, writes it into the draft and shows it. Returns `{said, wrong}`: a
     * sentence, and whether it says that something went wrong.
     */
    async function add(file, instead) {
      const mine = turn;
      let [said, wrong] = ["", false];
      try {
        const photo = { ...(await photos.prepare(file)), ...instead };
        if (mine !== turn) return { said, wrong };
        const { bytes, ...facts } = photo;
        chosen.push(facts);
        fresh.push(photo);
        working -= 1;
        lost = null;
        fields.unmark(form, "photos");
        said = `Foto ${chosen.length} siap, ${page.size(facts.size)}.`;
        await save().catch(({ code }) => {
          if (code === "full") forget(photo); // the rest of the draft is written without it
          [said, wrong] = [unsaved(code, LOST[code] || "Foto belum tersimpan."), true];
        });
        if (mine === turn && chosen.includes(facts)) draw(facts, bytes);
      } catch (error) {
        if (mine === turn) working -= 1;
        [said, wrong] = [error.sentence || "Foto ini tidak bisa disiapkan. Coba foto lain.", true];
      }
      return { said, wrong };
    }

    /** Prepares the chosen files, one after the other: a small phone cannot decode two at once. */
    async function addAll(files, over, instead) {
      const mine = turn;
      const all = [];
      for (const file of files) {
        if (mine !== turn) return;
        all.push(await add(file, instead));
        fit();
      }
      if (mine !== turn) return;
      // The old photo has its place again where there is no new one for it.
      if (instead && !chosen.some((one) => one.instead === instead.instead)) {
        field.querySelector(`[data-kept-photo="${instead.instead}"] [name=keep]`).checked = true;
        fit();
      }
      const wrong = all.filter((one) => one.wrong).map((one) => one.said);
      if (over) wrong.push(`Foto paling banyak ${MOST}.`);
      state.textContent = wrong.join(" ") || all.at(-1)?.said || "";
      if (all.some((one) => one.wrong)) await save().catch(() => {}); // they are awaited no longer
    }

    /** Takes what was chosen in this file input. */
    function take(input) {
      const files = [...input.files];
      input.value = "";
      camera = false;
      if (!files.length) return;
      removed = [];
      const old = input.closest("[data-kept-photo]");
      const box = old?.querySelector("[name=keep]");
      if (box) box.checked = false; // the new photo has its place
      const taken = files.slice(0, Math.max(0, room()));
      working += taken.length;
      state.textContent = "Menyiapkan foto…";
      fit();
      save().catch(() => {}); // the draft notes how many are on their way
      const over = files.length > taken.length;
      work = work.then(() => addAll(taken, over, old && { instead: old.dataset.keptPhoto }));
    }

    field.addEventListener("change", ({ target }) => {
      // The browser's own input too: its dialog may have been open when this script took over.
      if (target.type === "file" && !list.hidden) take(target);
    });
    form.addEventListener("change", ({ target }) => {
      if (target.name === "keep") fit();
    });

    function notePhoto(open) {
      if (camera === open) return;
      camera = open;
      save().catch(() => {});
    }

    field.addEventListener("click", ({ target }) => {
      if (target.matches("input[capture], [data-kept-photo] [type=file]")) notePhoto(true);
    });
    field.addEventListener("cancel", () => notePhoto(false));
    // Chromium 106 does not tell that the camera was left without a photo.
    document.addEventListener("visibilitychange", () => {
      if (camera && document.visibilityState === "visible") {
        setTimeout(() => notePhoto(false), CAMERA_BACK);
      }
    });

    /** Another form is laid out, without photos. */
    function clear() {
      turn += 1;
      chosen = [];
      removed = [];
      fresh = [];
      working = 0;
      camera = false;
      lost = null;
      for (const item of items()) item.remove();
      state.textContent = "";
      fit();
    }

    /**
     * Adds photos that are on the phone already, and says which of them cannot be read and which
     * were still `awaited` when their page ended. Photos that were chosen since `clear`, while the
     * phone's storage had not answered yet, stay.
     */
    async function load(known, awaited) {
      const mine = turn;
      lost = awaited || null;
      const gone = [];
      for (const [at, { id }] of known.entries()) {
        const row = await outbox.photo(id).catch(() => null);
        if (mine !== turn) return;
        if (row?.bytes) {
          const { bytes, holder, ...facts } = row;
          chosen.push(facts);
          draw(chosen.at(-1), bytes);
        } else gone.push(at + 1);
      }
      const words = [];
      if (gone.length) {
        words.push(`Foto ${gone.join(" dan ")} tidak terbaca lagi di HP ini. Ambil sekali lagi.`);
      }
      if (lost) words.push(`${lostWords(lost, known.length + 1)} ${AGAIN}`);
      if (words.length) state.textContent = words.join(" ");
      fit();
    }

    /** Photos that the draft notes as on their way: `{camera, count}`, null if there are none. */
    function awaits() {
      const count = working + (lost?.count || 0);
      const open = camera || Boolean(lost?.camera);
      return count || open ? { camera: open, count } : null;
    }

    return {
      awaits,
      busy: () => working > 0,
      chosen: () => [...chosen],
      clear,
      fresh: () => [...fresh],
      load,
      /** Resolves when no photo is being prepared any more. */
      settled: () => work,
      /** Shows our own picker in the place of the browser's input, and takes what is in that. */
      takeOver() {
        plain.parentElement.hidden = true;
        plain.removeAttribute("name");
        list.hidden = false;
        fit();
        take(plain);
      },
      total: () => kept() + chosen.length,
      /** These photos are on the phone now. */
      wrote(photos) {
        fresh = fresh.filter((one) => !photos.includes(one));
      },
    };
  }

  self.sipokat.picker = { create };
})();
