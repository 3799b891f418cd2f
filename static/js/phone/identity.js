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
    mustOwn,
    read: identity,
    rolesOf,
    signOut,
    signedInSince,
    signedOut,
    who,
  };
})();
