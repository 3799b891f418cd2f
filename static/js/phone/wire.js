/*
 * One request to the server, and digests. The same file runs in the page and in the worker; no DOM.
 */
(() => {
  const { answers, store } = self.sipokat;

  // Milliseconds until a request with a body of so many bytes is given up.
  const patienceFor = (size) => 30_000 + (size / 2048) * 1000;

  /**
   * Sends one request and returns the facts of its answer: `{status, own, json, retry_after,
   * problem}`. `own` is whether the answer is SIPOKAT's own (header `Sipokat: 1`, and JSON);
   * `problem` is "timeout" or "network" if there was none. Never throws. `patience` replaces the
   * time-out that follows from `size`.
   */
  async function exchange({ method, path, user, headers = {}, body = null, size = 0, patience }) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), patience || patienceFor(size));
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
      return facts;
    } catch {
      return { problem: abort.signal.aborted ? "timeout" : "network" };
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

  self.sipokat.wire = { contentDigest, exchange, sha256 };
})();
