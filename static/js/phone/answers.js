/*
 * What the server's answer means and how it changes the outbox's entry, as the table in
 * docs/offline.md says. Pure functions: `replay.js` sends, `outbox.js` stores. The same file runs
 * in the page and in the worker; no DOM.
 */
(() => {
  const { causes, kinds } = self.sipokat;
  const MENDABLE = [400, 403, 409, 413, 415, 422];
  const LONGEST_BACKOFF = 300_000;
  const LONGEST_RETRY_AFTER = 3_600_000;
  const READINGS = 3; // after so many failures to read it from the disk a photo is damaged

  const PHOTO_TROUBLE = {
    broken: "Foto ini tidak bisa dibuka. Ganti dengan foto lain.",
    damaged: "Foto ini rusak di HP. Ganti dengan foto lain.",
    not_awaited: "Foto ini tidak lagi ditunggu. Laporannya sudah diterima. Kirim tanpa foto ini.",
  };

  /** What the receipt says of this photo, or undefined. */
  const listed = (receipt, id) => receipt.photos.find((one) => one.id === id);

  /**
   * Whether nothing is left to do for this photo: the receipt says that the server has its bytes,
   * or no longer lists it after the person chose to go without it (`drop`).
   */
  function settled(photo, receipt) {
    if (!receipt) return false;
    const there = listed(receipt, photo.id);
    if (photo.drop) return !there;
    return there?.sha256 === photo.sha256 && ["received", "ready"].includes(there.state);
  }

  /** Whether this answer is a receipt, and for this very entry. */
  function names(receipt, step, entry) {
    if (!receipt?.number) return false;
    const told = Array.isArray(receipt.photos);
    if (step !== "text") return told && receipt.client_id === entry.client_id;
    const { id_name } = kinds.of(entry);
    // Whoever no longer holds the office is told only which action it was.
    return receipt[id_name] === entry.id && (told || id_name === "action_id");
  }

  /**
   * What an answer means. `facts` are those of `wire.exchange`, with the `step` that was tried
   * ("text", "photo", or "drop" to go without a photo) and its `photo`. Returns `{outcome}`:
   *
   *   "progress"         a receipt that confirms this step
   *   "needs_login"      nobody, or somebody else, is signed in
   *   "needs_attention"  refused, with `error`: `{status, code, message, fields, report, desk, last}`
   *   "text_first"       the server does not know the photo: the text must be sent again first
   *   "rehash"           the bytes that arrived do not match their digest
   *   "waiting"          no answer that counts; with `code`, the cause by `causes.of` if there is one,
   *                      and `retry_after` in ms if the server said when to come again
   */
  function classify(facts, entry) {
    const waiting = (code, retry_after = null) => ({ outcome: "waiting", code, retry_after });
    const cause = causes.of(facts);
    if (cause) return waiting(cause, cause === "busy" ? facts.retry_after : null);
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
        last: json.last,
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
    // A report of one's own is never unknown; one to act on is, once it is out of the person's sight.
    const unseen = status === 404 && entry.report;
    if (unseen || MENDABLE.includes(status)) return refused(json.error, json.message);
    return waiting("other");
  }

  /**
   * 2ⁿ s, at most five minutes, less up to a half by chance, so that phones do not come at once.
   */
  function backoff(attempts) {
    return Math.min(LONGEST_BACKOFF, 1000 * 2 ** attempts) * (0.5 + Math.random() / 2);
  }

  /** This moment (or `date`) in RFC 3339, with the phone's own offset from UTC. */
  function stamp(date = new Date()) {
    const ahead = -date.getTimezoneOffset();
    const local = new Date(date.getTime() + ahead * 60_000).toISOString().slice(0, 19);
    const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
    return `${local}${ahead < 0 ? "-" : "+"}${two(ahead / 60)}:${two(ahead % 60)}`;
  }

  /** Milliseconds of the Retry-After header, an hour at most; null without a readable one. */
  function retryAfter(headers) {
    const given = headers.get("Retry-After");
    if (!given) return null;
    // A date is compared with the answer's own `Date`: the phone's clock may be years off.
    const date = Date.parse(given) - Date.parse(headers.get("Date") || "");
    const ms = /^\d+$/.test(given) ? Number(given) * 1000 : date;
    return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER);
  }

  /** Whether it is sent without the person doing anything. */
  const pending = (entry) => entry.state === "waiting" || entry.state === "sending";
  /** The photos that are still to be sent. */
  const open = (entry) => entry.photos.filter((one) => !one.error && !settled(one, entry.receipt));

  // --- How the entry changes: each function takes the entry and returns the next one ---------

  /** No answer that counts: it is tried again later. */
  function failing(entry, { code, retry_after }) {
    return {
      ...entry,
      state: "waiting",
      // A Retry-After from the server also holds when `online` fires; our own back-off does not.
      told_to_wait: retry_after !== null,
      next_try: Date.now() + (retry_after ?? backoff(entry.attempts)),
      last_error: { code },
    };
  }

  /** The server refused the entry, or only this `photo` of it: the person has to mend it. */
  function refuse(entry, photo, error) {
    if (!photo) return { ...entry, state: "needs_attention", last_error: error };
    const photos = entry.photos.map((one) => (one.id === photo.id ? { ...one, error } : one));
    return rest({ ...entry, photos, attempts: 0, next_try: 0 });
  }

  /**
   * Something is wrong with this photo (`code` of PHOTO_TROUBLE) that sending again cannot mend.
   */
  function spoil(entry, photo, code) {
    return refuse(entry, photo, { code, message: PHOTO_TROUBLE[code], fields: {} });
  }

  /** The disk failed to read this photo: it is tried again, and is damaged after READINGS times. */
  function unread(entry, { id }) {
    const photo = entry.photos.find((one) => one.id === id);
    if (!photo) return null;
    const readings = (photo.readings || 0) + 1;
    if (readings === READINGS) return spoil(entry, photo, "damaged");
    const photos = entry.photos.map((one) => (one === photo ? { ...one, readings } : one));
    return failing({ ...entry, photos, attempts: readings }, { code: "disk", retry_after: null });
  }

  const RECEIPT =
    "id owner kind report category title order written_at state sent_at client_id digest";

  /**
   * What stays of an entry that has been sent: number, title, times and digests, and what it has
   * done of that which pages offer (see kinds.js), but no words, no coordinates and no region.
   */
  function receiptOf({ receipt, photos, ...entry }) {
    const kept = RECEIPT.split(" ").map((key) => [key, entry[key]]);
    const digests = photos.map(({ id, sha256 }) => ({ id, sha256 }));
    // Scripts from before receipts were cut look into `body.fields`, in tabs that are still open.
    const offer = kinds.offer({ ...entry, receipt });
    return { ...Object.fromEntries(kept), offer, receipt, photos: digests, body: { fields: {} } };
  }

  /**
   * The state of an entry whose text the server has: "sent" once every photo is settled,
   * "needs_attention" if all that is left are refused photos, else "waiting".
   */
  function rest(entry) {
    const { photos, receipt } = entry;
    if (photos.every((one) => settled(one, receipt))) {
      return receiptOf({ ...entry, state: "sent", sent_at: Date.now() });
    }
    const refused = photos.find((one) => one.error);
    if (!refused) return { ...entry, state: "waiting", last_error: null };
    const last_error = { ...refused.error, photo: refused.id };
    // The other photos are sent before the person is asked to mend the refused one.
    return { ...entry, last_error, state: open(entry).length ? "waiting" : "needs_attention" };
  }

  /** The receipt of this entry has come. */
  function advance(entry, json) {
    const { client_id, number } = json;
    // Of the text: what a photo's receipt says is when the report first came.
    const received_at = entry.receipt?.received_at || json.received_at || stamp();
    // Without a list of photos nothing says where they could be sent.
    const { not_awaited: message } = PHOTO_TROUBLE;
    const error = { code: "not_awaited", message, fields: {} };
    const stranded = json.photos ? {} : { photos: entry.photos.map((one) => ({ ...one, error })) };
    const listed = json.photos || [];
    const photos = listed.map(({ id, sha256, state }) => ({ id, sha256, state }));
    const receipt = { client_id, number, received_at, photos };
    return rest({
      ...entry,
      ...stranded,
      receipt,
      client_id,
      attempts: 0,
      next_try: 0,
      told_to_wait: false,
    });
  }

  /** The server does not know the photo: the entry goes back to before its receipt. */
  function startOver(entry) {
    const lost = (entry.lost || 0) + 1;
    const after = failing({ ...entry, attempts: lost }, { code: "lost", retry_after: null });
    return { ...after, receipt: null, lost };
  }

  /** Nobody is signed in for the server: it waits until its owner signs in again. */
  function needLogin(entry) {
    return { ...entry, state: "needs_login", attempts: 0, next_try: 0, last_error: null };
  }

  /**
   * Whether it may be sent now. `mode` is "tap" if the person asked for it, "now" if something says
   * that the signal may be back, else "".
   */
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
    receiptOf,
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
