/*
 * Has the worker fetch the forms of the reports that came back to this person, which home shows, so
 * that "Perbaiki" also opens where there is no signal. What is kept already and still true is not
 * fetched again.
 */
(() => {
  const { copies, owner } = self.sipokat;
  const { kept, shown } = owner;
  const cards = [...document.querySelectorAll('.card[data-offer^="perbaikan:"]')].slice(0, 5);
  if (!shown || kept !== undefined || !cards.length || !("serviceWorker" in navigator)) return;
  const cacheName = copies.PAGES + shown.id;

  /** Whether the kept form shows the report in the version that home shows. */
  async function holds(url, version, changes) {
    const copy = await caches.match(url, { cacheName, ignoreVary: true });
    if (!copy || Number(copy.headers.get("Sipokat-Kept-Changes")) < changes) return false;
    return (await copy.text()).includes(`name="version" value="${version}"`);
  }

  async function fetchAhead() {
    const { active } = await navigator.serviceWorker.ready;
    const changes = await copies.count();
    const wanted = [];
    for (const card of cards) {
      const url = card.querySelector("a").href;
      const version = card.dataset.offer.split(":")[2];
      if (!(await holds(url, version, changes))) wanted.push(url);
    }
    if (wanted.length) active.postMessage({ ahead: wanted });
  }

  addEventListener("load", () => fetchAhead().catch(() => {})); // storage that fails keeps nothing
})();
