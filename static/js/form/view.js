/*
 * What the form shows: the tiles of the categories, or the fields of one category and their values.
 */
(() => {
  const { aids, fields, place } = self.sipokat;
  const part = (name) => document.querySelector(`[data-${name}]`);
  const templateOf = (key) => document.getElementById(`fields-${key}`);
  const PLACE = ["lat", "lon", "accuracy_m"];

  function create(form) {
    const heading = document.querySelector(".header-title");
    const title = heading.textContent;
    let offered = ""; // the date that `fit` has put in and the person has not changed

    /**
     * Empties the form and lays out this category's fields; false if the page does not have them.
     */
    function lay(key) {
      const template = templateOf(key);
      if (!template) return false;
      place.stop(form);
      form.reset();
      fields.showErrors(form, {});
      for (const name of PLACE) form.elements[name].value = ""; // reset leaves hidden fields alone
      form.elements.category.value = key;
      part("fields").replaceChildren(template.content.cloneNode(true));
      const { name, text, help, needs = "", sentences } = template.dataset;
      Object.assign(form.dataset, { name, needs, sentences });
      aids.offer(form);
      // Categories that need a photo show the photo field above the text.
      const [photos, words] = [part("photos"), form.elements.text].map((one) =>
        one.closest(".field"),
      );
      part("fields")[needs.includes("photo") ? "before" : "after"](photos, words);
      part("text-label").textContent = text;
      part("text-help").textContent = help;
      part("text-help").hidden = !help;
      for (const one of ["text", "place", "photo"]) {
        part(`${one}-optional`).hidden = needs.includes(one);
      }
      fitParts(0);
      return true;
    }

    /**
     * Applies the `bounds` of dates and months, and shows place and counter as they are. Puts today
     * into an empty date, and also into one that it put in earlier if nothing has been typed since
     * (`untouched`): the page may be open since yesterday. The report of a month always has the day
     * of its writing, unless it has been written before (`dated`).
     */
    function fit(bounds, untouched, dated) {
      if (bounds) {
        const { today, first, doubtful } = bounds;
        const date = form.elements.happened_on;
        fields.offerMonths(form, bounds);
        const old = untouched && date.value === offered;
        if (!date.value || old || (periodic() && !dated)) date.value = offered = today;
        date.max = doubtful ? "" : today;
        date.min = doubtful ? "" : first;
        part("clock-doubt").hidden = !doubtful;
      }
      place.show(form);
      fields.count(form);
    }

    /** Fills in a draft or an entry; `kept` are the ids of the photos that a revision keeps. */
    function fill(values, kept) {
      fields.fill(form, values);
      for (const box of form.querySelectorAll('input[name="keep"]')) {
        box.checked = kept.includes(box.value.split(":")[0]);
      }
      place.show(form);
      fields.count(form);
      aids.unfold(form);
    }

    const periodic = () => (form.dataset.needs || "").includes("periodic");

    /** The report of a month shows photos and place only where an older form has put some in. */
    function fitParts(photos) {
      const { lat, place_text, happened_on } = form.elements;
      const filled = [
        [part("photos"), photos],
        [place_text, lat.value || place_text.value],
      ];
      for (const [inside, there] of [...filled, [happened_on, false]]) {
        const box = inside.closest("[data-event]");
        box.hidden = periodic() && !there && !box.querySelector(".field-error,#diminta");
      }
    }

    /** Shows the "tiles", the "form" or what is said once it is "saved", under this heading. */
    function show(which, words) {
      form.hidden = which !== "form";
      const tiles = part("tiles");
      if (tiles) tiles.hidden = which !== "tiles";
      const panel = part("saved");
      if (panel) panel.hidden = which !== "saved";
      document.body.classList.toggle("has-action", which === "form");
      for (const other of document.querySelectorAll("[data-other-kind]"))
        other.hidden = which !== "form";
      if (which === "saved") {
        form.dataset.sent = "";
        document.querySelector("[data-taken]")?.remove(); // the panel says the same
      }
      const step = part("step");
      if (step) step.textContent = which === "tiles" ? "1 dari 2" : "2 dari 2";
      if (step) step.hidden = !which || which === "saved";
      if (heading.textContent !== (words || title)) heading.textContent = words || title;
    }

    /**
     * Shows the tiles of these roles, and marks those that have a draft. What is carried over from a
     * report that came back (`replacing`) is of an event, and no report of a whole month.
     */
    function fitTiles(roles, drafts, replacing) {
      for (const tile of document.querySelectorAll(".tile[data-category]")) {
        const wanted = tile.dataset.roles.split(" ");
        const { needs = "" } = templateOf(tile.dataset.category)?.dataset || {};
        tile.parentElement.hidden =
          !roles.some((role) => wanted.includes(role)) ||
          Boolean(replacing && needs.includes("periodic"));
        const begun = drafts.filter(
          ({ slot }) => slot.split(":")[0] === tile.dataset.category,
        ).length;
        const badge = tile.querySelector("[data-tile-draft]");
        badge.hidden = !begun;
        badge.textContent = begun > 1 ? `${begun} draf` : "Ada draf";
      }
    }

    /** The tile of the form's category; a page without tiles has none. */
    const tile = () =>
      document.querySelector(`.tile[data-category="${CSS.escape(form.elements.category.value)}"]`);

    /** Whether these roles file reports of the form's category. */
    const isFor = (roles) =>
      !tile() || roles.some((role) => tile().dataset.roles.split(" ").includes(role));

    /** Whether reports of the form's category are filed for the region with this code. */
    const isOf = ([code]) => tile()?.dataset.parts?.includes(code.split(".").length) ?? true;

    if (form.dataset.rendered !== undefined) aids.offer(form);

    return {
      fill,
      fit,
      fitParts,
      fitTiles,
      /** Whether this page has the fields of that category; the shell has those of all. */
      isFor,
      isOf,
      offersTiles: () => Boolean(document.querySelector(".tiles li:not([hidden])")),
      has: (key) => Boolean(templateOf(key)),
      /** The photos that the revision keeps, `[{id, sha256}]`; a checkbox has `<id>:<sha256>`. */
      kept: () =>
        [...form.querySelectorAll('input[name="keep"]:checked')].map((box) => {
          const [id, sha256] = box.value.split(":");
          return { id, sha256 };
        }),
      lay,
      periodic,
      /** Shows the form. With `focus`, moves the focus to its heading and the page to its top. */
      showForm(words, focus = true) {
        show("form", words);
        if (!focus) return;
        heading.tabIndex = -1;
        heading.focus();
        scrollTo(0, 0);
      },
      showSaved: () => show("saved"),
      // With a heading of its own: the page's may be the name of a category.
      /** Shows the tiles; none where the form is `closed` to this person. */
      showTiles(closed) {
        show(closed ? "" : "tiles", "Buat laporan");
      },
    };
  }

  /** The values with which the form shows an entry's body, as `fields.read` gives them. */
  function valuesOf(body) {
    const values = {};
    for (const name of ["happened_on", "text", "place_text", ...PLACE]) {
      values[name] = body[name] === null ? "" : String(body[name]);
    }
    for (const [name, value] of Object.entries(body.fields)) values[`fields.${name}`] = value;
    if (body.region) values.region = body.region;
    return values;
  }

  self.sipokat.view = { create, valuesOf };
})();
