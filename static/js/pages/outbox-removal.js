/*
 * How an unsent entry leaves the phone because its owner wants it to: a report is deleted, a decision
 * is taken back, and one that was refused is put away once it has been read.
 */
(() => {
  const { entries, kinds, outbox, page, replay } = self.sipokat;

  // Of a report, and of a decision.
  const REPORT = {
    changed:
      "Laporan ini baru saja berubah, jadi tidak dihapus. Lihat keadaannya sekarang, lalu pilih lagi.",
    under_way: "Laporan ini sedang dicoba kirim. Kalau belum terkirim, dihapus sesudahnya.",
    sent: "Laporan ini sudah terkirim, jadi tidak dihapus.",
  };
  const DECISION = {
    changed: "Keputusan ini baru saja dijawab SIPOKAT, jadi tidak dibatalkan. Lihat jawabannya.",
    under_way: "Keputusan ini sedang dicoba kirim. Kalau belum sampai, dibatalkan sesudahnya.",
    sent: "Keputusan ini sudah terkirim, jadi tidak dibatalkan.",
  };
  const sentences = (entry) => (kinds.of(entry).acknowledged ? DECISION : REPORT);

  const waiting = []; // who waits for news of the outbox
  /** Resolves when something in the outbox has changed. */
  const news = () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      setTimeout(resolve, 1000); // a browser that was killed tells nobody
    });

  /** Something in the outbox has changed. */
  function changed() {
    for (const go of waiting.splice(0)) go();
  }

  /**
   * Deletes the entry if it is as it was `shown`. While it is being sent nobody knows what the
   * server will have of it: then that try has to end first. Returns why it was not deleted, or
   * null.
   */
  async function discard(id, shown) {
    while (!(await entries.remove(id, shown))) {
      const entry = await outbox.entry(id);
      if (!entry) return null; // deleted in another tab
      const { changed, sent, under_way } = sentences(entry);
      if (entry.state !== "sending") return entry.state === "sent" ? sent : changed;
      if (Boolean(entry.receipt) !== Boolean(shown.receipt)) return changed;
      if (await replay.busy()) {
        page.notice(under_way, "wait", { key: "delete", focus: true });
        await news();
      } else {
        await entries.idle(id);
      }
    }
    return null;
  }

  /** Discards the entry as the person saw it, and says so or why not. Returns whether it is gone. */
  async function removeShown(id, entry, done) {
    const [shown] = await replay.seen([entry]);
    const kept = await discard(id, { ...shown, state: shown.state.replace("sending", "waiting") });
    page.clear("delete");
    page.notice(kept || done, kept ? "warn" : "ok", { key: "delete", focus: true });
    return !kept;
  }

  /** "Hapus", after two questions. */
  async function remove(id, entry) {
    const what = entry.receipt
      ? "Laporannya sudah diterima. Yang dihapus hanya fotonya di HP ini."
      : "Laporan ini belum terkirim. Setelah dihapus tidak dapat dikembalikan.";
    if (!(await page.ask("Hapus dari HP?", what, { yes: "Hapus", danger: true }))) return;
    const sure = "Tulisan dan foto laporan ini hilang dari HP.";
    if (!(await page.ask("Yakin dihapus?", sure, { yes: "Ya, hapus", danger: true }))) return;
    await removeShown(id, entry, "Laporan dihapus dari HP.");
  }

  /** What was typed into this decision, as the draft that its form opens again. */
  function draftOf({ owner, report, noun, body }) {
    const slot = outbox.DECISION + report;
    const said = Object.entries(body).map(([name, value]) => [`${noun}.${name}`, value]);
    const values = { ...Object.fromEntries(said), text: body.note };
    const title = `Pesan untuk laporan ${report}`;
    return { owner, slot, id: slot, title, values, sent: null, photos: [] };
  }

  /** "Batalkan keputusan": as long as it has not gone, the report waits on the desk as before. */
  async function takeBack(id, entry) {
    const what = entry.attempts
      ? "Kalau ternyata sudah sampai di SIPOKAT, keputusan ini tetap berlaku."
      : "Laporannya tetap menunggu Anda periksa.";
    const answer = { yes: "Ya, batalkan", no: "Tidak", danger: true };
    if (!(await page.ask("Batalkan keputusan ini?", what, answer))) return;
    const done = "Keputusan dibatalkan. Laporannya tetap menunggu Anda periksa.";
    if ((await removeShown(id, entry, done)) && entry.body.note)
      await outbox.saveDraft(draftOf(entry)).catch(() => {});
  }

  /** "Mengerti": the refusal has been read. */
  async function acknowledge(id, entry) {
    await entries.remove(id, entry);
    document.querySelector("[data-entry] [data-title]")?.focus();
  }

  self.sipokat.removal = { acknowledge, changed, remove, takeBack };
})();
