/*
 * What was typed in the last moment before a page was left. The database is too slow for that: a write
 * that begins as the page goes is cut off. So it is noted in `localStorage`, at once, until the draft
 * that it belongs to is written or opened again. A note's key is its owner, "/", and its draft's slot.
 */
(() => {
  const PREFIX = "ketikan:";

  /** Without such storage, or where it is full, the last moment is lost and nothing else. */
  function quietly(work) {
    try {
      return work(localStorage);
    } catch {
      return null;
    }
  }

  const drop = (key) => quietly((notes) => notes.removeItem(PREFIX + key));

  self.sipokat.typed = {
    drop,
    /** Erases the notes of everybody but this person. */
    forget: (owner) =>
      quietly((notes) => {
        for (const key of Object.keys(notes)) {
          const mine = key.startsWith(`${PREFIX}${owner}/`);
          if (key.startsWith(PREFIX) && !mine) notes.removeItem(key);
        }
      }),
    put: (key, what) => quietly((notes) => notes.setItem(PREFIX + key, JSON.stringify(what))),
    /** The note, which is erased; null if there is none. */
    take(key) {
      const note = quietly((notes) => JSON.parse(notes.getItem(PREFIX + key)));
      drop(key);
      return note;
    },
  };
})();
