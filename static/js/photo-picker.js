/* The photos of a form: chosen, shown, removable; kept on the phone as soon as they are chosen. */
(() => {
  const { fields, outbox, page, photos } = self.sipokat;
  const MOST = 3;
  const NO_ROOM =
    "Foto tidak muat di HP. Tulisan tetap tersimpan. Kosongkan sedikit penyimpanan HP, atau kirim tanpa foto ini.";

  /**
   * `save(fresh)` writes the draft with the photos as they are now, `fresh` with its bytes, and
   * rejects when there is no room; the photo is then not in the form, the text untouched.
   */
  function create(form, save) {
    const list = form.querySelector("[data-photos]");
    const state = form.querySelector("[data-photos-state]");
    const adders = [...list.querySelectorAll("[data-photo-add]")];
    let chosen = [];
    let working = 0;

    const kept = () => form.querySelectorAll('input[name="keep"]:checked').length;
    const room = () => MOST - kept() - chosen.length - working;

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

    function fit() {
      for (const adder of adders) adder.hidden = room() <= 0;
      list.classList.toggle("busy", working > 0);
    }

    async function remove(photo, item) {
      chosen = chosen.filter((one) => one !== photo);
      item.remove();
      state.textContent = "Foto dihapus.";
      fit();
      adders
        .find((one) => !one.hidden)
        ?.querySelector("input")
        .focus();
      await save([]).catch(() => {});
    }

    async function add(file) {
      working += 1;
      fit();
      let photo = null;
      try {
        photo = await photos.prepare(file);
        const { bytes, ...facts } = photo;
        chosen.push(facts);
        await save([photo]).catch((error) => {
          chosen = chosen.filter((one) => one !== facts);
          throw error;
        });
        draw(facts, bytes);
        fields.unmark(form, "photos");
        state.textContent = `Foto ${chosen.length} siap, ${page.size(facts.size)}.`;
      } catch (error) {
        state.textContent = error.sentence || NO_ROOM;
      } finally {
        working -= 1;
        fit();
      }
    }

    list.addEventListener("change", async ({ target }) => {
      if (target.type !== "file") return;
      const files = [...target.files];
      target.value = "";
      const over = files.length > room();
      state.textContent = "Menyiapkan foto…";
      // One after the other: two decoded pictures at once are too many for a small phone.
      for (const file of files.slice(0, Math.max(0, room()))) await add(file);
      if (over) state.textContent = `Foto paling banyak ${MOST}.`;
    });
    form.addEventListener("change", ({ target }) => {
      if (target.name === "keep") fit();
    });

    /** Shows photos that the phone already has, by id; those whose bytes are gone are left out. */
    async function load(known) {
      for (const item of list.querySelectorAll("[data-photo]")) item.remove();
      chosen = [];
      for (const one of known) {
        const row = await outbox.photo(one.id);
        if (!row) continue;
        const { bytes, holder, ...facts } = row;
        chosen.push(facts);
        draw(facts, bytes);
      }
      state.textContent = "";
      fit();
    }

    list.hidden = false;
    fit();
    return {
      busy: () => working > 0,
      chosen: () => chosen,
      load,
      total: () => kept() + chosen.length,
    };
  }

  self.sipokat.picker = { create };
})();
