/*
 * What only a person does with an entry of the outbox, on its page or by sending it straight from the
 * form: send it as it is, change one of its photos, delete it.
 */
(() => {
  const { outbox, replay } = self.sipokat;
  const { announce, got, writing } = self.sipokat.store;

  /**
   * Puts the photo `fresh` in the place of the refused photo `old`; with null, the entry is to be
   * sent without it.
   */
  async function swapPhoto(id, old, fresh) {
    const stored = await writing(["entries", "photos"], async ({ entries, photos }) => {
      const before = await got(entries.get(id));
      const at = before ? before.photos.findIndex((one) => one.id === old) : -1;
      if (at < 0) return null;
      // `replaces` must be a photo that the server's receipt lists. If the server never took
      // `old`, that is the photo which `old` was to replace.
      const listed = before.receipt?.photos.some((one) => one.id === old);
      const replaces = listed ? old : before.photos[at].replaces || old;
      const list = [...before.photos];
      if (fresh) {
        const { bytes, ...facts } = fresh;
        list[at] = { ...facts, replaces };
        photos.put({ ...facts, bytes, holder: id });
        photos.delete(old);
      } else {
        // The server is asked to drop it; its bytes stay until the server has agreed.
        list[at] = { ...list[at], id: replaces, drop: true, error: null };
      }
      const after = { ...before, photos: list, state: "waiting", next_try: 0, last_error: null };
      entries.put(after);
      return after;
    });
    if (stored) announce({ type: "outbox" });
    return stored;
  }

  /**
   * Deletes an entry with its photos and the draft of its changes. This is the only way in which an
   * unsent entry leaves the phone: the person has confirmed it (a report twice), has read why it was
   * refused, or the form has sent its text straight to the server. With `shown`, returns false and deletes nothing if the entry has
   * changed since it was shown so to the person, or is being sent; without, if it has been sent.
   */
  async function remove(id, shown = null) {
    const gone = await writing(["drafts", "entries", "photos"], async (stores) => {
      const one = await got(stores.entries.get(id));
      if (!one || one.state === "sent") return false;
      // Waiting for a signal and waiting for a sign-in are alike to who does not want it sent.
      const seen = ({ state, receipt }) =>
        `${state === "needs_login" ? "waiting" : state} ${Boolean(receipt)}`;
      if (shown && (one.state === "sending" || seen(one) !== seen(shown))) return false;
      stores.entries.delete(id);
      await outbox.dropPhotos(stores.photos, id);
      const key = outbox.keyOf(one.owner, `entri:${id}`);
      stores.drafts.delete(key);
      await outbox.dropPhotos(stores.photos, key);
      return true;
    });
    announce({ type: "outbox" });
    return gone;
  }

  /** The person wants a refused entry to be sent again as it is. */
  function retry(id) {
    return outbox.update(id, (one) => ({
      ...one,
      state: "waiting",
      next_try: 0,
      photos: one.photos.map((photo) => ({ ...photo, error: null })),
    }));
  }

  /** An entry that was left "sending" by a browser that was killed is waiting again. */
  function idle(id) {
    return replay.alone(() =>
      outbox.update(id, (one) => (one.state === "sending" ? { ...one, state: "waiting" } : null)),
    );
  }

  self.sipokat.entries = { idle, remove, retry, swapPhoto };
})();
