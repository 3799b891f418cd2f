/*
 * What passes the worker and changes what kept pages are worth: forms and requests of htmx that are
 * sent, and answers after which the pages must go. What the phone's own scripts send is noted in
 * `phone/wire.js`. Runs only in the worker.
 */
(() => {
  const { copies, identity, store } = self.sipokat;

  // The pages to which plain forms are on their way.
  const posting = new Set();

  /**
   * A plain form is sent. The browser sends it, not we: what a worker sends counts as coming from
   * our own pages, and the form may be another site's.
   */
  function posted(event, path) {
    posting.add(event.resultingClientId);
    event.waitUntil(copies.changed());
    // The owner goes when the server has confirmed it (see `heed`).
    if (path !== "/keluar") return;
    event.waitUntil(store.note("left", Date.now()).catch(() => {})); // see pages/owner.js
    event.waitUntil(copies.forget());
  }

  /** A page is asked for: if a form has led to it, the server has done what the form wanted. */
  async function landed(event) {
    if (posting.delete(event.resultingClientId)) await copies.changed();
  }

  /** A request of htmx. */
  async function fragment(event) {
    const { request } = event;
    const change = () => request.method !== "GET" && event.waitUntil(copies.changed());
    change();
    const response = await fetch(request);
    change(); // a page that was asked for meanwhile may show either state
    await heed(response).catch(() => {});
    return response;
  }

  /** A plain form has signed out: its script had not loaded yet. The server knows already. */
  async function signOut() {
    await identity.signOut();
    await copies.forget();
    await identity.signedOut();
  }

  /**
   * Whether this person held other offices when the page before was made. Rights begin with eight
   * signs for the person; another person's coming is dealt with elsewhere.
   */
  const moved = (before, rights) =>
    rights && before && before !== rights && before.slice(0, 8) === rights.slice(0, 8);

  /** Does what our answer says about the `owner` and their kept pages; `kept` is this page's own. */
  async function heed({ headers, status }, owner, kept) {
    if (headers.has("Sipokat-Signed-Out")) return signOut();
    const made_for = headers.get("Sipokat-User");
    const another = owner && made_for && made_for !== owner.id; // somebody else is signed in
    // A report is never deleted: where there was one and is none now, it is out of their sight.
    const gone = kept && status === 404;
    const end = headers.get("Sipokat-Copies") === "end" || another || gone;
    const rights = headers.get("Sipokat-Rights");
    const before = rights && (await store.recall("rights"));
    if (end || moved(before, rights)) await copies.end(owner?.id);
    // After the copies have gone: whatever stops us before that, the next page tries again.
    if (rights && before !== rights) await store.note("rights", rights).catch(() => {});
  }

  self.sipokat.changes = { fragment, heed, landed, posted };
})();
