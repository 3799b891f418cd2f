/* One request and the facts of its answer: what the network does never throws. */
(() => {
  const { answers, store } = self.sipokat;

  const patienceFor = (size) => 30_000 + (size / 2048) * 1000;

  /** One request and the facts of its answer; never throws for what the network does. */
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
        response.body?.cancel().catch(() => {}); // somebody's page may be long
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

  async function sha256(bytes) {
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    return Array.from(new Uint8Array(digest), (one) => one.toString(16).padStart(2, "0")).join("");
  }

  /** RFC 9530, from the hex that the outbox keeps. */
  function contentDigest(hex) {
    const bytes = hex.match(/../g).map((two) => Number.parseInt(two, 16));
    return `sha-256=:${btoa(String.fromCharCode(...bytes))}:`;
  }

  self.sipokat.wire = { contentDigest, exchange, sha256 };
})();
