/*
 * The phone's database: its schema, its transactions, and single values kept by name. All other
 * files reach IndexedDB through the functions here. The same file runs in the page and in the
 * worker; no DOM.
 *
 * A write resolves only when its transaction is complete (`durability: "strict"`). Errors carry a
 * `code`: "full" (no room left on the phone), "owner" (this person is no longer the phone's owner),
 * "changed" (the entry was sent meanwhile), "draft" (another tab has its own draft in this place),
 * "photo" (the photo's bytes are gone, or belong to another draft or entry), "silent" (the phone's
 * storage does not answer: nothing was written), "storage" (anything else).
 */
(() => {
  const NAME = "sipokat";

  // One step for each schema version, oldest first. Never edit a released step: phones have run
  // it, perhaps with reports in their database. A step may only add, because the previous version
  // of the scripts goes on using the same database until the person accepts the update.
  const UPGRADES = [
    (db) => {
      db.createObjectStore("meta");
      db.createObjectStore("drafts", { keyPath: "key" });
      db.createObjectStore("entries", { keyPath: "id" });
      // Photo bytes have a store of their own, so that changing an entry does not write them
      // again. `holder` is the key of the draft or the id of the entry that they belong to.
      db.createObjectStore("photos", { keyPath: "id" }).createIndex("holder", "holder");
    },
  ];

  // Storage that does not answer within five seconds counts as none: its disk may have failed, or
  // another page may hold a transaction for ever. While it is silent later calls wait less, so that
  // a page or a sign-in that asks five times is not held up five times.
  const TICK = 1250; // ms
  const FIRST = 4; // ticks until it first answers
  const AGAIN = 1; // the same while it is silent
  const WHOLE = 24; // ticks until a transaction that has begun must be complete

  let silent = false; // the last call was left without an answer

  /**
   * Calls `late` after so many ticks. They pass only while this page or worker runs: one that the
   * phone had frozen has not waited. Returns a function that calls it off.
   */
  function deadline(ticks, late) {
    let timer = 0;
    const tick = (left) => {
      timer = setTimeout(() => (left > 1 ? tick(left - 1) : late()), TICK);
    };
    tick(ticks);
    return () => clearTimeout(timer);
  }

  /** A deadline for the first answer; `late` gets the error to fail with. */
  function firstAnswer(late) {
    return deadline(silent ? AGAIN : FIRST, () => {
      silent = true;
      late(fault("silent"));
    });
  }

  const listeners = new Set();
  const channel = "BroadcastChannel" in self ? new BroadcastChannel(NAME) : null;
  if (channel) channel.onmessage = (event) => tell(event.data);

  /** Calls `listener({type, …})` after each change, made here, in another page or in the worker. */
  function listen(listener) {
    listeners.add(listener);
  }

  function tell(message) {
    for (const listener of listeners) listener(message);
  }

  /** Tells all listeners, here and in all other pages and the worker, what has just changed. */
  function announce(message) {
    tell(message);
    if (channel) channel.postMessage(message);
  }

  /** An error with this `code`; `cause` is the browser's own error. */
  function fault(code, cause) {
    const error = new Error(cause ? `${code}: ${cause.name} ${cause.message}` : code);
    error.code = code;
    return error;
  }

  /** The error itself if it has one of our codes, else a "full" or "storage" one made from it. */
  function coded(error) {
    if (error?.code && typeof error.code === "string") return error;
    return fault(error?.name === "QuotaExceededError" ? "full" : "storage", error);
  }

  const lines = {};

  /** Runs `work` while no other page and no worker holds `lock`. */
  function alone(lock, work) {
    if (navigator.locks) return navigator.locks.request(lock, work);
    // A browser without Web Locks: calls at least take turns within this page.
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

  /** The open database. If a newer version of the scripts has upgraded it, it stays upgraded. */
  function open() {
    const opened = begin();
    return new Promise((resolve, reject) => {
      const stop = firstAnswer(reject);
      opened.finally(stop).then(resolve, reject);
    });
  }

  function begin() {
    opening ||= connect(UPGRADES.length)
      .catch((error) => {
        if (error?.name !== "VersionError") throw error;
        return connect(); // upgraded by a newer version; the stores that we use are still there
      })
      .then(
        (db) => {
          silent = false;
          // Close at once when a newer version wants to upgrade: it waits for open connections.
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
          throw coded(error);
        },
      );
    return opening;
  }

  /** The result of an IndexedDB request. */
  const got = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  /**
   * Runs `work(stores)` in one transaction over the stores called `names`. Resolves with what
   * `work` returned once the transaction is complete; rejects, with nothing written, if it failed.
   */
  async function transact(names, mode, work) {
    const db = await open();
    let tx;
    try {
      tx = db.transaction(names, mode, { durability: "strict" });
    } catch (error) {
      opening = null; // the connection was closed; the next call opens a new one
      throw coded(error);
    }
    const stores = Object.fromEntries(names.map((name) => [name, tx.objectStore(name)]));
    return new Promise((resolve, reject) => {
      let value;
      let failure = null;
      const giveUp = (error) => {
        failure = error;
        try {
          tx.abort(); // nothing will be written, even if its turn comes later
        } catch {
          // It is being completed already. Whoever sends the same again does so under the same id.
        }
        reject(error);
      };
      let stop = firstAnswer(giveUp);
      // Its turn has come once its first request is answered, whatever that is.
      stores[names[0]].count(0).onsuccess = () => {
        silent = false;
        stop();
        stop = deadline(WHOLE, () => giveUp(fault("silent")));
      };
      tx.oncomplete = () => {
        stop();
        resolve(value);
      };
      tx.onabort = () => {
        stop();
        reject(coded(failure || tx.error));
      };
      work(stores).then(
        (result) => {
          value = result;
        },
        (error) => {
          failure = tx.error || error;
          try {
            tx.abort();
          } catch {
            reject(coded(failure)); // the browser had already aborted it
          }
        },
      );
    });
  }

  /** Rejects, with "silent" or another code, if this phone cannot keep anything. */
  async function usable() {
    const { objectStoreNames } = await open();
    return transact([...objectStoreNames], "readwrite", async () => {});
  }

  const reading = (names, work) => transact(names, "readonly", work);
  const writing = (names, work) => transact(names, "readwrite", work);

  // --- Single values -----------------------------------------------------------------------

  /** Keeps one value by name; "clock" and "install_hint" are such values. */
  function note(key, value) {
    return writing(["meta"], async ({ meta }) => void meta.put(value, key));
  }

  /** The value that was noted under this name, or undefined. */
  function recall(key) {
    return reading(["meta"], ({ meta }) => got(meta.get(key)));
  }

  /**
   * Notes the server's time beside the phone's, from the `Date` header of one of SIPOKAT's own
   * answers. Writes only when the two clocks drifted by a minute or the note is ten minutes old.
   */
  async function noteDate(header) {
    const clock = { server: Date.parse(header || ""), phone: Date.now() };
    if (Number.isNaN(clock.server)) return;
    const known = await recall("clock");
    const drift = known ? Math.abs(clock.server - clock.phone - (known.server - known.phone)) : 1e9;
    if (drift > 60_000 || clock.server - known.server > 600_000) await note("clock", clock);
  }

  self.sipokat.store = {
    alone,
    announce,
    fault,
    got,
    listen,
    note,
    noteDate,
    open,
    reading,
    recall,
    usable,
    writing,
  };
})();
