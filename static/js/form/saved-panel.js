/* After the report is on the phone: says so, and where it is from then on. */
(() => {
  const { app, install, outbox, page, replay, store } = self.sipokat;
  const panel = document.querySelector("[data-saved]");
  if (!panel) return;
  const part = (name) => panel.querySelector(`[data-saved-${name}]`);
  let shown = null;

  const WORDS = {
    waiting: "Menunggu dikirim. Laporan terkirim otomatis saat ada sinyal.",
    sending: "Mengirim…",
    needs_login: "Perlu masuk. Laporan terkirim otomatis setelah Anda masuk.",
    needs_attention: "Perlu diperbaiki. Buka kotak keluar untuk melihat sebabnya.",
  };

  async function refresh() {
    const stored = shown && (await outbox.entry(shown));
    if (!stored) return;
    const [entry] = await replay.seen([stored]);
    const sent = entry.state === "sent";
    const text = sent ? `Terkirim dengan nomor ${entry.receipt.number}.` : WORDS[entry.state];
    if (part("state").textContent !== text) part("state").textContent = text;
    part("title").textContent = sent ? "Terkirim" : "Tersimpan di HP";
    const see = part("see");
    see.textContent = sent ? "Lihat laporan" : "Lihat kotak keluar";
    see.setAttribute("href", sent ? `/laporan/${entry.receipt.number}` : "/kotak-keluar");
  }

  /** Shows the panel for an entry whose transaction is complete, and has it sent. */
  function show(id) {
    shown = id;
    panel.hidden = false;
    part("title").focus();
    part("title").scrollIntoView({ block: "center" }); // where the text is large, there is little room
    page.saved();
    refresh().catch(() => {});
    install.offer(part("install"));
    app.saved().catch(() => {});
  }

  store.listen(({ type }) => {
    if (type === "outbox" || type === "sent") refresh().catch(() => {});
  });

  self.sipokat.saved = { show, shown: () => !panel.hidden };
})();
