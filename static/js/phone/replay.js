/*
 * Sends the outbox. One run at a time on the whole phone (a Web Lock), oldest entry first: the text
 * of every entry, then each photo by itself, so that the texts get through on a weak signal. An
 * entry leaves the outbox only when a receipt names it and, for each photo, the digest that this
 * phone computed. The same file runs in the page and in the worker; no DOM.
 */
(() => {
  const { alone, announce, fault } = self.sipokat.store;
  const { answers, identity, kinds, outbox, wire } = self.sipokat;
  const { advance, classify, due, failing, listed, needLogin, open } = answers;
  const { pending, refuse, rest, settled, spoil, startOver, unread } = answers;
  const { contentDigest, exchange, sha256 } = wire;
  const LOCK = "sipokat-replay";
  const LEAVING = "sipokat-leave";
  const LEAVE_MS = 8000; // time-out of a sign-out: the next person must not wait longer to sign in

  // Entries as they are now, by id, where the phone was too full to write the change. The run goes
  // on with these: nobody else sends while it holds the lock, and if it is killed, sending the same
  // again does no harm.
  const unwritten = new Map();
  const read = async (id) => unwritten.get(id) || outbox.entry(id);

  /** Runs `write`. Returns false if there was no room; the outbox page then tells the person. */
  async function fits(write) {
    try {
      await write();
      return true;
    } catch (error) {
      if (error.code !== "full") throw error;
      announce({ type: "full" });
      return false;
    }
  }

  /**
   * `outbox.update` for a run: on a full phone it first deletes the bytes of photos that have
   * arrived, and if that is not enough keeps the new entry in `unwritten`. Returns the new entry,
   * or null.
   */
  async function note(id, change, options) {
    let after = null;
    const next = (stored) => (after = change(unwritten.get(id) || stored));
    const write = () => outbox.update(id, next, options);
    const makeRoom = async (error) => {
      const there = after?.photos.filter((one) => settled(one, after.receipt)) || [];
      if (error.code !== "full" || !there.length) throw error;
      await outbox.dropBytes(there.map((one) => one.id));
      await write();
    };
    const fitted = await fits(() => write().catch(makeRoom));
    if (fitted && after) unwritten.delete(id);
    else if (after) unwritten.set(id, after);
    return after;
  }

  // --- One step ----------------------------------------------------------------------------

  /** The request of one step, as `wire.exchange` takes it. */
  function request(entry, step, photo, bytes) {
    const user = entry.owner;
    if (step === "text") {
      const body = JSON.stringify(entry.body);
      const path = kinds.of(entry).path(entry);
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

  /** A photo's bytes; null if the disk does not have them or fails, which the entry then notes. */
  async function load(id, photo) {
    try {
      const row = await outbox.photo(photo.id);
      if (row) return row.bytes;
      await note(id, (entry) => spoil(entry, photo, "damaged"));
    } catch (error) {
      if (error.code === "full") throw error;
      await note(id, (entry) => unread(entry, photo));
    }
    return null;
  }

  /**
   * Takes one step for an entry: sends its text or a photo, or drops a photo. Returns the outcome
   * (see `answers.classify`), or null if the step must not be taken any more.
   */
  async function send(id, step, photo = null) {
    const { owner: person, sign_ins } = await identity.who();
    const owner = person?.id;
    const bytes = step === "photo" ? await load(id, photo) : null;
    if (step === "photo" && !bytes) return "needs_attention";
    const claimed = await note(
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
    return conclude(claimed, photo, { ...classify(facts, claimed), sign_ins }, facts.json);
  }

  /**
   * Changes the entry as the answer says, and returns the outcome. `verdict` is that of `classify`
   * with `sign_ins` from before the request was sent.
   */
  async function conclude({ id, owner }, photo, verdict, json) {
    const { outcome } = verdict;
    if (outcome === "progress") {
      await note(id, (one) => advance(one, json));
    } else if (outcome === "needs_login") {
      const all = (one) => (pending(one) ? needLogin(one) : null);
      let late = false;
      await fits(async () => {
        late = !(await outbox.updateAll(owner, all, verdict.sign_ins));
      });
      if (late) {
        // The owner has signed in since it was sent: this 401 says nothing about the new session.
        await note(id, (one) => ({ ...one, state: "waiting", next_try: 0 }));
        return "waiting";
      }
    } else if (outcome === "needs_attention") {
      await note(id, (one) => refuse(one, photo, verdict.error));
    } else if (outcome === "text_first") {
      await note(id, startOver);
    } else if (outcome === "rehash") {
      const bytes = await load(id, photo);
      if (!bytes) return "needs_attention";
      const sound = (await sha256(bytes)) === photo.sha256;
      const later = { code: "digest", retry_after: null };
      await note(id, (one) => (sound ? failing(one, later) : spoil(one, photo, "damaged")));
      return sound ? outcome : "needs_attention";
    } else {
      await note(id, (one) => failing(one, verdict));
    }
    return outcome;
  }

  // --- A run -------------------------------------------------------------------------------

  /** Tells the server about a sign-out, if there is one to tell. True once it need not be told. */
  async function tell() {
    const { signed_out } = await identity.who();
    if (!signed_out) return true;
    const headers = { "Content-Type": "application/json" };
    const { user } = signed_out;
    const ask = { method: "POST", path: "/keluar", user, headers, body: "{}", first: LEAVE_MS };
    const { own, status } = await exchange(ask);
    // 401: that session has ended, or somebody else is signed in by now.
    if (!own || (status !== 200 && status !== 401)) return false;
    await identity.signedOut();
    return true;
  }

  /**
   * Tells the server about a sign-out that was made without signal, even while a run is sending.
   * Then runs `work(told)` before any other call tells the server: if `work` signs somebody in, a
   * late sign-out must not end the new session. `told` is true once nothing is left to tell.
   */
  function leave(work = (told) => told) {
    return alone(LEAVING, async () => work(await tell()));
  }

  async function sendText(id) {
    const entry = await outbox.entry(id);
    return entry && !entry.receipt ? send(id, "text") : null;
  }

  /**
   * Sends all photos of an entry that has a receipt. Returns the outcome that stopped it, or null.
   */
  async function sendPhotos(id) {
    const tried = new Set();
    for (;;) {
      const entry = await read(id);
      if (!entry?.receipt || !pending(entry)) return null;
      const photo = open(entry).find((one) => !tried.has(one.id));
      if (!photo) {
        await note(id, (one) => (one.receipt ? rest(one) : null));
        return null;
      }
      tried.add(photo.id);
      const step = photo.drop ? "drop" : "photo";
      let outcome = await send(id, step, photo);
      if (outcome === "text_first") {
        outcome = await send(id, "text");
        if (outcome === "progress") outcome = await again(id, step, photo);
      }
      if (outcome !== "progress" && outcome !== "needs_attention") return outcome;
    }
  }

  /** Takes the step again after the text was sent again, if the new receipt asks for this photo. */
  async function again(id, step, photo) {
    const entry = await read(id);
    if (!entry?.receipt || settled(photo, entry.receipt)) return "progress";
    if ([photo.id, photo.replaces].some((one) => listed(entry.receipt, one))) {
      return send(id, step, photo);
    }
    await note(id, (one) => spoil(one, photo, "not_awaited"));
    return "needs_attention";
  }

  /** Sends everything that is due; the caller holds LOCK. */
  async function run(mode) {
    await outbox.purge().catch(() => {}); // also when nobody is signed in
    if (!(await leave())) return;
    const { owner } = await identity.who();
    if (!owner) return;
    const list = await outbox.entries(owner.id);
    // We hold the lock, so nobody is sending: these were left by a browser that was killed.
    const left = (one) => (one.state === "sending" ? { ...one, state: "waiting" } : null);
    if (list.some(left)) await fits(() => outbox.updateAll(owner.id, left));
    const ids = list.filter((one) => pending(one) && due(one, mode)).map((one) => one.id);
    unwritten.clear();
    let trouble = null;
    /**
     * Does `work` for each entry; one that fails does not hold back the next. Returns false if the
     * owner must sign in first.
     */
    const all = async (work) => {
      for (const id of ids) {
        try {
          if ((await work(id)) === "needs_login") return false;
        } catch (error) {
          if (error.code === "owner") throw error;
          trouble = error;
        }
      }
      return true;
    };
    if (await all(sendText)) await all(sendPhotos);
    if (unwritten.size) trouble = fault("full");
    if (trouble) throw trouble;
  }

  let queued = null;
  let running = false;
  let wanted = "";

  /**
   * Sends what is due; `mode` as for `answers.due`. A call while a run is under way queues one more
   * run, so that a report submitted meanwhile is sent too; further calls join it, with the
   * strongest mode. Resolves with how many entries still wait. Rejects if the phone's storage was
   * full or failed, after sending all that it could.
   */
  function drain(mode = "") {
    const strength = ["", "now", "tap"];
    if (strength.indexOf(mode) > strength.indexOf(wanted)) wanted = mode;
    queued ||= alone(LOCK, async () => {
      const asked = wanted;
      queued = null;
      wanted = "";
      running = true;
      try {
        await run(asked);
      } catch (error) {
        if (error.code !== "owner") throw error; // signed out meanwhile: the rest stays unsent
      } finally {
        running = false;
      }
      const { owner } = await identity.who();
      return owner ? (await outbox.count(owner.id)).waiting : 0;
    });
    return queued;
  }

  /** Milliseconds until the next run is needed; null when nothing waits. */
  async function nextTry() {
    const { owner, signed_out } = await identity.who();
    if (signed_out) return 30_000;
    const list = owner ? (await outbox.entries(owner.id)).filter(pending) : [];
    if (!list.length) return null;
    return Math.max(0, Math.min(...list.map((one) => (due(one) ? 0 : one.next_try - Date.now()))));
  }

  /** Whether a run is under way, in this page or anywhere else on the phone. */
  async function busy() {
    if (!navigator.locks) return running;
    return (await navigator.locks.query()).held.some((lock) => lock.name === LOCK);
  }

  /** Entries as they are shown: one that says "sending" while nobody sends is waiting. */
  async function seen(list) {
    const idle = !(await busy());
    return list.map((one) =>
      idle && one.state === "sending" ? { ...one, state: "waiting" } : one,
    );
  }

  self.sipokat.replay = {
    /** Runs `work` while nothing is being sent. */
    alone: (work) => alone(LOCK, work),
    busy,
    drain,
    leave,
    nextTry,
    request,
    seen,
  };
})();
