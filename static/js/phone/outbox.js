/*
 * Drafts, entries of the outbox with their photos, and receipts: what the phone must never lose.
 * `submit` resolves when all of it is on the disk; only then may the page say "Tersimpan di HP".
 * The same file runs in the page and in the worker; no DOM.
 */
(() => {
  const { announce, fault, got, reading, writing } = self.sipokat.store;
  const { data, identity, kinds } = self.sipokat;
  const { mustOwn } = identity;
  const RECEIPT_MS = data.limits.receipt_days * 86_400_000;

  // --- Drafts ------------------------------------------------------------------------------

  const keyOf = (owner, slot) => `${owner}/${slot}`;

  function mustBe(id, stored) {
    if (stored && stored.id !== id) throw fault("draft");
  }

  async function dropPhotos(photos, holder, keep = []) {
    for (const id of await got(photos.index("holder").getAllKeys(holder))) {
      if (!keep.includes(id)) photos.delete(id);
    }
  }

  /**
   * `draft`: `{owner, slot, id, category, values, photos: [{id, type, sha256, size}]}`; `fresh`
   * are photos not yet on the phone, with `bytes`. A draft that cannot be written leaves the
   * one before untouched, and so does one that another tab began in the same place ("draft").
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

  function draft(owner, slot) {
    return reading(["drafts"], ({ drafts }) => got(drafts.get(keyOf(owner, slot))));
  }

  function drafts(owner) {
    return reading(["drafts"], async ({ drafts }) =>
      (await got(drafts.getAll())).filter((one) => one.owner === owner),
    );
  }

  /** With `id`, only that one: another tab may have begun its own in the same place ("draft"). */
  function dropDraft(owner, slot, id = null) {
    const key = keyOf(owner, slot);
    return writing(["drafts", "photos"], async ({ drafts, photos }) => {
      if (id) mustBe(id, await got(drafts.get(key)));
      drafts.delete(key);
      await dropPhotos(photos, key);
    });
  }

  // --- Entries -----------------------------------------------------------------------------

  const editable = (entry) =>
    !entry.receipt && (entry.state === "needs_attention" || entry.last_try === null);

  /**
   * Draft to entry, with its photos, in one transaction. `entry`: `{id, owner, kind, region,
   * form_version, title, body, photos, written_at}`. An entry of the same id is replaced only
   * when it was opened again (`again`) and has not been sent meanwhile. A photo that lies in
   * another tab's draft or entry stays there ("photo"), and so does that draft itself.
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
        order: before ? before.order : last + 1, // the phone's clock may jump; this does not
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
      // Its own draft bears its id, or that of an entry which went from it before.
      if (again || [entry, ...all].some((one) => one.id === begun?.id)) {
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

  /** One entry without the photos' bytes (which a failing disk may not give), or undefined. */
  function entry(id) {
    return reading(["entries"], ({ entries }) => got(entries.get(id)));
  }

  /** `{id, bytes, type, sha256, size}` or undefined; rejects when the disk does not give it. */
  function photo(id) {
    return reading(["photos"], ({ photos }) => got(photos.get(id)));
  }

  /**
   * Changes one entry: `change(entry)` returns the new one, or null to leave it. With `owner`,
   * only while that is still the owner of this phone. An entry that becomes "sent" leaves its
   * photos' bytes in the same transaction. Returns what is stored then, or null.
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
        return after;
      },
    );
    if (stored) announce({ type: stored.state === "sent" ? "sent" : "outbox", id });
    return stored;
  }

  /** Every entry of this owner that is not a receipt, through `change`, in one transaction. */
  async function updateAll(owner, change) {
    await writing(["entries"], async ({ entries }) => {
      for (const one of await got(entries.getAll())) {
        const after = one.owner === owner && one.state !== "sent" ? change(one) : null;
        if (after) entries.put(after);
      }
    });
    announce({ type: "outbox" });
  }

  /** Puts another photo in the place of a refused one, or (null) goes without it. */
  async function swapPhoto(id, old, fresh) {
    const stored = await writing(["entries", "photos"], async ({ entries, photos }) => {
      const before = await got(entries.get(id));
      const at = before ? before.photos.findIndex((one) => one.id === old) : -1;
      if (at < 0) return null;
      // The server knows the photo that it listed; one that it never took is no photo to it.
      const listed = before.receipt?.photos.some((one) => one.id === old);
      const replaces = listed ? old : before.photos[at].replaces || old;
      const list = [...before.photos];
      if (fresh) {
        const { bytes, ...facts } = fresh;
        list[at] = { ...facts, replaces };
        photos.put({ ...facts, bytes, holder: id });
        photos.delete(old);
      } else {
        // Its bytes stay with the entry until the server agrees.
        list[at] = { ...list[at], id: replaces, drop: true, error: null };
      }
      const after = { ...before, photos: list, state: "waiting", next_try: 0, last_error: null };
      entries.put(after);
      return after;
    });
    if (stored) announce({ type: "outbox" });
    return stored;
  }

  /** What has arrived need not lie on a full phone any longer. */
  function dropBytes(ids) {
    return writing(["photos"], async ({ photos }) => {
      for (const id of ids) photos.delete(id);
    });
  }

  /**
   * The person has asked for it twice: the only way an entry disappears unsent. False, and it
   * stays, when it is not any more as it was `shown` to the person who decided.
   */
  async function remove(id, shown = null) {
    const gone = await writing(["drafts", "entries", "photos"], async (stores) => {
      const one = await got(stores.entries.get(id));
      if (!one || one.state === "sent") return false;
      const seen = ({ state, receipt }) => `${state} ${Boolean(receipt)}`;
      if (shown && seen(one) !== seen(shown)) return false;
      stores.entries.delete(id);
      await dropPhotos(stores.photos, id);
      const key = keyOf(one.owner, `entri:${id}`);
      stores.drafts.delete(key);
      await dropPhotos(stores.photos, key);
      return true;
    });
    announce({ type: "outbox" });
    return gone;
  }

  /** How many wait: `{waiting, needs_login, needs_attention, total, others}`. */
  async function count(owner) {
    const all = await reading(["entries"], ({ entries }) => got(entries.getAll()));
    const unsent = all.filter((one) => one.state !== "sent");
    const mine = unsent.filter((one) => one.owner === owner);
    const having = (state) => mine.filter((one) => one.state === state).length;
    const [needs_login, needs_attention] = [having("needs_login"), having("needs_attention")];
    const waiting = mine.length - needs_login - needs_attention;
    const others = unsent.length - mine.length;
    return { waiting, needs_login, needs_attention, total: mine.length, others };
  }

  /** Forgets receipts older than `receipt_days` by the server's clock and by the phone's: one may be wrong. */
  async function purge() {
    const forgotten = await writing(["meta", "entries"], async ({ meta, entries }) => {
      const clock = await got(meta.get("clock"));
      const old = ({ state, receipt, sent_at }) =>
        state === "sent" &&
        Date.parse(receipt.received_at) < (clock ? clock.server : 0) - RECEIPT_MS &&
        sent_at < Date.now() - RECEIPT_MS;
      const gone = (await got(entries.getAll())).filter(old);
      for (const one of gone) entries.delete(one.id);
      return gone.length;
    });
    if (forgotten) announce({ type: "outbox" });
  }

  self.sipokat.outbox = {
    count,
    draft,
    drafts,
    dropBytes,
    dropDraft,
    editable,
    entries,
    entry,
    photo,
    purge,
    remove,
    saveDraft,
    submit,
    swapPhoto,
    update,
    updateAll,
  };
})();
