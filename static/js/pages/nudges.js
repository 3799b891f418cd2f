/*
 * "WhatsApp" beside an RT that has not reported: the reminder is recorded first, then WhatsApp opens
 * with the message. Without this script the form is answered by a page that has the link.
 */
(() => {
  const { beside, causes, owner, page, wire } = self.sipokat;
  const NOT_OPENED = "WhatsApp belum dibuka.";

  /** What stands in the place of the form once it is recorded: the way to open the message again. */
  function recorded(form, { whatsapp, text }) {
    const words = whatsapp
      ? "Pengingat tercatat."
      : `Pengingat tercatat. Di kota contoh pesan ini hanya ditampilkan: ${text}`;
    const open = () => location.assign(whatsapp);
    const button = whatsapp ? { label: "Buka WhatsApp lagi", act: open } : null;
    const node = page.banner(words, "ok", button);
    form.replaceWith(node);
    page.lead(node);
    if (whatsapp) open();
  }

  async function ask(form) {
    const stop = beside.awaited(form);
    const facts = await wire.exchange({
      method: "POST",
      path: form.getAttribute("action"),
      user: owner.shown?.id,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ regions: [form.elements.regions.value], way: "whatsapp" }),
    });
    stop();
    const row = facts.own && facts.status === 200 ? facts.json.results[0] : null;
    if (row?.text) return recorded(form, row);
    if (row) return beside.complain(form, row.message, { tone: "warn" });
    const again = { label: "Coba lagi", act: () => run(form) };
    if (facts.own && facts.status === 401) {
      const act = () => location.assign(`/masuk?lanjut=${encodeURIComponent(location.pathname)}`);
      const button = { label: "Masuk", act };
      return beside.complain(form, `Anda perlu masuk lagi. ${NOT_OPENED}`, { button });
    }
    if (facts.own && facts.json.message && facts.status < 500)
      return beside.complain(form, `${facts.json.message} ${NOT_OPENED}`);
    const { words } = await causes.explain(facts);
    return beside.complain(form, `${words} ${NOT_OPENED}`, { button: again });
  }

  function run(form) {
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    ask(form).finally(() => form.removeAttribute("aria-busy"));
  }

  // Before posting.js, which listens on the window.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-whatsapp]")) return;
    event.preventDefault();
    run(event.target);
  });
})();
