/*
 * Whose phone it is: the owner, written at sign-in and removed at sign-out, and the session that
 * the server still has to be told to end. The same file runs in the page and in the worker; no DOM.
 */
(() => {
  const { announce, fault, got, note, reading, writing } = self.sipokat.store;

  // `session` is the id of the person who is signed in as far as this phone knows. A session
  // without an owner is one that the person has left and the server has not been told to end:
  // signing out only deletes the owner, because deleting works on a full phone too.
  async function identity(meta) {
    const [owner = null, session, changed_at = 0, sign_ins = 0] = await Promise.all(
      ["owner", "session", "changed_at", "sign_ins"].map((key) => got(meta.get(key))),
    );
    const signed_out = session && !owner ? { user: session } : null;
    return { owner, session, signed_out, changed_at, sign_ins };
  }

  /**
   * `{owner, session, signed_out, changed_at, sign_ins}`: `owner` is `{id, name, role, region, …}`
   * or null; `signed_out` is `{user}` while the server has not heard of a sign-out, else null;
   * `sign_ins` is another number each time when somebody has signed in.
   */
  function who() {
    return reading(["meta"], ({ meta }) => identity(meta));
  }

  // `regions` are those of a person with several offices, `[[code, words], …]`; `call` says who makes
  // a new code for them; `ends` is the last day in the office in which they report, and the last one
  // on which its reports are taken.
  const FACTS = ["id", "name", "role", "roles", "region", "regions", "call", "ends"];
  const factsOf = (user) => JSON.stringify(user, FACTS);
  const same = (a, b) => factsOf(a) === factsOf(b);

  /**
   * Writes `user` as the owner and makes their entries that waited for a sign-in due at once.
   * Returns whether somebody else (or nobody) was the owner `before`.
   */
  async function welcome({ meta, entries }, user, before) {
    const { id } = user;
    if (!same(before, user)) {
      meta.put(JSON.parse(factsOf(user)), "owner");
      meta.put(user.call || "", "call"); // stays when they sign out (see pages/whom-to-call.js)
    }
    meta.put(id, "session");
    meta.put((await identity(meta)).sign_ins + 1, "sign_ins");
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
        const { owner } = await identity(meta);
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
      welcome(stores, user, (await identity(stores.meta)).owner),
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
      const { owner, session } = await identity(meta);
      // An entry that is being sent may still get a 401 from before this sign-in.
      const waits = ({ owner: id, state }) =>
        id === user.id && ["needs_login", "sending"].includes(state);
      if (session !== user.id || !same(owner, user)) return false;
      return !(await got(entries.getAll())).some(waits);
    });
    if (known) return;
    const changed = await orNobody(user, async (stores) => {
      const { owner, signed_out, changed_at } = await identity(stores.meta);
      const stale = changed_at > asked_at && changed_at <= Date.now();
      if (signed_out || (stale && owner?.id !== user.id)) return false;
      return welcome(stores, user, owner);
    });
    if (changed) announce({ type: "owner" });
  }

  /** Removes the owner; `signed_out` then says that the server has to be told. Entries stay. */
  async function signOut() {
    await writing(["meta"], async ({ meta }) => void meta.delete("owner"));
    await note("changed_at", Date.now()).catch(() => {});
    announce({ type: "owner" });
  }

  /** The server has been told of the sign-out. */
  function signedOut() {
    return writing(["meta"], async ({ meta }) => {
      if (!(await identity(meta)).owner) meta.delete("session");
    });
  }

  /** Whether somebody has signed in since `sign_ins` was read; inside a transaction over `meta`. */
  const signedInSince = async (meta, sign_ins) => (await identity(meta)).sign_ins !== sign_ins;

  /** Throws "owner", inside a transaction over `meta`, unless `id` is the owner of this phone. */
  async function mustOwn(meta, id) {
    const { owner, signed_out } = await identity(meta);
    if (!owner || signed_out || owner.id !== id) throw fault("owner");
  }

  /** The roles in which the owner acts; nobody in particular is shown what an RT head sees. */
  const rolesOf = (owner) => owner?.roles || [owner?.role || "rt_head"];

  self.sipokat.identity = {
    adopt,
    mustOwn,
    rolesOf,
    signIn,
    signOut,
    signedInSince,
    signedOut,
    who,
  };
})();
