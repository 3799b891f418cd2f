/*
 * The phone's database: its schema, its transactions, and whose phone it is. Beside `outbox.js`
 * nothing else touches IndexedDB. The same file runs in the page and in the worker; no DOM.
 *
 * Every promise is kept only when its transaction is complete (`durability: "strict"`). Errors
 * carry a `code`: "full" (no room), "owner" (no longer this person's phone), "changed" (the entry
 * was sent meanwhile), "draft" (another tab has its own in this place), "photo" (its bytes are gone,
 * or another's), "storage" (anything else).
 */
(() => {
  const NAME = "sipokat";

  // One step a schema version, oldest first. A step that has been released is never edited:
  // phones with that version exist, perhaps with reports in them. A step only adds: until the
  // person lets an update in, the shell of the version before works on the same database.
  const UPGRADES = [
    (db) => {
      db.createObjectStore("meta");
      db.createObjectStore("drafts", { keyPath: "key" });
      db.createObjectStore("entries", { keyPath: "id" });
      // Bytes lie apart from what they belong to, so that a change of state does not write them
      // again. `holder` is a draft's key or an entry's id.
      db.createObjectStore("photos", { keyPath: "id" }).createIndex("holder", "holder");
    },
  ];

  const listeners = new Set();
  const channel = "BroadcastChannel" in self ? new BroadcastChannel(NAME) : null;
  if (channel) channel.onmessage = (event) => tell(event.data);

  /** Calls `listener({type, …})` after each change, in this page or another. */
  function listen(listener) {
    listeners.add(listener);
  }

  function tell(message) {
    for (const listener of listeners) listener(message);
  }

  /** Says to every page of this phone what has just happened. */
  function announce(message) {
    tell(message);
    if (channel) channel.postMessage(message);
  }

  function fault(code, cause) {
    const error = new Error(cause ? `${code}: ${cause.name} ${cause.message}` : code);
    error.code = code;
    return error;
  }

  function named(error) {
    if (error?.code && typeof error.code === "string") return error;
    return fault(error?.name === "QuotaExceededError" ? "full" : "storage", error);
  }

  const lines = {};

  /** Runs `work` while nobody else holds `lock`: no other page, and no worker. */
  function alone(lock, work) {
    if (navigator.locks) return navigator.locks.request(lock, work);
    // An old browser: one after the other in this page at least.
    const turn = Promise.resolve(lines[lock]).then(work);
    lines[lock] = turn.catch(() => {});
    return turn;
  }

  let opening = null;

  function connect(version) {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, version);
      request.onupgradeneeded = (event) => {
        for (const step of UPGRADES.slice(event.oldVersion)) {
          step(request.result, request.transaction);
        }
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  /** The database, at the newest schema that this phone has seen. */
  function open() {
    opening ||= connect(UPGRADES.length)
      .catch((error) => {
        if (error?.name !== "VersionError") throw error;
        return connect(); // a newer version has been here; all that we know is there
      })
      .then(
        (db) => {
          // A newer version in another tab or in the worker must not wait for this page.
          db.onversionchange = () => {
            db.close();
            opening = null;
          };
          db.onclose = () => {
            opening = null;
          };
          return db;
        },
        (error) => {
          opening = null;
          throw named(error);
        },
      );
    return opening;
  }

  const got = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  /** Runs `work(stores)` in one transaction; resolves with its value once that is on the disk. */
  async function transact(names, mode, work) {
    const db = await open();
    let tx;
    try {
      tx = db.transaction(names, mode, { durability: "strict" });
    } catch (error) {
      opening = null; // the connection had gone; the next call opens a new one
      throw named(error);
    }
    const stores = Object.fromEntries(names.map((name) => [name, tx.objectStore(name)]));
    return new Promise((resolve, reject) => {
      let value;
      let failure = null;
      tx.oncomplete = () => resolve(value);
      tx.onabort = () => reject(named(failure || tx.error));
      work(stores).then(
        (result) => {
          value = result;
        },
        (error) => {
          failure = tx.error || error;
          try {
            tx.abort();
          } catch {
            reject(named(failure)); // it had aborted by itself
          }
        },
      );
    });
  }

  const reading = (names, work) => transact(names, "readonly", work);
  const writing = (names, work) => transact(names, "readwrite", work);

  // --- Whose phone it is -------------------------------------------------------------------

  // `session` names who is signed in as far as this phone knows. Without an owner it is a session
  // that the server has still to end: signing out only deletes, and that a full phone can do too.
  async function identity(meta) {
    const [owner = null, session, changed_at = 0] = await Promise.all(
      ["owner", "session", "changed_at"].map((key) => got(meta.get(key))),
    );
    const signed_out = session && !owner ? { user: session } : null;
    return { owner, session, signed_out, changed_at };
  }

  /** `{owner, signed_out, …}`: `{id, name, role, region, …}` or null, `{user}` or null. */
  function who() {
    return reading(["meta"], ({ meta }) => identity(meta));
  }

  // `regions` are those of a person with several offices, `[[code, words], …]`.
  const FACTS = ["id", "name", "role", "region", "regions"];
  const factsOf = (user) => JSON.stringify(user, FACTS);
  const same = (a, b) => factsOf(a) === factsOf(b);

  /** Writes the owner, and lets go what waited for this person; true when it was another one. */
  async function welcome({ meta, entries }, user, before) {
    const { id } = user;
    if (!same(before, user)) meta.put(JSON.parse(factsOf(user)), "owner");
    meta.put(id, "session");
    if (before?.id !== id) meta.put(Date.now(), "changed_at");
    for (const entry of await got(entries.getAll())) {
      if (entry.owner === id && entry.state === "needs_login") {
        entries.put({ ...entry, state: "waiting", next_try: 0, last_error: null });
      }
    }
    return before?.id !== id;
  }

  /**
   * `work` writes the new owner. Where there is no room for that, what is here is nobody's: it must
   * be neither shown nor sent as the new person's, and a delete needs no room.
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

  /** Somebody has just signed in: this is the owner now, and what waited for it goes again. */
  async function signIn(user) {
    await orNobody(user, async (stores) =>
      welcome(stores, user, (await identity(stores.meta)).owner),
    );
    announce({ type: "owner" });
  }

  /**
   * A signed-in page says who it was made for. Taken only if that page was asked for after the
   * last change of owner: one left open, or back from the cache, must not bring anybody back.
   */
  async function adopt(user, asked_at) {
    // Nearly every page finds everything as it is: then nothing is written.
    const known = await reading(["meta", "entries"], async ({ meta, entries }) => {
      const { owner, session } = await identity(meta);
      const waits = ({ owner: id, state }) => id === user.id && state === "needs_login";
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

  /** Removes the owner and records that the server is still to be told. Entries stay. */
  async function signOut() {
    await writing(["meta"], async ({ meta }) => void meta.delete("owner"));
    await note("changed_at", Date.now()).catch(() => {});
    announce({ type: "owner" });
  }

  /** The server has been told. */
  function signedOut() {
    return writing(["meta"], async ({ meta }) => {
      if (!(await identity(meta)).owner) meta.delete("session");
    });
  }

  function note(key, value) {
    return writing(["meta"], async ({ meta }) => void meta.put(value, key));
  }

  function recall(key) {
    return reading(["meta"], ({ meta }) => got(meta.get(key)));
  }

  /** Keeps the server's clock beside the phone's, from the `Date` of one of our own answers. */
  async function noteDate(header) {
    const clock = { server: Date.parse(header || ""), phone: Date.now() };
    if (Number.isNaN(clock.server)) return;
    const known = await recall("clock");
    const drift = known ? Math.abs(clock.server - clock.phone - (known.server - known.phone)) : 1e9;
    if (drift > 60_000 || clock.server - known.server > 600_000) await note("clock", clock);
  }

  async function mustOwn(meta, id) {
    const { owner, signed_out } = await identity(meta);
    if (!owner || signed_out || owner.id !== id) throw fault("owner");
  }

  self.sipokat = self.sipokat || {};
  self.sipokat.store = {
    UPGRADES,
    alone,
    announce,
    fault,
    got,
    listen,
    mustOwn,
    open,
    reading,
    writing,
  };
  self.sipokat.identity = { adopt, note, noteDate, recall, signIn, signOut, signedOut, who };
})();
