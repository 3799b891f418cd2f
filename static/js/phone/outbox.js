/*
 * What the phone must never lose: drafts, and the outbox's entries with their photos. An entry that
 * has been sent stays as a receipt. `submit` resolves when everything is on the disk; only then may
 * the page say "Tersimpan di HP". The same file runs in the page and in the worker; no DOM.
 */
(() => {
  const { announce, fault, got, reading, writing } = self.sipokat.store;
  const { data, identity, kinds } = self.sipokat;
  const { mustOwn } = identity;
  const DECISION = "keputusan:"; // begins the slot of what is typed into a decision
  const RECEIPT_MS = data.limits.receipt_days * 86_400_000;

  // --- Drafts ------------------------------------------------------------------------------

  const keyOf = (owner, slot) => `${owner}/${slot}`;

  /** Throws "draft" if the draft that is stored has another id: another tab began it. */
  function mustBe(id, stored) {
    if (stored && stored.id !== id) throw fault("draft");
  }

  /** Deletes the bytes of this draft's or entry's photos, except those whose ids are in `keep`. */
  async function dropPhotos(photos, holder, keep = []) {
    for (const id of await got(photos.index("holder").getAllKeys(holder))) {
      if (!keep.includes(id)) photos.delete(id);
    }
  }

  /**
   * Stores `draft`, `{owner, slot, id, category, values, photos: [{id, type, sha256, size}]}`, in
   * the place of its earlier version. `fresh` are the photos that are not yet on the phone, with
   * their `bytes`. If it fails, the earlier version stays; it fails with "draft" if another tab has
   * begun a draft of its own in the same slot.
   */
  function saveDraft(draft, fresh = []) {
    const key = keyOf(draft.owner, draft.slot);
    return writing(["meta", "drafts", "photos"], async ({ meta, drafts, photos }) => {
      await mustOwn(meta, draft.owner);
      mustBe(draft.id, await got(drafts.get(key)));
      drafts.put({ ...draft, key, updated_at: Date.now() });
      for (const photo of fresh) photos.put({ ...photo, holder: key });
      await dropPhotos(
        photos,
        key,
        draft.photos.map((photo) => photo.id),
      );
    });
  }

  /** The stored draft in this slot, or undefined. */
  function draft(owner, slot) {
    return reading(["drafts"], ({ drafts }) => got(drafts.get(keyOf(owner, slot))));
  }

  /** All drafts of this owner. */
  function drafts(owner) {
    return reading(["drafts"], async ({ drafts }) =>
      (await got(drafts.getAll())).filter((one) => one.owner === owner),
    );
  }

  /** Deletes the draft in this slot. With `id`, fails with "draft" if it is another tab's. */
  function dropDraft(owner, slot, id = null) {
    const key = keyOf(owner, slot);
    return writing(["drafts", "photos"], async ({ drafts, photos }) => {
      if (id) mustBe(id, await got(drafts.get(key)));
      drafts.delete(key);
      await dropPhotos(photos, key);
    });
  }

  // --- Entries -----------------------------------------------------------------------------

  /** Whether the form may open it again: it was never tried, or the server has refused it. */
  const editable = (entry) =>
    !entry.receipt && (entry.state === "needs_attention" || entry.last_try === null);

  /**
   * Puts `entry` into the outbox with its photos and deletes its draft, in one transaction. `entry`
   * is `{id, owner, kind, report, region, form_version, category, title, body, photos,
   * written_at}`, `fresh` as in `saveDraft`, `slot` where its draft is. With `again` it replaces
   * the entry of the same id, which the form has opened again. Fails with "changed" if an entry of
   * this id is there and may not be replaced, with "photo" if the bytes of a photo are neither
   * fresh nor in this entry or in this slot's draft. A draft in the slot that another tab has begun
   * stays.
   */
  async function submit(entry, { fresh = [], slot = null, again = false } = {}) {
    await writing(["meta", "drafts", "entries", "photos"], async (stores) => {
      await mustOwn(stores.meta, entry.owner);
      const before = await got(stores.entries.get(entry.id));
      if (before && !(again && editable(before))) throw fault("changed");
      const all = await got(stores.entries.getAll());
      const last = all.reduce((top, one) => Math.max(top, one.order), 0);
      stores.entries.put({
        ...entry,
        client_id: kinds.of(entry).clientId(entry),
        order: before ? before.order : last + 1, // not a time: the phone's clock may be set back
        state: "waiting",
        attempts: 0,
        last_try: null,
        next_try: 0,
        last_error: null,
        receipt: null,
      });
      const ids = entry.photos.map((photo) => photo.id);
      const key = keyOf(entry.owner, slot);
      const held = (holder) => got(stores.photos.index("holder").getAllKeys(holder));
      const [here, drafted] = [await held(entry.id), await held(key)];
      for (const photo of fresh) stores.photos.put({ ...photo, holder: entry.id });
      const given = [...fresh.map((photo) => photo.id), ...here];
      for (const id of ids.filter((one) => !given.includes(one))) {
        if (!drafted.includes(id)) throw fault("photo");
        stores.photos.put({ ...(await got(stores.photos.get(id))), holder: entry.id });
      }
      await dropPhotos(stores.photos, entry.id, ids);
      const begun = await got(stores.drafts.get(key));
      // Its own draft has the entry's id. If the same draft was already sent from another tab, it
      // has the id of that entry, and this one has a new id. That of a decision is named as its slot.
      if (again || [entry, ...all, { id: slot }].some((one) => one.id === begun?.id)) {
        stores.drafts.delete(key);
        await dropPhotos(stores.photos, key, ids);
      }
    });
    announce({ type: "outbox" });
  }

  /** Entries and receipts of this owner, oldest first, without the photos' bytes. */
  async function entries(owner) {
    const all = await reading(["entries"], ({ entries }) => got(entries.getAll()));
    // A newer version, open in another tab, may have added a kind that only it can send and show.
    const mine = all.filter((one) => one.owner === owner && kinds.of(one));
    return mine.sort((a, b) => a.order - b.order);
  }

  /** One entry, without the photos' bytes, or undefined. */
  function entry(id) {
    return reading(["entries"], ({ entries }) => got(entries.get(id)));
  }

  /** `{id, bytes, type, sha256, size, holder}` or undefined; rejects when the disk fails. */
  function photo(id) {
    return reading(["photos"], ({ photos }) => got(photos.get(id)));
  }

  /**
   * Changes one unsent entry: `change(entry)` returns the new one, or null to leave it as it is.
   * With `owner`, fails with "owner" if that is no longer the owner of this phone. When the entry
   * becomes "sent", the same transaction deletes its photos' bytes; when it gets its receipt, the
   * same transaction adds what is to be sent after it (`kinds.follower`). Returns the new entry, or null.
   */
  async function update(id, change, { owner = null } = {}) {
    const stored = await writing(
      ["meta", "entries", "photos"],
      async ({ meta, entries, photos }) => {
        if (owner) await mustOwn(meta, owner);
        const before = await got(entries.get(id));
        const after = before && before.state !== "sent" ? change(before) : null;
        if (after) entries.put(after);
        if (after?.state === "sent") await dropPhotos(photos, id);
        const next = after?.receipt && !before.receipt && kinds.follower(before, after.receipt);
        if (next && !(await got(entries.get(next.id)))) entries.put(next);
        return after;
      },
    );
    if (stored) announce({ type: stored.state === "sent" ? "sent" : "outbox", id });
    return stored;
  }

  /**
   * Changes every unsent entry of this owner, as `update` does, in one transaction. With
   * `sign_ins`, returns false and changes nothing if somebody has signed in since it was read.
   */
  async function updateAll(owner, change, sign_ins = null) {
    const changed = await writing(["meta", "entries"], async ({ meta, entries }) => {
      if (sign_ins !== null && (await identity.signedInSince(meta, sign_ins))) return false;
      for (const one of await got(entries.getAll())) {
        const after = one.owner === owner && one.state !== "sent" ? change(one) : null;
        if (after) entries.put(after);
      }
      return true;
    });
    announce({ type: "outbox" });
    return changed;
  }

  /** Deletes the bytes of these photos: they have arrived, and a full phone needs the room. */
  function dropBytes(ids) {
    return writing(["photos"], async ({ photos }) => {
      for (const id of ids) photos.delete(id);
    });
  }

  /**
   * How many unsent entries there are, `{waiting, needs_login, needs_attention, unread, total, others,
   * code}`: `total` of this owner, `others` of everybody else on this phone. `unread` are refusals that
   * only have to be read. `code` says why the one that was tried last still waits.
   */
  async function count(owner) {
    const all = await reading(["entries"], ({ entries }) => got(entries.getAll()));
    const unsent = all.filter((one) => one.state !== "sent");
    const mine = unsent.filter((one) => one.owner === owner);
    const having = (state, of = mine) => of.filter((one) => one.state === state).length;
    const [needs_login, needs_attention] = [having("needs_login"), having("needs_attention")];
    const read = mine.filter((one) => kinds.of(one)?.acknowledged);
    const unread = having("needs_attention", read);
    const waiting = mine.length - needs_login - needs_attention;
    const others = unsent.length - mine.length;
    const tried = mine.filter((one) => one.last_error && one.state === "waiting");
    const last = tried.sort((a, b) => b.last_try - a.last_try)[0];
    const code = last?.last_error.code;
    return { waiting, needs_login, needs_attention, unread, total: mine.length, others, code };
  }

  /**
   * Deletes receipts, whoever's they are, that are older than `receipt_days` both by the server's
   * clock and by the phone's, because the phone's clock may be wrong. What an earlier version left
   * in younger ones besides the receipt goes too.
   */
  async function purge() {
    const sent = ({ state }) => state === "sent";
    const whole = (one) => one.region !== undefined; // an earlier version kept it
    const old = ({ receipt, sent_at }, clock) =>
      Date.parse(receipt.received_at) < (clock ? clock.server : 0) - RECEIPT_MS &&
      sent_at < Date.now() - RECEIPT_MS;
    const look = async ({ meta, entries }) => {
      const clock = await got(meta.get("clock"));
      const all = (await got(entries.getAll())).filter(sent);
      const gone = all.filter((one) => old(one, clock));
      return { gone, cut: all.filter((one) => whole(one) && !gone.includes(one)) };
    };
    const { gone, cut } = await reading(["meta", "entries"], look);
    if (!gone.length && !cut.length) return; // nearly always, and then nothing is written
    await writing(["meta", "entries"], async (stores) => {
      const found = await look(stores);
      for (const one of found.gone) stores.entries.delete(one.id);
      for (const one of found.cut) stores.entries.put(self.sipokat.answers.receiptOf(one));
    });
    announce({ type: "outbox" });
  }

  self.sipokat.outbox = {
    DECISION,
    count,
    draft,
    drafts,
    dropBytes,
    dropDraft,
    dropPhotos,
    editable,
    entries,
    entry,
    keyOf,
    photo,
    purge,
    saveDraft,
    submit,
    update,
    updateAll,
  };
})();
