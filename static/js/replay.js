/*
 * Sends what the outbox holds. One run at a time on the whole phone (a Web Lock), oldest first: the
 * words of every report, then each photo by itself, so that a weak signal carries the words at
 * once. Nothing leaves the outbox before a receipt that names it and, for each photo, the digest
 * that this phone computed. The same file runs in the page and in the worker; no DOM.
 */
(() => {
  const { announce } = self.sipokat.store;
  const { answers, identity, outbox, wire } = self.sipokat;
  const { advance, classify, due, failing, listed, needLogin, open } = answers;
  const { pending, refuse, rest, settled, stamp, startOver, PHOTO_TROUBLE } = answers;
  const { contentDigest, exchange, sha256 } = wire;
  const LOCK = "sipokat-replay";

  // --- One step ----------------------------------------------------------------------------

  function request(entry, step, photo, bytes) {
    const user = entry.owner;
    if (step === "text") {
      const body = JSON.stringify(entry.body);
      const path = entry.kind === "revision" ? `/laporan/${entry.report}/perbaikan` : "/laporan";
      const headers = { "Content-Type": "application/json" };
      return { method: "POST", path, user, headers, body, size: body.length };
    }
    const path = `/laporan/${entry.client_id}/foto/${photo.id}`;
    if (step === "drop") return { method: "DELETE", path, user };
    return {
      method: "PUT",
      path: photo.replaces ? `${path}?ganti=${photo.replaces}` : path,
      user,
      headers: { "Content-Type": photo.type, "Content-Digest": contentDigest(photo.sha256) },
      body: bytes,
      size: bytes.byteLength,
    };
  }

  /** Sends the words or one photo of an entry. Returns the outcome; null when it must not go. */
  async function send(id, step, photo = null) {
    let bytes = null;
    const owner = (await identity.who()).owner?.id;
    if (step === "photo") {
      bytes = (await outbox.photo(photo.id))?.bytes;
      if (!bytes) return mark(id, photo, "damaged");
    }
    const claimed = await outbox.update(
      id,
      (entry) =>
        pending(entry) && entry.owner === owner && (step === "text") === !entry.receipt
          ? { ...entry, state: "sending", attempts: entry.attempts + 1, last_try: Date.now() }
          : null,
      { owner: owner || "" },
    );
    if (!claimed) return null;
    const at = claimed.photos.findIndex((one) => one.id === photo?.id);
    if (photo && at < 0) return null;
    const ask = request(claimed, step, photo, bytes);
    const place = { photo: at + 1, of: claimed.photos.length };
    announce({ type: "progress", id, step, size: ask.size, started: Date.now(), ...place });
    const facts = { ...(await exchange(ask)), step, photo };
    const verdict = classify(facts, claimed);
    return conclude(id, photo, verdict, facts.json);
  }

  async function mark(id, photo, code) {
    const error = { code, message: PHOTO_TROUBLE[code], fields: {} };
    await outbox.update(id, (entry) => refuse(entry, photo, error));
    return "needs_attention";
  }

  async function conclude(id, photo, verdict, json) {
    const { outcome } = verdict;
    if (outcome === "progress") {
      await outbox.update(id, (one) => advance(one, json));
    } else if (outcome === "needs_login") {
      const { owner } = (await outbox.entry(id)) || {};
      await outbox.updateAll(owner, (one) => (pending(one) ? needLogin(one) : null));
    } else if (outcome === "needs_attention") {
      await outbox.update(id, (one) => refuse(one, photo, verdict.error));
    } else if (outcome === "text_first") {
      await outbox.update(id, startOver);
    } else if (outcome === "rehash") {
      const row = await outbox.photo(photo.id);
      if (!row || (await sha256(row.bytes)) !== photo.sha256) return mark(id, photo, "damaged");
      await outbox.update(id, (one) => failing(one, { code: "digest", retry_after: null }));
    } else {
      await outbox.update(id, (one) => failing(one, verdict));
    }
    return outcome;
  }

  // --- A run -------------------------------------------------------------------------------

  /** Tells the server about a sign-out made without signal. True once nothing is left to tell. */
  async function leave() {
    const { signed_out } = await identity.who();
    if (!signed_out) return true;
    const headers = { "Content-Type": "application/json" };
    const ask = { method: "POST", path: "/keluar", user: signed_out.user, headers, body: "{}" };
    const { own, status } = await exchange(ask);
    if (!own || (status !== 200 && status !== 401)) return false; // 401: the session had ended
    await identity.signedOut();
    return true;
  }

  /** The photos of one entry, each by itself. False when this owner must sign in first. */
  async function sendPhotos(id) {
    const tried = new Set();
    for (;;) {
      const entry = await outbox.entry(id);
      if (!entry?.receipt || !pending(entry)) return true;
      const photo = open(entry).find((one) => !tried.has(one.id));
      if (!photo) {
        await outbox.update(id, (one) => (one.receipt ? rest(one) : null)); // nothing left to send
        return true;
      }
      tried.add(photo.id);
      const step = photo.drop ? "drop" : "photo";
      let outcome = await send(id, step, photo);
      if (outcome === "text_first") {
        outcome = await send(id, "text");
        if (outcome === "progress") outcome = await again(id, step, photo);
      }
      if (outcome === "needs_login") return false;
      if (outcome !== "progress" && outcome !== "needs_attention") return true;
    }
  }

  /** The words have gone once more, and their receipt says whether this photo is awaited. */
  async function again(id, step, photo) {
    const entry = await outbox.entry(id);
    if (!entry?.receipt || settled(photo, entry.receipt)) return "progress";
    const known = [photo.id, photo.replaces].some((one) => listed(entry.receipt, one));
    return known ? send(id, step, photo) : mark(id, photo, "not_awaited");
  }

  async function run(mode) {
    if (!(await leave())) return;
    const { owner } = await identity.who();
    if (!owner) return;
    const list = await outbox.entries(owner.id);
    const ids = list.filter((one) => pending(one) && due(one, mode)).map((one) => one.id);
    for (const id of ids) {
      const entry = await outbox.entry(id);
      if (!entry || entry.receipt) continue;
      if ((await send(id, "text")) === "needs_login") return;
    }
    for (const id of ids) {
      if (!(await sendPhotos(id))) return;
    }
    await outbox.purge();
  }

  /** Runs `work` while no other page and no worker is sending. */
  function alone(work, options = {}) {
    return navigator.locks ? navigator.locks.request(LOCK, options, work) : work();
  }

  let queued = null;
  let wanted = "";

  /**
   * Sends what is due; `mode` as for `due`. While a run is under way one more is queued behind it,
   * so that a report submitted meanwhile is not missed. Resolves with how many still wait.
   */
  function drain(mode = "") {
    const strength = ["", "now", "tap"];
    if (strength.indexOf(mode) > strength.indexOf(wanted)) wanted = mode;
    queued ||= alone(async () => {
      const asked = wanted;
      queued = null;
      wanted = "";
      try {
        await run(asked);
      } catch (error) {
        if (error.code !== "owner") throw error; // signed out in the middle: the rest stays
      }
      const { owner } = await identity.who();
      return owner ? (await outbox.count(owner.id)).waiting : 0;
    });
    return queued;
  }

  /** Milliseconds until the next entry is due; null when nothing waits. */
  async function nextTry() {
    const { owner, signed_out } = await identity.who();
    if (signed_out) return 30_000;
    const list = owner ? (await outbox.entries(owner.id)).filter(pending) : [];
    if (!list.length) return null;
    return Math.max(0, Math.min(...list.map((one) => (due(one) ? 0 : one.next_try - Date.now()))));
  }

  /** The person wants a refused entry sent again as it is. */
  function retry(id) {
    return outbox.update(id, (one) => ({
      ...one,
      state: "waiting",
      next_try: 0,
      photos: one.photos.map((photo) => ({ ...photo, error: null })),
    }));
  }

  /** Whether a run is under way anywhere; an entry "sending" without one is waiting. */
  async function busy() {
    if (!navigator.locks) return queued !== null;
    return (await navigator.locks.query()).held.some((lock) => lock.name === LOCK);
  }

  self.sipokat.replay = {
    alone,
    busy,
    classify,
    drain,
    exchange,
    leave: () => alone(leave),
    nextTry,
    retry,
    sha256,
    stamp,
  };
})();
