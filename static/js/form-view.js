/* How the form looks: the tiles, one category's fields laid in place, and what fills them. */
(() => {
  const { fields, page, place } = self.sipokat;
  const part = (name) => document.querySelector(`[data-${name}]`);
  const PLACE = ["lat", "lon", "accuracy_m"];

  function create(form) {
    const heading = document.querySelector(".header-title");
    const title = heading.textContent;

    /** A category's fields and words; false when there is no such category. Waits for nothing. */
    function lay(key) {
      const template = document.getElementById(`fields-${key}`);
      if (!template) return false;
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

    /** Dates and months as of today, the place and the counter as they stand. */
    function fit(calendar) {
      if (calendar) {
        const { today, first, doubtful } = calendar;
        const date = form.elements.happened_on;
        fields.offerMonths(form, calendar);
        date.value ||= today;
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
        tile.querySelector("[data-tile-draft]").hidden = !drafts.includes(tile.dataset.category);
      }
    }

    return {
      fill,
      fit,
      fitTiles,
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
      showTiles: () => show("tiles"),
    };
  }

  /** What the form shows of an entry's body. */
  function valuesOf(body) {
    const values = {};
    for (const name of ["happened_on", "text", "place_text", ...PLACE]) {
      values[name] = body[name] === null ? "" : String(body[name]);
    }
    for (const [name, value] of Object.entries(body.fields)) values[`fields.${name}`] = value;
    return values;
  }

  /** Photos by the browser's own picker, sent with the form: where the phone can keep nothing. */
  function plainPhotos(form) {
    const list = form.querySelector("[data-photos]");
    const accept = "image/jpeg,image/png,image/webp";
    const attributes = {
      type: "file",
      name: "photos",
      multiple: true,
      accept,
      class: "field-input",
    };
    list.replaceWith(page.make("input", { ...attributes, "aria-label": "Foto" }));
  }

  self.sipokat.view = { create, plainPhotos, valuesOf };
})();
