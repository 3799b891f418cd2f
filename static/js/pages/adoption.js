/*
 * How somebody becomes the owner of this phone: by signing in, and by a page that was made for them.
 * Shells are made for nobody, so they do without this file.
 */
(() => {
  const { identity } = self.sipokat;
  const { announce, got, reading, writing } = self.sipokat.store;

  // `regions` are those of a person with several offices, `[[code, words], …]`; `ends` is the last day
  // in the office in which they report, and the last one on which its reports are taken.
  const FACTS = ["id", "name", "role", "roles", "region", "regions", "ends"];
  const factsOf = (user) => JSON.stringify(user, FACTS);
  const same = (a, b) => factsOf(a) === factsOf(b);

  /**
   * Writes `user` as the owner and makes their entries that waited for a sign-in due at once.
   * Returns whether somebody else (or nobody) was the owner `before`.
   */
  async function welcome({ meta, entries }, user, before) {
    const { id } = user;
    if (!same(before, user)) meta.put(JSON.parse(factsOf(user)), "owner");
    // Who makes a new code for them: some pages say so. It stays when they sign out (whom-to-call.js).
    if (user.call || before?.id !== id) meta.put(user.call || "", "call");
    meta.put(id, "session");
    meta.put((await identity.read(meta)).sign_ins + 1, "sign_ins");
    if (before?.id !== id) meta.put(Date.now(), "changed_at");
    for (const entry of await got(entries.getAll())) {
      if (entry.owner === id && entry.state === "needs_login") {
        entries.put({ ...entry, state: "waiting", next_try: 0, last_error: null });
      }
    }
    return before?.id !== id;
  }

  /**
   * Runs `work`, which writes the new owner. If the phone has no room for that, the former owner
   * is removed (deleting needs no room): what they have on the phone must be neither shown nor
   * sent while somebody else is signed in.
   */
  async function orNobody({ id }, work) {
    try {
      return await writing(["meta", "entries"], work);
    } catch (error) {
      const former = await writing(["meta"], async ({ meta }) => {
        const { owner } = await identity.read(meta);
        if (owner?.id !== id) for (const key of ["owner", "session"]) meta.delete(key);
        return owner && owner.id !== id;
      });
      if (former) announce({ type: "owner" });
      throw error;
    }
  }

  /** `user` has just signed in: they are the owner now, and their waiting entries are due. */
  async function signIn(user) {
    await orNobody(user, async (stores) =>
      welcome(stores, user, (await identity.read(stores.meta)).owner),
    );
    announce({ type: "owner" });
  }

  /**
   * A signed-in page says for whom it was made: that person becomes the owner, unless the page was
   * asked for (`asked_at`) before the owner last changed. A page left open, or shown again from the
   * browser's memory, must not bring back somebody who has signed out.
   */
  async function adopt(user, asked_at) {
    // Nearly always everything is already so: then nothing is written.
    const known = await reading(["meta", "entries"], async ({ meta, entries }) => {
      const { owner, session } = await identity.read(meta);
      // An entry that is being sent may still get a 401 from before this sign-in.
      const waits = ({ owner: id, state }) =>
        id === user.id && ["needs_login", "sending"].includes(state);
      if (session !== user.id || !same(owner, user)) return false;
      if (user.call && user.call !== (await got(meta.get("call")))) return false;
      return !(await got(entries.getAll())).some(waits);
    });
    if (known) return;
    const changed = await orNobody(user, async (stores) => {
      const { owner, signed_out, changed_at } = await identity.read(stores.meta);
      const stale = changed_at > asked_at && changed_at <= Date.now();
      if (signed_out || (stale && owner?.id !== user.id)) return false;
      return welcome(stores, user, owner);
    });
    if (changed) announce({ type: "owner" });
  }

  Object.assign(identity, { adopt, signIn });
})();
