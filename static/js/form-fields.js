/*
 * The form's fields: read, filled, checked with the server's own sentences, and mended one by one.
 * The bounds stand in the page as data attributes, put there from the table of categories.
 */
(() => {
  const { page } = self.sipokat;
  const idOf = (name) => `field-${name.replaceAll(".", "-")}`;
  // Not what a person types: decided by the page, or sent in another way.
  const NOT_TYPED = [
    "category",
    "version",
    "action_id",
    "region",
    "photos",
    "keep",
    "form_version",
  ];

  /** What is typed and chosen, by name, as text; empty ones too. */
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

  function fill(form, values) {
    for (const control of form.elements) {
      const { name, type } = control;
      if (!(name in values) || type === "file" || NOT_TYPED.includes(name)) continue;
      if (["radio", "checkbox"].includes(type)) control.checked = control.value === values[name];
      else control.value = values[name];
    }
  }

  const dots = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");

  function checkNumber(raw, kind, max) {
    const whole = kind !== "decimal";
    let text = raw.replaceAll(" ", "");
    if (kind === "rupiah" && /^\d{1,3}(\.\d{3})+$/.test(text)) text = text.replaceAll(".", "");
    text = text.replaceAll(",", ".");
    const number = Number(text);
    if (!text || !Number.isFinite(number) || !/^[-+]?[\d.]+$/.test(text)) {
      return whole ? "Isi dengan angka bulat." : "Isi dengan angka.";
    }
    if (whole && !Number.isInteger(number)) return "Isi dengan angka bulat.";
    if (number < 0) return "Angka tidak boleh kurang dari 0.";
    if (max && number > max) return `Angka paling besar ${dots(max)}.`;
    return "";
  }

  function checkField({ kind, required, max, label }, value, { months, doubtful }) {
    const text = (value || "").trim();
    if (!text) {
      if (required === undefined) return "";
      const verb = ["choice", "period", "bool"].includes(kind) ? "Pilih" : "Isi";
      return `${verb} ${label[0].toLowerCase()}${label.slice(1)}.`;
    }
    if (kind === "period" && !doubtful && !months.includes(text)) {
      return "Pilih bulan ini atau bulan lalu.";
    }
    if (kind === "text" && [...text].length > 200) return "Paling banyak 200 huruf.";
    return ["count", "decimal", "rupiah"].includes(kind)
      ? checkNumber(text, kind, Number(max))
      : "";
  }

  function checkDay(value, { today, first, doubtful }) {
    if (!/^\d{4}-\d\d-\d\d$/.test(value || "")) return "Isi tanggal kejadian.";
    if (doubtful) return ""; // the phone's clock is no judge; the server is
    if (value > today) return "Tanggal belum terjadi. Pilih hari ini atau sebelumnya.";
    return value < first ? "Tanggal paling lama 60 hari yang lalu." : "";
  }

  /**
   * All that is wrong, `{name: sentence}` in the order of the page. `rules` says what the category
   * asks for: `{text, place, photo}`; `photos` is how many there are.
   */
  function check(form, rules, photos, calendar) {
    const values = read(form);
    const wrong = {};
    for (const field of form.querySelectorAll("[data-field]")) {
      const problem = checkField(field.dataset, values[field.dataset.field], calendar);
      if (problem) wrong[field.dataset.field] = problem;
    }
    if (rules.photo && photos === 0) wrong.photos = "Tambahkan paling sedikit satu foto.";
    if (photos > 3) wrong.photos = "Foto paling banyak 3. Hapus salah satu.";
    const text = [...values.text.trim()].length;
    if (rules.text && !text) wrong.text = "Tulis keterangannya, satu kalimat saja cukup.";
    if (text > 1000) wrong.text = `Keterangan paling banyak 1.000 huruf, sekarang ${dots(text)}.`;
    const words = [...values.place_text.trim()].length;
    if (words > 200) wrong.place_text = "Lokasi paling banyak 200 huruf.";
    else if (rules.place && !values.lat && !words) {
      wrong.place = "Isi lokasi: ketuk Ambil lokasi, atau tulis patokannya.";
    }
    const day = checkDay(values.happened_on, calendar);
    if (day) wrong.happened_on = day;
    return wrong;
  }

  /** The controls of one field: what is marked as wrong and gets the focus. */
  function controls(form, name) {
    const named = [...form.elements].filter((one) => one.name === name && one.type !== "hidden");
    return named.length
      ? named
      : [form.querySelector(`#${CSS.escape(idOf(name))}`)].filter(Boolean);
  }

  function unmark(form, name) {
    const id = `${idOf(name)}-error`;
    form.querySelector(`#${CSS.escape(id)}`)?.remove();
    for (const control of controls(form, name)) {
      control.removeAttribute("aria-invalid");
      const rest = (control.getAttribute("aria-describedby") || "").split(" ");
      const left = rest.filter((one) => one && one !== id).join(" ");
      if (left) control.setAttribute("aria-describedby", left);
      else control.removeAttribute("aria-describedby");
    }
  }

  function mark(form, name, sentence) {
    const id = `${idOf(name)}-error`;
    const [first] = controls(form, name);
    const box = first?.closest(".field");
    if (!box) return null;
    const words = page.make("span", {}, sentence);
    box.append(page.make("p", { class: "field-error", id }, page.icon("warn"), words));
    for (const control of controls(form, name)) {
      if (control.matches("input, select, textarea")) control.setAttribute("aria-invalid", "true");
      const before = control.getAttribute("aria-describedby");
      control.setAttribute("aria-describedby", before ? `${id} ${before}` : id);
    }
    return first;
  }

  /** Shows each sentence beside its field and moves the focus to the first. */
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
    let first = null;
    for (const [name, sentence] of Object.entries(wrong)) {
      unmark(form, name);
      const control = mark(form, name, sentence);
      if (!control) homeless.push(sentence);
      first ||= control;
    }
    if (homeless.length) {
      const text = homeless.join(" ");
      const box = page.make("div", { "data-error-summary": "", role: "alert", tabindex: "-1" });
      box.append(page.banner(text, "late"));
      form.prepend(box);
      first ||= box;
    }
    first?.focus({ preventScroll: true });
    first?.closest(".field, [data-error-summary]")?.scrollIntoView({ block: "center" });
  }

  // A field that is being mended is no longer wrong.
  addEventListener("input", ({ target }) => {
    if (!target.form?.matches("[data-report-form]") || !target.name) return;
    if (target.getAttribute("aria-invalid")) unmark(target.form, target.name);
    if (target.name === "place_text") unmark(target.form, "place");
  });

  /** "Bulan": this month and the last as two choices, where the page came without any. */
  function offerMonths(form, { months }) {
    for (const field of form.querySelectorAll('[data-kind="period"]')) {
      const place = field.querySelector(".choices");
      if (place.children.length) continue;
      const name = field.dataset.field;
      for (const month of months) {
        const input = page.make("input", {
          class: "choice-input",
          type: "radio",
          name,
          value: month,
        });
        const box = page.make("span", { class: "choice-box" }, page.monthName(month));
        place.append(page.make("label", { class: "choice" }, input, box));
      }
    }
  }

  /** "68 / 1.000" under the text, counted as the server counts. */
  function count(form) {
    for (const place of form.querySelectorAll("[data-counter-for]")) {
      const text = form.querySelector(`#${CSS.escape(place.dataset.counterFor)}`);
      const used = [...text.value].length;
      place.textContent = `${dots(used)} / ${dots(text.maxLength)}`;
      place.classList.toggle("full", used >= text.maxLength * 0.95);
    }
  }

  self.sipokat.fields = { check, count, fill, offerMonths, read, showErrors, unmark };
})();
