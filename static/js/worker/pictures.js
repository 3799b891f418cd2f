/*
 * Keeps the thumbnails of the photos on pages that are kept, so that a decision can be made without
 * signal by what was photographed. They are the owner's alone, live as long as the page on which they
 * stand, and go with all kept pages (`copies.forget`). Runs only in the worker.
 */
(() => {
  const { copies, identity, pages, store } = self.sipokat;
  const MOST = 6_000_000; // bytes for one person: some 300 thumbnails
  const USUAL = 20_000; // bytes of one that does not say its size
  const THUMBNAIL = /^\/laporan\/\d+\/foto\/[^/]+\?ukuran=kecil$/;

  const cacheOf = (owner) => copies.PICTURES + owner.id;
  const find = (owner, path) => caches.match(path, { cacheName: cacheOf(owner), ignoreVary: true });

  /** Deletes those whose time is over, and the oldest beyond MOST. */
  async function sweep(cache) {
    const clock = await store.recall("clock");
    let bytes = 0;
    for (const request of (await cache.keys()).reverse()) {
      const { headers } = await cache.match(request, { ignoreVary: true });
      bytes += Number(headers.get("Content-Length")) || USUAL;
      if (bytes > MOST || pages.expired({ headers }, clock)) await cache.delete(request);
    }
  }

  /** Fetches those of these thumbnails that are not kept; `url` is the page on which they stand. */
  async function keep(paths, url) {
    const { owner } = await identity.who();
    const page = owner && (await pages.find(owner, new Request(pages.beginning(url))));
    if (!page) return; // what may not be kept has no pictures that may
    const cache = await caches.open(cacheOf(owner));
    for (const path of paths.filter((one) => THUMBNAIL.test(one))) {
      if (await find(owner, path)) continue;
      const response = await fetch(path).catch(() => null);
      if (!response) break; // the signal has gone
      if (response.ok && response.headers.get("Sipokat") === "1") {
        const headers = new Headers(response.headers);
        headers.set("Sipokat-Kept-At", String(Date.now()));
        headers.set("Sipokat-Copy-Seconds", page.response.headers.get("Sipokat-Copy-Seconds"));
        await cache.put(path, new Response(await response.blob(), { headers }));
      }
    }
    await sweep(cache);
    if ((await identity.who()).owner?.id !== owner.id) await caches.delete(cacheOf(owner));
  }

  /** A thumbnail: as SIPOKAT gives it, who looks each time whether the person may see it. */
  async function show(request, path, patience) {
    const { owner } = await identity.who().catch(() => ({}));
    const kept = owner && (await find(owner, path).catch(() => null));
    if (!kept || pages.expired(kept, await store.recall("clock"))) return fetch(request);
    const late = patience.then(() => kept);
    return Promise.race([fetch(request).catch(() => kept), late]);
  }

  self.sipokat.pictures = { THUMBNAIL, keep, show };
})();
