/*
 * The form's fields: reads them, fills them, checks them with the same sentences as the server, and
 * shows what is wrong. Each field's bounds are data attributes, from the table of categories.
 */
(() => {
  const { data, numbers, page, texts } = self.sipokat;
  const { limits } = data;
  const idOf = (name) => `field-${name.replaceAll(".", "-")}`;
  const WRONG = ".field-error[id],[data-error-summary]:not(.error-summary)";
  // Set by the page and not by the person, or (photos) sent in another way.
  const NOT_TYPED = ["category", "version", "action_id", "photos", "keep", "form_version"];

  /** What is typed and chosen, `{name: text}`; "" for what is empty. */
  function read(form) {
    const values = {};
    for (const control of form.elements) {
      const { name, type } = control;
      if (!name || type === "file" || NOT_TYPED.includes(name)) continue;
      const off = ["radio", "checkbox"].includes(type) && !control.checked;
      if (!off || !(name in values)) values[name] = off ? "" : control.value;
    }
    return values;
  }

  /** Puts values of `read` back into the form. */
  function fill(form, values) {
    for (const control of form.elements) {
      const { name, type } = control;
      if (!(name in values) || type === "file" || NOT_TYPED.includes(name)) continue;
      if (["radio", "checkbox"].includes(type)) control.checked = control.value === values[name];
      else control.value = values[name];
    }
  }

  /** What is said of coordinates that may be so many metres off. */
  const vagueWords = (metres) =>
    `Lokasi kurang tepat, bisa meleset ${texts.dots(Math.round(metres))} m. Tulis juga patokannya.`;

  /** What is wrong with one field, as a sentence; "" if nothing is. */
  function checkField({ kind, required, max, label }, value, { months, doubtful, revised }) {
    const text = texts.read(value).trim();
    if (!text) {
      if (required === undefined) return "";
      const verb = ["choice", "period", "bool"].includes(kind) ? "Pilih" : "Isi";
      return `${verb} ${label[0].toLowerCase()}${label.slice(1)}.`;
    }
    // A revision's page offers only months that the server takes.
    if (kind === "period" && !doubtful && !revised && !months.includes(text)) {
      return "Pilih bulan ini atau bulan lalu.";
    }
    if (kind === "text") return texts.tooLong(label, text, limits.field_text);
    const number = ["count", "decimal", "rupiah"].includes(kind);
    return (number && numbers.read(text, kind, Number(max)).sentence) || "";
  }

  /** What is wrong with the date, as a sentence; "" if nothing is. */
  function checkDay({ value, defaultValue }, { today, first, doubtful, revised, late }) {
    if (!/^\d{4}-\d\d-\d\d$/.test(value || "")) return "Isi tanggal kejadian.";
    if (doubtful) return ""; // the phone's clock cannot judge it, so the server does
    if (revised && value === defaultValue) return ""; // the server has already taken this date
    if (value > today) {
      if (revised) return "Tanggal ini sesudah laporan ditulis. Pilih tanggal sebelumnya.";
      return late || "Tanggal belum terjadi. Pilih hari ini atau sebelumnya.";
    }
    const since = revised ? "sebelum laporan ditulis" : "yang lalu";
    return value < first ? `Tanggal paling lama ${limits.days_back} hari ${since}.` : "";
  }

  /**
   * The bounds of dates and months, as `page.calendar`. A revision (of a report written on the day
   * `revised`) is judged by the day of that first writing; an entry opened `again` may be of any
   * day or month that was right when it was written or is right now. Nothing becomes wrong because
   * it had to wait.
   */
  async function calendar(revised, again) {
    const now = await page.calendar();
    if (revised) return { ...page.dates(revised), doubtful: false, revised: true };
    const then = again && page.dates(again.written_at);
    const wrong = !then || then.today > now.today || then.today < limits.first_day;
    if (wrong) return now; // not opened again, or written by a clock that was wrong
    const months = [...new Set([...now.months, ...then.months])].sort().reverse();
    return { ...now, first: then.first < now.first ? then.first : now.first, months };
  }

  /**
   * Everything that is wrong, `{name: sentence}`. `rules` says which of `{text, place, photo}` the
   * category requires, `photos` is how many photos there are, `bounds` are those of `calendar`.
   */
  function check(form, rules, photos, bounds) {
    const values = read(form);
    const wrong = {};
    for (const field of form.querySelectorAll("[data-field]:not([hidden])")) {
      const problem = checkField(field.dataset, values[field.dataset.field], bounds);
      if (problem) wrong[field.dataset.field] = problem;
    }
    if (rules.photo && photos === 0) wrong.photos = "Tambahkan paling sedikit satu foto.";
    if (photos > limits.photos) {
      wrong.photos = `Foto paling banyak ${limits.photos}. Hapus salah satu.`;
    }
    if (rules.text && !texts.length(values.text)) {
      wrong.text = "Tulis keterangannya, satu kalimat saja cukup.";
    }
    const long = {
      text: texts.tooLong("Keterangan", values.text, limits.text),
      place_text: texts.tooLong("Patokan lokasi", values.place_text, limits.place_text),
    };
    for (const [name, sentence] of Object.entries(long)) if (sentence) wrong[name] = sentence;
    const vague = values.accuracy_m > limits.accuracy_m && bounds.today >= limits.accuracy_since;
    if (rules.place && values.lat && vague && !texts.length(values.place_text)) {
      wrong.place_text = "Tulis patokannya."; // above it the place says why
    }
    if (rules.place && !values.lat && !texts.length(values.place_text)) {
      wrong.place = "Isi lokasi: ketuk Ambil lokasi, atau tulis patokannya.";
    }
    const day = checkDay(form.elements.happened_on, bounds);
    if (day) wrong.happened_on = day;
    return wrong;
  }

  /** The elements of one field that are marked when it is wrong; the first one gets the focus. */
  function controls(form, name) {
    const named = [...form.elements].filter((one) => one.name === name && one.type !== "hidden");
    return named.length
      ? named
      : [form.querySelector(`#${CSS.escape(idOf(name))}`)].filter(Boolean);
  }

  /** Says above the button how many fields are wrong. */
  function tally(form) {
    const place = form.querySelector("[data-wrong]");
    const { length } = form.querySelectorAll(WRONG);
    const words = length ? `${length} isian perlu diperbaiki` : "";
    if (place.textContent.trim() === words) return;
    const link = page.make("a", { class: "button quiet late", href: "#field-text" }, words);
    place.replaceChildren(words && link);
  }

  /** What lists call the report: its `jenis`, else its category, and the month if it is of one. */
  function title(form) {
    const kind = form.querySelector('[name="fields.jenis"]:checked');
    if (kind && kind.value !== "lainnya") return kind.parentElement.textContent.trim();
    const month = read(form)["fields.periode"];
    return form.dataset.name + (month ? ` ${page.monthName(month)}` : "");
  }

  /** Moves the focus to the first wrong field. */
  function lead(form) {
    const spot = form.querySelector(`[aria-invalid="true"], ${WRONG}`);
    const first = spot?.matches(".field-error") ? spot.closest(".field") : spot;
    const box = first?.closest(".field, [data-error-summary]");
    first?.focus({ preventScroll: true });
    box?.scrollIntoView({ block: "center" });
    box?.querySelector(".field-error")?.scrollIntoView({ block: "nearest" }); // it may be a tall one
  }

  /** Removes the sentence and the marks of one field. */
  function unmark(form, name) {
    const id = `${idOf(name)}-error`;
    const said = form.querySelector(`#${CSS.escape(id)}`);
    said?.remove();
    if (said) tally(form);
    for (const control of controls(form, name)) {
      control.removeAttribute("aria-invalid");
      const rest = (control.getAttribute("aria-describedby") || "").split(" ");
      const left = rest.filter((one) => one && one !== id).join(" ");
      if (left) control.setAttribute("aria-describedby", left);
      else control.removeAttribute("aria-describedby");
    }
  }

  /**
   * Shows a sentence beside its field; false if there is no such field.
   */
  function mark(form, name, sentence) {
    const id = `${idOf(name)}-error`;
    const [first] = controls(form, name);
    const box = first?.closest(".field");
    if (!box) return false;
    first.closest("[data-event]")?.removeAttribute("hidden");
    first.closest("details")?.setAttribute("open", "");
    const words = page.make("span", {}, sentence);
    box.append(page.make("p", { class: "field-error", id }, page.icon("warn"), words));
    for (const control of controls(form, name)) {
      if (control.matches("input, select, textarea")) control.setAttribute("aria-invalid", "true");
      const before = control.getAttribute("aria-describedby");
      control.setAttribute("aria-describedby", before ? `${id} ${before}` : id);
    }
    return true;
  }

  /** Shows each sentence beside its field, or on top if it has none, and focuses the first. */
  function showErrors(form, wrong) {
    for (const old of form.querySelectorAll(".field-error[id]")) {
      const box = old.closest(".field");
      old.remove();
      for (const control of box.querySelectorAll("[aria-invalid]")) {
        control.removeAttribute("aria-invalid");
      }
    }
    form.querySelector("[data-error-summary]")?.remove();
    const homeless = [];
    for (const [name, sentence] of Object.entries(wrong)) {
      unmark(form, name);
      if (!mark(form, name, sentence)) homeless.push(sentence);
    }
    if (homeless.length) {
      const text = homeless.join(" ");
      const box = page.make("div", { "data-error-summary": "", role: "alert", tabindex: "-1" });
      box.append(page.banner(text, "late"));
      form.prepend(box);
    }
    tally(form);
    lead(form);
  }

  addEventListener("click", (event) => {
    const link = event.target.closest("[data-wrong] a");
    if (!link) return;
    event.preventDefault();
    lead(link.closest("form"));
  });

  // As soon as the person changes a field, it is no longer shown as wrong.
  addEventListener("input", ({ target }) => {
    if (!target.form?.matches("[data-report-form]") || !target.name) return;
    if (target.getAttribute("aria-invalid")) unmark(target.form, target.name);
    if (target.name === "place_text") unmark(target.form, "place");
  });

  /** Offers these choices, `[[value, words], …]`, as radio buttons; what is chosen stays chosen. */
  function offer(place, name, pairs) {
    const inputs = [...place.querySelectorAll("input")];
    if (`${inputs.map((one) => one.value)}` === `${pairs.map(([value]) => value)}`) return;
    const chosen = inputs.find((one) => one.checked)?.value;
    const labels = pairs.map(([value, words]) => {
      const facts = {
        class: "choice-input",
        type: "radio",
        name,
        value,
        checked: value === chosen,
      };
      const box = page.make("span", { class: "choice-box" }, words);
      return page.make("label", { class: "choice" }, page.make("input", facts), box);
    });
    place.replaceChildren(...labels);
  }

  /** Offers the months of `calendar`; a revision's page already has its own. */
  function offerMonths(form, { months, revised }) {
    if (revised) return;
    for (const field of form.querySelectorAll('[data-kind="period"]')) {
      const pairs = months.map((month) => [month, page.monthName(month)]);
      offer(field.querySelector(".choices"), field.dataset.field, pairs);
    }
  }

  /**
   * Asks a person with several offices for which region the report is. An entry that was opened
   * again and is of a region (`own`) whose office has ended keeps it: then nothing is asked.
   */
  function offerRegions(form, regions = [], own = "") {
    const box = form.querySelector("[data-regions]");
    if (!box) return;
    const ended = own && !regions.some(([code]) => code === own);
    offer(box.querySelector(".choices"), "region", ended ? [] : regions);
    box.hidden = ended || regions.length === 0;
  }

  /**
   * "68 / 1.000" under each long text, counted as the server counts, and by how much it is too long;
   * the field grows with its text.
   */
  function count(form) {
    for (const place of form.querySelectorAll("[data-counter-for]")) {
      const text = form.querySelector(`#${CSS.escape(place.dataset.counterFor)}`);
      const [used, most] = [texts.length(text.value), Number(text.dataset.max)];
      const over = used > most ? `, ${texts.dots(used - most)} huruf terlalu panjang` : "";
      place.textContent = `${texts.dots(used)} / ${texts.dots(most)}${over}`;
      place.classList.toggle("full", used >= most * 0.95);
      const letters = (2 * text.clientWidth) / parseFloat(getComputedStyle(text).fontSize) || 30;
      text.rows = Math.min(10, Math.max(3, 1 + used / letters));
    }
  }

  self.sipokat.fields = {
    calendar,
    check,
    count,
    fill,
    offerMonths,
    offerRegions,
    read,
    showErrors,
    title,
    unmark,
    vagueWords,
  };
})();
