/* What the outbox page says about an entry, and what it offers. Pure functions. */
(() => {
  const { causes, data, kinds, page } = self.sipokat;

  const STATES = {
    waiting: ["Menunggu dikirim", "wait"],
    sending: ["Mengirim", "wait"],
    needs_login: ["Perlu masuk lagi", "warn"],
    needs_attention: ["Perlu diperbaiki", "warn"],
  };

  /** The number of the report in whose place this one comes, or undefined. */
  const replaced = (entry) =>
    kinds.of(entry) === kinds.KINDS.report
      ? /^perbaikan:(\d+)/.exec(kinds.offer(entry))?.[1]
      : undefined;

  /** Whether the server has this photo. */
  const arrived = (entry, photo) =>
    entry.receipt?.photos.some(
      (one) => one.sha256 === photo.sha256 && ["received", "ready"].includes(one.state),
    );

  /** "Laporan 00018 · Kinerja · Diperiksa 23 Nov, 07.12" of a decision. */
  const decisionFacts = ({ report, chosen, written_at }) =>
    [`Laporan ${report}`, ...chosen, `Diperiksa ${page.moment(written_at)}`].join(" · ");

  /** "Ditulis 23 Nov, 07.12 · 312 KB · 2 foto". */
  function facts(entry) {
    if (kinds.of(entry).acknowledged) return decisionFacts(entry);
    const bytes = entry.photos.reduce((sum, one) => sum + one.size, 0);
    const words = new Blob([JSON.stringify(entry.body)]).size;
    const photos = entry.photos.length ? `${entry.photos.length} foto` : "";
    const old = replaced(entry);
    const parts = [
      old && `Pengganti laporan ${old}`,
      `Ditulis ${page.moment(entry.written_at)}`,
      page.size(bytes + words),
      photos,
    ];
    return parts.filter(Boolean).join(" · ");
  }

  function photosLeft(entry) {
    const left = entry.photos.filter((one) => !one.drop && !arrived(entry, one)).length;
    return left ? `${left} foto belum terkirim.` : "";
  }

  /** Why it waits and what will happen; `doubt` is that of `causes.doubt`. */
  function next({ last_error: error }, doubt) {
    const cause = causes.standing(error?.code, doubt);
    if (!cause) return "Dikirim otomatis saat ada sinyal.";
    const then =
      cause === "network" ? "Dikirim otomatis saat sinyal ada." : "Dicoba lagi otomatis.";
    return `${causes.sentence(cause, doubt)} ${then}`.trim();
  }

  /** "10.42", with the day if it is not today. */
  function time(at) {
    const [whole, today] = [page.moment(at), page.moment(Date.now())].map((one) => one.split(", "));
    return whole[0] === today[0] ? whole[1] : whole.join(", ");
  }

  /** What has become of a decision that was refused: who was first, or why it could not be. */
  function refusal({ last_error: { last, message, fields } }) {
    const sentences = Object.values(fields || {});
    if (last) return `${last.what}, ${time(last.at)}. Keputusan Anda tidak tercatat.`;
    // The message often is the sentence of the only field that is wrong.
    const said = new Set([message, ...sentences, "Keputusan Anda tidak tercatat."]);
    return [...said].filter(Boolean).join(" ");
  }

  /** Why the entry is still on the phone, and what will happen or has to be done. */
  function why(entry, doubt) {
    const error = entry.last_error;
    const got = entry.receipt
      ? `Sudah diterima dengan nomor ${entry.receipt.number}. ${photosLeft(entry)}`
      : "";
    if (entry.state === "needs_login") return `${got} Dikirim otomatis setelah Anda masuk.`.trim();
    if (entry.state === "sending") return got;
    if (entry.state !== "needs_attention") {
      return `${got} ${next(entry, doubt)}`.trim();
    }
    if (error?.photo) return got;
    if (kinds.of(entry).acknowledged) return refusal(entry);
    const sentences = Object.values(error?.fields || {});
    return [got, ...(sentences.length ? sentences : [error?.message])].filter(Boolean).join(" ");
  }

  /**
   * The number of the report to which the card links: the report that the entry has become, else
   * the one because of which it was refused, else the one that it revises. Null if there is none.
   */
  function numberOf(entry) {
    const { last_error: error, receipt, report } = entry;
    const named = /laporan (\d+)/.exec(error?.fields?.["fields.periode"] || "");
    return receipt?.number || error?.report || named?.[1] || report || null;
  }

  /** Whether mending it in the form can help: not if another report already stands in its place. */
  function mendable(entry) {
    const { last_error: error } = entry;
    if (!kinds.of(entry).mendPath(entry)) return false;
    if (entry.state === "needs_attention" && error?.code === "second_of_period") return false;
    if (error?.status !== 409) return true;
    return kinds.of(entry).mendsConflict(entry, error);
  }

  /** Whether sending it again as it is can help. */
  function sendable(entry) {
    const { state, last_error: error } = entry;
    if (state === "waiting") return true;
    if (kinds.of(entry).acknowledged) return false;
    const hopeless = error?.photo || error?.status === 409;
    return state === "needs_attention" && !hopeless;
  }

  /** How the entry stands, `[words, tone]`: what nobody can mend is not to be mended. */
  function label(entry) {
    const stuck = entry.state === "needs_attention" && !entry.last_error?.photo;
    if (stuck && kinds.of(entry).acknowledged) return ["Tidak tercatat", "warn"];
    if (!stuck || mendable(entry)) return STATES[entry.state];
    return [sendable(entry) ? "Belum diterima" : "Tidak bisa dikirim", "warn"];
  }

  /** Whether the report may be sent without this photo: not if it is the last required one. */
  function spareable(entry, photo) {
    const left = entry.body.photos.length - entry.photos.filter((one) => one.drop).length;
    return !photo.drop && (left > 1 || !data.needs_photo.includes(entry.category));
  }

  /** "1 laporan dan 28 keputusan"; of none "". */
  function amount(list) {
    const decisions = list.filter(({ kind }) => kinds.KINDS[kind]?.acknowledged).length;
    const reports = list.length - decisions;
    const parts = [reports && `${reports} laporan`, decisions && `${decisions} keputusan`];
    return parts.filter(Boolean).join(" dan ");
  }

  self.sipokat.words = {
    amount,
    arrived,
    facts,
    label,
    mendable,
    numberOf,
    refusal,
    replaced,
    sendable,
    spareable,
    why,
  };
})();
