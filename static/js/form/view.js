/* How the form looks: the tiles, one category's fields laid in place, and what fills them. */
(() => {
  const { fields, place } = self.sipokat;
  const part = (name) => document.querySelector(`[data-${name}]`);
  const templateOf = (key) => document.getElementById(`fields-${key}`);
  const PLACE = ["lat", "lon", "accuracy_m"];

  function create(form) {
    const heading = document.querySelector(".header-title");
    const title = heading.textContent;
    let offered = ""; // the date that nobody has chosen yet

    /** A category's fields and words; false when there is no such category. Waits for nothing. */
    function lay(key) {
      const template = templateOf(key);
      if (!template) return false;
      place.stop(form);
      form.reset();
      fields.showErrors(form, {});
      for (const name of PLACE) form.elements[name].value = ""; // reset leaves hidden fields alone
      form.elements.category.value = key;
      part("fields").replaceChildren(template.content.cloneNode(true));
      const { name, text, help, needs = "" } = template.dataset;
      Object.assign(form.dataset, { name, needs });
      part("text-label").textContent = text;
      part("text-help").textContent = help;
      part("text-help").hidden = !help;
      for (const one of ["text", "place", "photo"]) {
        part(`${one}-optional`).hidden = needs.includes(one);
      }
      return true;
    }

    /**
     * Dates and months within their bounds, the place and the counter as they stand. In a form
     * where nothing is typed yet (`untouched`) the date is today's.
     */
    function fit(bounds, untouched) {
      if (bounds) {
        const { today, first, doubtful } = bounds;
        const date = form.elements.happened_on;
        fields.offerMonths(form, bounds);
        if (!date.value || (untouched && date.value === offered)) date.value = offered = today;
        date.max = doubtful ? "" : today;
        date.min = doubtful ? "" : first;
        part("clock-doubt").hidden = !doubtful;
      }
      place.show(form);
      fields.count(form);
    }

    function fill(values, kept) {
      fields.fill(form, values);
      for (const box of form.querySelectorAll('input[name="keep"]')) {
        box.checked = kept.includes(box.value.split(":")[0]);
      }
      place.show(form);
      fields.count(form);
    }

    function show(which, words) {
      form.hidden = which !== "form";
      const tiles = part("tiles");
      if (tiles) tiles.hidden = which !== "tiles";
      const panel = part("saved");
      if (panel) panel.hidden = which !== "saved";
      document.body.classList.toggle("has-action", which === "form");
      const step = part("step");
      if (step) step.textContent = which === "tiles" ? "1 dari 2" : "2 dari 2";
      if (step) step.hidden = which === "saved";
      if (heading.textContent !== (words || title)) heading.textContent = words || title;
    }

    /** The tiles of a role, and which of them have a draft. */
    function fitTiles(role, drafts) {
      for (const tile of document.querySelectorAll(".tile[data-category]")) {
        tile.parentElement.hidden = !tile.dataset.roles.split(" ").includes(role);
        const begun = drafts.some((one) => one.slot === tile.dataset.category);
        tile.querySelector("[data-tile-draft]").hidden = !begun;
      }
    }

    return {
      fill,
      fit,
      fitTiles,
      /** Whether this page has that category's fields in it; the shell has all. */
      has: (key) => Boolean(templateOf(key)),
      /** The photos that a revision keeps, `[{id, sha256}]`; the page has each as `<id>:<sha256>`. */
      kept: () =>
        [...form.querySelectorAll('input[name="keep"]:checked')].map((box) => {
          const [id, sha256] = box.value.split(":");
          return { id, sha256 };
        }),
      lay,
      /** The form with its heading, where reading goes on. */
      showForm(words, focus = true) {
        show("form", words);
        if (!focus) return;
        heading.tabIndex = -1;
        heading.focus();
        scrollTo(0, 0);
      },
      showSaved: () => show("saved"),
      showTiles: () => show("tiles", "Buat laporan"), // the page may bear a category's name
    };
  }

  /** What the form shows of an entry's body. */
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
