/*
 * The photos of a form: chosen, shown, removed; written into the draft as soon as they are chosen.
 */
(() => {
  const { data, fields, outbox, page, photos } = self.sipokat;
  const MOST = data.limits.photos;
  const WORDS = {
    full: "Foto tidak muat di HP. Tulisan tetap tersimpan. Kosongkan sedikit penyimpanan HP, atau kirim tanpa foto ini.",
    owner: "Foto belum tersimpan: Anda sudah keluar dari HP ini. Masuk dulu.",
    draft: "Foto belum tersimpan: draf ini dibuka di halaman SIPOKAT lain.",
    silent: "Foto belum tersimpan: penyimpanan HP tidak menjawab. Coba tutup halaman SIPOKAT lain.",
    storage: "Foto belum tersimpan di HP. Ketuk Simpan draf untuk mencoba lagi.",
  };

  /** `save()` writes the draft with the photos as they are now, and rejects if it cannot. */
  function create(form, save) {
    const list = form.querySelector("[data-photos]");
    const state = form.querySelector("[data-photos-state]");
    const adders = [...list.querySelectorAll("[data-photo-add]")];
    let chosen = []; // without their bytes
    let fresh = []; // those of them that are not yet on the phone, with their bytes
    let working = 0; // how many are being prepared
    let turn = 0; // counts the forms: a photo prepared for an earlier one is not for a later one

    /** How many photos of the report a revision keeps. */
    const kept = () => form.querySelectorAll('input[name="keep"]:checked').length;
    const room = () => MOST - kept() - chosen.length - working;

    /** Shows a photo with its remove button. */
    function draw(photo, bytes) {
      const url = URL.createObjectURL(new Blob([bytes], { type: photo.type }));
      const image = page.make("img", { src: url, alt: `Foto ${chosen.indexOf(photo) + 1}` });
      image.addEventListener("load", () => URL.revokeObjectURL(url));
      const drop = page.make(
        "button",
        { type: "button", class: "photo-remove", "aria-label": "Hapus foto ini" },
        page.icon("close"),
      );
      const item = page.make(
        "li",
        { "data-photo": photo.id },
        page.make("div", { class: "photo" }, image, drop),
      );
      drop.addEventListener("click", () => remove(photo, item));
      list.insertBefore(item, adders[0]);
    }

    /** Shows the buttons that add photos while there is room for one more. */
    function fit() {
      for (const adder of adders) adder.hidden = room() <= 0;
      list.classList.toggle("busy", working > 0);
    }

    function forget({ id }) {
      chosen = chosen.filter((one) => one.id !== id);
      fresh = fresh.filter((one) => one.id !== id);
    }

    async function remove(photo, item) {
      forget(photo);
      item.remove();
      state.textContent = "Foto dihapus.";
      fit();
      adders
        .find((one) => !one.hidden)
        ?.querySelector("input")
        .focus();
      await save().catch(() => {});
    }

    /** Prepares a chosen file, writes it into the draft and shows it. */
    async function add(file) {
      const mine = turn;
      working += 1;
      fit();
      let words = "";
      try {
        const photo = await photos.prepare(file);
        if (mine !== turn) return;
        const { bytes, ...facts } = photo;
        chosen.push(facts);
        fresh.push(photo);
        fields.unmark(form, "photos");
        words = `Foto ${chosen.length} siap, ${page.size(facts.size)}.`;
        await save().catch(({ code }) => {
          if (code === "full") forget(photo); // the rest of the draft is written without it
          words = WORDS[code] || WORDS.storage;
        });
        if (mine === turn && chosen.includes(facts)) draw(facts, bytes);
      } catch (error) {
        words = error.sentence || "Foto ini tidak bisa disiapkan. Coba foto lain.";
      } finally {
        if (mine === turn) {
          working -= 1;
          state.textContent = words;
          fit();
        }
      }
    }

    list.addEventListener("change", async ({ target }) => {
      if (target.type !== "file") return;
      const files = [...target.files];
      const mine = turn;
      target.value = "";
      const over = files.length > room();
      state.textContent = "Menyiapkan foto…";
      // One after the other: a small phone has no memory for two decoded pictures.
      for (const file of files.slice(0, Math.max(0, room()))) {
        if (mine === turn) await add(file);
      }
      if (over && mine === turn) state.textContent = `Foto paling banyak ${MOST}.`;
    });
    form.addEventListener("change", ({ target }) => {
      if (target.name === "keep") fit();
    });

    /** Another form is laid out, without photos. */
    function clear() {
      turn += 1;
      chosen = [];
      fresh = [];
      working = 0;
      for (const item of list.querySelectorAll("[data-photo]")) item.remove();
      state.textContent = "";
      fit();
    }

    /**
     * Adds photos that are on the phone already, and says which of them cannot be read. Photos that
     * were chosen since `clear`, while the phone's storage had not answered yet, stay.
     */
    async function load(known) {
      const mine = turn;
      const gone = [];
      for (const [at, { id }] of known.entries()) {
        const row = await outbox.photo(id).catch(() => null);
        if (mine !== turn) return;
        if (row?.bytes) {
          const { bytes, holder, ...facts } = row;
          chosen.push(facts);
          draw(facts, bytes);
        } else gone.push(at + 1);
      }
      if (gone.length) {
        state.textContent = `Foto ${gone.join(" dan ")} tidak terbaca lagi di HP ini. Ambil sekali lagi.`;
      }
      fit();
    }

    list.hidden = false;
    fit();
    return {
      busy: () => working > 0,
      chosen: () => [...chosen],
      clear,
      fresh: () => [...fresh],
      load,
      total: () => kept() + chosen.length,
      /** These photos are on the phone now. */
      wrote(photos) {
        fresh = fresh.filter((one) => !photos.includes(one));
      },
    };
  }

  self.sipokat.picker = { create };
})();
