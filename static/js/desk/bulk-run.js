/*
 * Reports that are verified at once: sends them a few at a time, and keeps on the phone which are still
 * to be sent, so that a cut connection or a page that is loaded again goes on where it stopped. Each
 * has an `action_id` of its own, so what arrived without an answer is not done twice. No DOM.
 *
 * A run: `{id, at, klass, left: [{number, version, action_id, office?}], total, done, refused}`; `refused`
 * are the answers `{number, status, message, last}` that say why not.
 */
(() => {
  const { causes, store, wire } = self.sipokat;
  const PATH = "/verifikasi/sekaligus";
  const AT_ONCE = 20; // in one request: on a weak line each gets its answer within seconds
  const FIRST = 2000; // ms of the first pause; each one after it is twice as long
  const LONGEST = 60_000;
  const key = (person) => `bulk:${person}`;

  /** A new run of these reports. */
  const begin = (klass, items) => ({
    id: items[0].action_id,
    at: Date.now(),
    klass,
    left: items,
    total: items.length,
    done: 0,
    refused: [],
  });

  /** The run of this person that was cut off, or that they have not read to its end; else undefined. */
  const recall = (person) => store.recall(key(person));
  const forget = (person) => store.note(key(person), undefined);

  /** Notes the answers: what is answered is not sent again. */
  function note(run, results) {
    const refused = results.filter(({ status }) => status !== 200);
    const answered = new Set(results.map(({ number }) => number));
    run.left = run.left.filter(({ number }) => !answered.has(number));
    run.done += results.length - refused.length;
    run.refused.push(
      ...refused.map(({ number, message, last, status }) => ({ number, message, last, status })),
    );
    run.at = Date.now();
    return results.filter(({ status }) => status === 200).map(({ number }) => number);
  }

  function send(person, { klass, left }) {
    const body = JSON.stringify({ ...(klass && { class: klass }), items: left.slice(0, AT_ONCE) });
    const headers = { "Content-Type": "application/json" };
    const size = body.length;
    return wire.exchange({ method: "POST", path: PATH, user: person, headers, body, size });
  }

  const answered = ({ own, status, json }) => own && status === 200 && Array.isArray(json?.results);

  /**
   * Sends all of the run. `tell(facts, verified)` is called after each answer, with the numbers that it
   * has verified, and when there was none that counts; then `pause(ms)` is awaited and it is tried
   * again. Resolves with null at the end and once it is `stopped()`, and with the facts of an answer
   * that only the person can do something about.
   */
  async function drain(person, run, { tell, pause, stopped }) {
    const keep = () => store.note(key(person), run).catch(() => {}); // without room it goes on, too
    await keep();
    for (let wait = FIRST; run.left.length && !stopped(); ) {
      const facts = await send(person, run);
      if (answered(facts)) {
        const verified = note(run, facts.json.results);
        await keep();
        tell(facts, verified);
        wait = FIRST;
        continue;
      }
      if (!causes.of(facts)) return facts; // ours, and no matter of the line: signed out, or refused
      tell(facts, []);
      await pause(facts.retry_after || wait);
      wait = Math.min(wait * 2, LONGEST);
    }
    if (!run.refused.length) await forget(person).catch(() => {});
    return null;
  }

  self.sipokat.bulkRun = { begin, drain, forget, recall };
})();
