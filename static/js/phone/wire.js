/*
 * One request to the server, and digests. The same file runs in the page and in the worker; no DOM.
 */
(() => {
  const { answers, copies, store } = self.sipokat;

  const MOST = 3; // doublings of the time-out: from 30 seconds to 4 minutes

  // How many requests in a row had no answer in time, on this phone; null until it is looked up.
  let late = null;

  /** Looks it up; resolves with a function from the ms of a first try to the ms of the next one. */
  async function patience() {
    late ??= (await store.recall("late").catch(() => 0)) || 0;
    return (ms) => ms * 2 ** Math.min(late, MOST);
  }

  /** Milliseconds until a request with a body of so many bytes is given up at its first try. */
  const patienceFor = (size) => 30_000 + (size / 2048) * 1000;

  /** Notes whether an answer came `inTime`: after one that did not, the next try waits longer. */
  function heard(inTime) {
    const before = late || 0;
    late = inTime ? 0 : Math.min(before + 1, MOST);
    if (late !== before) store.note("late", late).catch(() => {});
  }

  /**
   * Sends one request and returns the facts of its answer: `{status, own, json, retry_after,
   * problem}`. `own` is whether the answer is SIPOKAT's own (header `Sipokat: 1`, and JSON);
   * `problem` is "timeout" or "network" if there was none (`causes.of` says why). Never throws. The
   * time-out is `first` ms, or what follows from `size`; it is doubled after each time-out.
   */
  async function exchange({ method, path, user, headers = {}, body = null, size = 0, first }) {
    const longer = await patience();
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), longer(first || patienceFor(size)));
    try {
      const response = await fetch(path, {
        method,
        body,
        headers: {
          Accept: "application/json",
          "Sipokat-Sent-At": answers.stamp(),
          ...(user ? { "Sipokat-User": user } : {}),
          ...headers,
        },
        redirect: "manual",
        credentials: "same-origin",
        cache: "no-store",
        signal: abort.signal,
      });
      const facts = { status: response.status, own: false, json: null, problem: null };
      facts.retry_after = answers.retryAfter(response.headers);
      const type = response.headers.get("Content-Type") || "";
      heard(true);
      if (response.headers.get("Sipokat") !== "1" || !/^application\/json\b/.test(type)) {
        response.body?.cancel().catch(() => {}); // do not load the rest of a foreign page
        return facts;
      }
      const text = await response.text();
      try {
        facts.json = JSON.parse(text);
        facts.own = typeof facts.json === "object" && facts.json !== null;
      } catch {
        return facts;
      }
      await store.noteDate(response.headers.get("Date")).catch(() => {});
      if (response.headers.get("Sipokat-Copies") === "end") await copies.end(user).catch(() => {});
      else if (method !== "GET" && response.ok) await copies.changed().catch(() => {});
      return facts;
    } catch {
      const problem = abort.signal.aborted ? "timeout" : "network";
      if (problem === "timeout") heard(false);
      return { problem };
    } finally {
      clearTimeout(timer);
    }
  }

  /** SHA-256 in hex. */
  async function sha256(bytes) {
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    return Array.from(new Uint8Array(digest), (one) => one.toString(16).padStart(2, "0")).join("");
  }

  /** The value of a Content-Digest header (RFC 9530), from a SHA-256 in hex. */
  function contentDigest(hex) {
    const bytes = hex.match(/../g).map((two) => Number.parseInt(two, 16));
    return `sha-256=:${btoa(String.fromCharCode(...bytes))}:`;
  }

  self.sipokat.wire = { contentDigest, exchange, heard, patience, patienceFor, sha256 };
})();
