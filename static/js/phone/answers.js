/*
 * What an answer to a report means, and what it does to the outbox's entry: pure functions, the
 * protocol's table and nothing else. Sending is `replay.js`, storing is `outbox.js`.
 */
(() => {
  const { kinds } = self.sipokat;
  const MENDABLE = [400, 403, 409, 413, 415, 422];
  const LONGEST_BACKOFF = 300_000;
  const LONGEST_RETRY_AFTER = 3_600_000;
  const READINGS = 3; // so often may the disk fail to give a photo

  const PHOTO_TROUBLE = {
    broken: "Foto ini tidak bisa dibuka. Ganti dengan foto lain.",
    damaged: "Foto ini rusak di HP. Ganti dengan foto lain.",
    not_awaited: "Foto ini tidak lagi ditunggu. Laporannya sudah diterima. Kirim tanpa foto ini.",
  };

  const listed = (receipt, id) => receipt.photos.find((one) => one.id === id);

  /** Whether the receipt says that this photo has arrived whole (or, dropped, is gone). */
  function settled(photo, receipt) {
    if (!receipt) return false;
    const there = listed(receipt, photo.id);
    if (photo.drop) return !there;
    return there?.sha256 === photo.sha256 && ["received", "ready"].includes(there.state);
  }

  /** Whether this is a receipt, and for this very entry. */
  function names(receipt, step, entry) {
    if (!receipt?.number || !Array.isArray(receipt.photos)) return false;
    if (step !== "text") return receipt.client_id === entry.client_id;
    return receipt[kinds.of(entry).id_name] === entry.id;
  }

  /**
   * What an answer means, apart from all sending and storing.
   *
   * facts: `{step: "text"|"photo"|"drop", photo, status, own, json, retry_after, problem}`; `own`
   * is whether it is SIPOKAT's own (header and JSON), `problem` says why there was no answer.
   * Gives `{outcome}`: "progress", "needs_login", "needs_attention", "text_first", "rehash" or
   * "waiting", the last with `retry_after` in ms where the server named one.
   */
  function classify(facts, entry) {
    const waiting = (code, retry_after = null) => ({ outcome: "waiting", code, retry_after });
    if (facts.problem) return waiting(facts.problem);
    if (!facts.own) return waiting("foreign"); // somebody's Wi-Fi page or proxy
    const { status, json, step, photo } = facts;
    const refused = (code, message) => ({
      outcome: "needs_attention",
      error: {
        status,
        code,
        message,
        fields: json.fields || {},
        report: json.report?.number,
        desk: json.report?.desk,
      },
    });
    if (status === 200 || status === 201) {
      if (!names(json, step, entry)) return waiting("other");
      if (step === "text" || settled(photo, json)) return { outcome: "progress" };
      if (listed(json, photo.id)?.state === "broken")
        return refused("broken", PHOTO_TROUBLE.broken);
      return waiting("other");
    }
    if (status === 401) return { outcome: "needs_login" };
    if (status === 404 && step !== "text") return { outcome: "text_first" };
    if (json.error === "digest_mismatch" && step === "photo") return { outcome: "rehash" };
    if (MENDABLE.includes(status)) return refused(json.error, json.message);
    if (status === 429 || status === 503) return waiting("busy", facts.retry_after);
    return waiting("other");
  }

  /** 2ⁿ s, at most five minutes, never in step with other phones. */
  function backoff(attempts) {
    return Math.min(LONGEST_BACKOFF, 1000 * 2 ** attempts) * (0.5 + Math.random() / 2);
  }

  /** RFC 3339 with this phone's offset. */
  function stamp(date = new Date()) {
    const ahead = -date.getTimezoneOffset();
    const local = new Date(date.getTime() + ahead * 60_000).toISOString().slice(0, 19);
    const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
    return `${local}${ahead < 0 ? "-" : "+"}${two(ahead / 60)}:${two(ahead % 60)}`;
  }

  function retryAfter(headers) {
    const given = headers.get("Retry-After");
    if (!given) return null;
    // A date is read against the answer's own clock: the phone's may be years off.
    const date = Date.parse(given) - Date.parse(headers.get("Date") || "");
    const ms = /^\d+$/.test(given) ? Number(given) * 1000 : date;
    return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER);
  }

  const pending = (entry) => entry.state === "waiting" || entry.state === "sending";
  const open = (entry) => entry.photos.filter((one) => !one.error && !settled(one, entry.receipt));

  // --- What it does to the entry: each takes one and gives the next ------------------------

  /** No answer that counts: later, by itself. */
  function failing(entry, { code, retry_after }) {
    return {
      ...entry,
      state: "waiting",
      // The word of the server is kept even when the signal comes back; a back-off is not.
      told_to_wait: retry_after !== null,
      next_try: Date.now() + (retry_after ?? backoff(entry.attempts)),
      last_error: { code },
    };
  }

  /** Refused as it is: the person has to mend it. */
  function refuse(entry, photo, error) {
    if (!photo) return { ...entry, state: "needs_attention", last_error: error };
    const photos = entry.photos.map((one) => (one.id === photo.id ? { ...one, error } : one));
    return rest({ ...entry, photos, attempts: 0, next_try: 0 });
  }

  /** A photo with which something is wrong that no sending will mend. */
  function spoil(entry, photo, code) {
    return refuse(entry, photo, { code, message: PHOTO_TROUBLE[code], fields: {} });
  }

  /** The disk did not give the photo's bytes: it may the next time, but not for ever. */
  function unread(entry, { id }) {
    const photo = entry.photos.find((one) => one.id === id);
    if (!photo) return null;
    const readings = (photo.readings || 0) + 1;
    if (readings === READINGS) return spoil(entry, photo, "damaged");
    const photos = entry.photos.map((one) => (one === photo ? { ...one, readings } : one));
    return failing({ ...entry, photos, attempts: readings }, { code: "disk", retry_after: null });
  }

  /** What is left of it: nothing (a receipt now), a photo that the person must mend, or a wait. */
  function rest(entry) {
    const { photos, receipt } = entry;
    if (photos.every((one) => settled(one, receipt))) {
      return { ...entry, state: "sent", last_error: null, sent_at: Date.now() };
    }
    const refused = photos.find((one) => one.error);
    if (!refused) return { ...entry, state: "waiting", last_error: null };
    const last_error = { ...refused.error, photo: refused.id };
    // The photos that can still go are sent first.
    return { ...entry, last_error, state: open(entry).length ? "waiting" : "needs_attention" };
  }

  /** A receipt names it. */
  function advance(entry, json) {
    const { client_id, number, received_at = stamp() } = json;
    const photos = json.photos.map(({ id, sha256, state }) => ({ id, sha256, state }));
    const receipt = { client_id, number, received_at, photos };
    return rest({
      ...entry,
      receipt,
      client_id,
      attempts: 0,
      next_try: 0,
      told_to_wait: false,
    });
  }

  /** The server does not know the photo: the words go first, once more. */
  function startOver(entry) {
    const lost = (entry.lost || 0) + 1;
    const after = failing({ ...entry, attempts: lost }, { code: "lost", retry_after: null });
    return { ...after, receipt: null, lost };
  }

  function needLogin(entry) {
    return { ...entry, state: "needs_login", attempts: 0, next_try: 0, last_error: null };
  }

  /** May it go now? `mode` "tap" is the person asking, "now" a sign that the signal is back. */
  function due(entry, mode, now = Date.now()) {
    const jumped = now < entry.last_try; // the phone's clock was set back
    if (mode === "tap" || jumped || now >= entry.next_try) return true;
    return mode === "now" && !entry.told_to_wait;
  }

  self.sipokat.answers = {
    advance,
    backoff,
    classify,
    due,
    failing,
    listed,
    needLogin,
    open,
    pending,
    refuse,
    rest,
    retryAfter,
    settled,
    spoil,
    stamp,
    startOver,
    unread,
  };
})();
