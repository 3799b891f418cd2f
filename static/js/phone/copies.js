/*
 * What all parts of the app tell about the pages that the worker has kept (worker/kept-pages.js
 * keeps and shows them): that something has changed, and that they must go. The same file runs in
 * the page and in the worker; no DOM.
 */
(() => {
  const { announce, got, recall, writing } = self.sipokat.store;
  // And the id of the person for whom the pages were made, or to whom the pictures on them were shown.
  const PAGES = "sipokat-pages-";
  const PICTURES = "sipokat-pictures-";

  /** A number that grows with every change: a page kept at a lower one may be from before it. */
  const count = async () => (await recall("changes")) || 0;

  /** Deletes the kept pages and pictures of everybody for whose id `which` is true. */
  async function forget(which = () => true) {
    if (!("caches" in self)) return;
    const id = (name) => [PAGES, PICTURES].map((kind) => name.split(kind)[1]).find(Boolean);
    const gone = (await caches.keys()).filter((name) => id(name) && which(id(name)));
    await Promise.all(gone.map((name) => caches.delete(name)));
  }

  /**
   * This person has changed something on the server, or may have: while there is any signal, no
   * page from before is shown any more.
   */
  async function changed() {
    try {
      await writing(["meta"], async ({ meta }) => {
        meta.put(((await got(meta.get("changes"))) || 0) + 1, "changes");
      });
    } catch {
      await forget(); // no room to note it
    }
  }

  /** The server says that the session of this person has ended, or their right to a page. */
  async function end(user) {
    await changed(); // so that a page asked for before is not kept any more when it comes
    await forget((id) => !user || id === user);
    announce({ type: "copies-ended" });
  }

  self.sipokat.copies = { PAGES, PICTURES, changed, count, end, forget };
})();
