/*
 * Which reports were decided on this phone and answered at once: numbers and times alone, of this
 * person. A copy of the queue from before still shows their cards, and nobody must decide them twice.
 */
(() => {
  const { owner, store } = self.sipokat;
  const KEY = "decided";
  const LONGEST = 8 * 86_400_000; // ms: no copy is shown for so long
  const person = owner.shown?.id;

  /** Notes that these reports have been decided now. */
  function note(numbers) {
    return store.writing(["meta"], async ({ meta }) => {
      const before = await store.got(meta.get(KEY));
      const now = Date.now();
      const known = before?.owner === person ? Object.entries(before.at) : [];
      const young = known.filter(([, at]) => now - at < LONGEST);
      const at = Object.fromEntries([...young, ...numbers.map((number) => [number, now])]);
      meta.put({ owner: person, at }, KEY);
    });
  }

  /** The numbers of the reports that this person has decided here after `ms`. */
  async function since(ms) {
    const known = await store.recall(KEY);
    if (known?.owner !== person) return [];
    return Object.keys(known.at).filter((number) => known.at[number] > ms);
  }

  self.sipokat.decided = { note, since };
})();
