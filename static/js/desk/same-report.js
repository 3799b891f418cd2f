/*
 * "Nomor laporan yang sama", in the form of a return or rejection: it is asked for only with a reason
 * that needs it (`data-other`). The last reports of the same category from the same kelurahan
 * (`data-same`, their address) are offered to be tapped; without signal the number is typed.
 */
(() => {
  const { page, wire } = self.sipokat;
  const MOST = 5; // offered reports
  const BRIEF = 60; // characters

  /** "31989 · 18 Nov, 07.12 · Sampah menumpuk": a button that fills in the number. */
  function choice(input, { number, received_at, text }) {
    const said = [...text];
    const brief = said.length > BRIEF ? `${said.slice(0, BRIEF).join("").trim()}…` : text;
    const words = [number, page.moment(received_at), brief].filter(Boolean).join(" · ");
    const button = page.make("button", { type: "button", class: "ready-pick" }, words);
    button.addEventListener("click", () => {
      input.value = number;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    });
    return page.make("li", {}, button);
  }

  /** Offers reports below the field, once. */
  async function offer(box, input) {
    const near = box.closest("[data-same]")?.dataset.same;
    if (!near || "offered" in box.dataset) return;
    box.dataset.offered = "";
    const { own, json, status } = await wire.exchange({ method: "GET", path: near });
    if (!own || status !== 200) return;
    const { decision } = input.form.dataset;
    const others = json.items.filter(({ number }) => number !== decision).slice(0, MOST);
    if (!others.length) return;
    const list = others.map((one) => choice(input, one));
    box.append(
      page.make("p", { class: "field-help" }, "Atau ketuk laporan yang dimaksud:"),
      page.make("ul", { class: "ready-list" }, ...list),
    );
  }

  /** Shows the field if the form's reason asks for it. What is hidden is not sent. */
  function fit(form) {
    const box = form.querySelector("[data-other]");
    if (!box) return null;
    const [input] = box.getElementsByTagName("input");
    const wanted = box.dataset.other.split(" ").includes(form.elements.reason.value);
    input.disabled = box.hidden = !wanted;
    const help = box.querySelector(".field-help");
    if (help) help.textContent = "Lima angka, ada di atas halaman laporan itu.";
    if (wanted) offer(box, input).catch(() => {});
    return wanted && !input.value ? box : null;
  }

  /** The reason was chosen: where a number is asked for, it is shown. */
  function chosen(form) {
    const box = fit(form);
    if (box) requestAnimationFrame(() => box.scrollIntoView({ block: "center" }));
  }

  function fitAll(root) {
    for (const form of root.querySelectorAll("form[data-decision]")) fit(form);
  }

  for (const type of ["input", "change", "sipokat:filled"]) {
    document.addEventListener(type, ({ target }) => {
      if (target.name === "reason" && target.form?.matches("[data-decision]")) chosen(target.form);
    });
  }
  fitAll(document);
  document.addEventListener("htmx:load", ({ detail }) => fitAll(detail.elt));
})();
