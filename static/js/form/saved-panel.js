/*
 * The panel after "Kirim": says that the report is on the phone, and then how its sending goes on.
 */
(() => {
  const { app, causes, install, outbox, page, replay, store } = self.sipokat;
  const panel = document.querySelector("[data-saved]");
  if (!panel) return;
  const part = (name) => panel.querySelector(`[data-saved-${name}]`);
  let shown = null; // the id of the entry that the panel is about

  const WORDS = {
    waiting: "Menunggu dikirim. Laporan terkirim otomatis saat ada sinyal.",
    sending: "Mengirim…",
    needs_login: "Perlu masuk lagi. Laporan terkirim otomatis setelah Anda masuk.",
    needs_attention: "Perlu diperbaiki. Buka kotak keluar untuk melihat sebabnya.",
  };

  /** What is said of an unsent entry: once it was tried in vain, also why. */
  async function words({ state, last_error: error }) {
    if (state !== "waiting" || !error) return WORDS[state];
    const doubt = await causes.doubt();
    const why = causes.sentence(causes.standing(error.code, doubt), doubt);
    return `Menunggu dikirim. ${why} Laporan terkirim otomatis.`.replace("  ", " ");
  }

  async function refresh() {
    const stored = shown && (await outbox.entry(shown));
    if (!stored) return;
    const [entry] = await replay.seen([stored]);
    const sent = entry.state === "sent";
    const text = sent ? `Terkirim dengan nomor ${entry.receipt.number}.` : await words(entry);
    if (part("state").textContent !== text) part("state").textContent = text;
    part("title").textContent = sent ? "Terkirim" : "Tersimpan di HP";
    const see = part("see");
    see.textContent = sent ? "Lihat laporan" : "Lihat kotak keluar";
    see.setAttribute("href", sent ? `/laporan/${entry.receipt.number}` : "/kotak-keluar");
  }

  /** Shows the panel for an entry that is on the disk, and has the outbox sent. */
  function show(id) {
    shown = id;
    panel.hidden = false;
    part("title").focus();
    part("title").scrollIntoView({ block: "center" }); // with large text it may be out of sight
    page.saved();
    refresh().catch(() => {});
    install.offer();
    app.saved().catch(() => {});
  }

  store.listen(({ type }) => {
    if (type === "outbox" || type === "sent") refresh().catch(() => {});
  });

  self.sipokat.saved = { show, shown: () => !panel.hidden };
})();
