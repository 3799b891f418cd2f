/* What the outbox says of an entry, in words: pure functions, for `outbox-page.js`. */
(() => {
  const { data, kinds, page } = self.sipokat;

  const STATES = {
    waiting: ["Menunggu dikirim", "wait"],
    sending: ["Mengirim", "wait"],
    needs_login: ["Perlu masuk", "warn"],
    needs_attention: ["Perlu diperbaiki", "warn"],
  };

  const REASONS = {
    network: "Belum ada sinyal. Dikirim otomatis saat sinyal ada.",
    timeout: "Sinyal terlalu lemah. Dicoba lagi otomatis.",
    foreign: "Jaringan ini belum tersambung ke SIPOKAT. Dicoba lagi otomatis.",
    busy: "SIPOKAT sedang sibuk. Dicoba lagi otomatis.",
  };

  const arrived = (entry, photo) =>
    entry.receipt?.photos.some(
      (one) => one.sha256 === photo.sha256 && ["received", "ready"].includes(one.state),
    );

  /** "Ditulis 23 Nov 07.12 · 312 KB · 2 foto". */
  function facts(entry) {
    const bytes = entry.photos.reduce((sum, one) => sum + one.size, 0);
    const words = new Blob([JSON.stringify(entry.body)]).size;
    const photos = entry.photos.length ? `${entry.photos.length} foto` : "";
    const parts = [`Ditulis ${page.moment(entry.written_at)}`, page.size(bytes + words), photos];
    return parts.filter(Boolean).join(" · ");
  }

  function photosLeft(entry) {
    const left = entry.photos.filter((one) => !one.drop && !arrived(entry, one)).length;
    return left ? `${left} foto belum terkirim.` : "";
  }

  /** Why it is still here, and what comes next. */
  function why(entry) {
    const error = entry.last_error;
    const got = entry.receipt
      ? `Sudah diterima dengan nomor ${entry.receipt.number}. ${photosLeft(entry)}`
      : "";
    if (entry.state === "needs_login") return `${got} Dikirim otomatis setelah Anda masuk.`.trim();
    if (entry.state === "sending") return got;
    if (entry.state !== "needs_attention") {
      const next = REASONS[error?.code] || "Dikirim otomatis saat ada sinyal.";
      return `${got} ${next}`.trim();
    }
    if (error?.photo) return got;
    const sentences = Object.values(error?.fields || {});
    return [got, ...(sentences.length ? sentences : [error?.message])].filter(Boolean).join(" ");
  }

  /** The report that stands in the way, or the one that this already is. */
  function numberOf(entry) {
    const { last_error: error, receipt, report } = entry;
    const named = /laporan (\d+)/.exec(error?.fields?.["fields.periode"] || "");
    return receipt?.number || error?.report || named?.[1] || report || null;
  }

  /** Whether writing it anew can help: not when the server already has a report in its place. */
  function mendable(entry) {
    const { last_error: error } = entry;
    if (entry.state === "needs_attention" && error?.code === "second_of_period") return false;
    if (error?.status !== 409) return true;
    return kinds.of(entry).mendsConflict(entry, error);
  }

  /** Whether sending it once more as it is can help. */
  function sendable({ state, last_error: error }) {
    if (state === "waiting") return true;
    const hopeless = error?.photo || error?.status === 409 || error?.code === "second_of_period";
    return state === "needs_attention" && !hopeless;
  }

  /** Whether the report may go without this photo. */
  function spareable(entry, photo) {
    const left = entry.body.photos.length - entry.photos.filter((one) => one.drop).length;
    return !photo.drop && (left > 1 || !data.needs_photo.includes(entry.category));
  }

  self.sipokat.words = {
    STATES,
    arrived,
    facts,
    mendable,
    numberOf,
    sendable,
    spareable,
    why,
  };
})();
