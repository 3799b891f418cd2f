/*
 * Keeps signed-in pages for when there is no answer, and shows them as what they are: copies. Runs
 * only in the worker.
 *
 * A kept page is the server's page without what stands between `<!--live-->` and `<!--/live-->`
 * (words that are true only for a while, one-time messages, what cannot be done from a copy) and what
 * htmx would ask for, and with what stands in `<!--copy …-->` (dates instead, and the strip that says
 * that it is a copy).
 */
(() => {
  const { causes, copies, identity, store } = self.sipokat;
  const MOST = 30; // pages for one person
  const HOUR = 3_600_000;
  const FRESH = 60_000; // ms for which a page that came behind its copy may be shown as it came
  const WHY = {
    slow: "sinyal lemah",
    network: "belum ada sinyal",
    clock: "tanggal di HP salah",
    foreign: "jaringan ini belum tersambung ke SIPOKAT",
  };
  const STALE = " Perubahan Anda sesudah itu belum terlihat.";

  /** The copy of a page; `mark` tells it from others of the same page. */
  function copyOf(html, mark) {
    let depth = 0;
    const kept = html.split(/<!--(\/?live)-->/).filter((part, at) => {
      if (at % 2) depth += part === "live" ? 1 : -1;
      return at % 2 === 0 && depth === 0;
    });
    return kept
      .join("")
      .replace(/<!--copy ([\s\S]*?)-->/g, "$1")
      .replace(/ hx-[a-z-]+="[^"]*"/g, "")
      .replace('<meta name="sipokat-user"', `$& data-kept="${mark}"`);
  }

  const STYLES = /href="(\/static\/gen\/[^"]+\.css)"/g;
  const stylesOf = (html) => [...html.matchAll(STYLES)].map((found) => found[1]).join(" ");

  /**
   * Keeps a page if it was made for the owner of this phone. `changes` is `copies.count()` from
   * before it was asked for: if something has changed since, nobody knows which state it shows.
   */
  async function keep(request, response, changes) {
    const made_for = response.headers.get("Sipokat-User");
    // A page without this, such as one that shows a code, is to be kept on no device.
    const may = response.headers.has("Sipokat-Copy-Seconds");
    if (response.status !== 200 || !made_for || !may) return;
    const name = copies.PAGES + made_for;
    const mine = async () => (await identity.who()).owner?.id === made_for;
    const same = async () => (await copies.count()) === changes;
    if (!(await mine()) || !(await same())) return;
    const at = String(Date.now());
    const html = copyOf(await response.text(), at);
    if (!html.includes("data-copy-why")) return; // a form that was posted; it does not say whose it is
    const headers = new Headers(response.headers);
    headers.set("Sipokat-Kept-At", at);
    headers.set("Sipokat-Kept-Changes", changes);
    headers.set("Sipokat-Kept-Styles", stylesOf(html));
    const cache = await caches.open(name);
    await cache.put(request, new Response(html, { headers }));
    const all = await cache.keys();
    await Promise.all(all.slice(0, -MOST).map((one) => cache.delete(one)));
    if (!(await mine())) return void (await caches.delete(name)); // they have signed out meanwhile
    if (!(await same())) return void (await cache.delete(request));
    store.announce({ type: "kept", url: request.url.replace(/#.*/, "") });
  }

  /**
   * Whether the role's time for a copy is over, by the phone's clock or by what the server has said
   * since. On a phone whose clock was set back nobody knows how old it is.
   */
  function expired({ headers }, clock) {
    const since = Date.now() - Number(headers.get("Sipokat-Kept-At"));
    const heard = clock ? clock.server - Date.parse(headers.get("Date")) : 0;
    const most = Number(headers.get("Sipokat-Copy-Seconds")) * 1000;
    return since < -HOUR || !(Math.max(since, heard || 0) <= most);
  }

  /** Deletes all copies in this cache whose time is over. */
  async function sweep(cache, clock) {
    for (const request of await cache.keys()) {
      const response = await cache.match(request, { ignoreVary: true });
      if (!response || expired(response, clock)) await cache.delete(request);
    }
  }

  /** The address of a queue as it begins: of one that was loaded further (desk/more.js), that is kept. */
  function beginning(url) {
    const start = new URL(url);
    if (start.searchParams.has("sampai")) start.searchParams.delete("sampai");
    return start.href;
  }

  /**
   * The copy of this page that may be shown to the owner, `{response, stale}`, or null. `stale`: the
   * person has changed something since, so it is only shown if there is no answer at all.
   */
  async function find(owner, request) {
    const cacheName = copies.PAGES + owner.id;
    const response = await caches.match(request, { cacheName, ignoreVary: true });
    if (!response) return null;
    const clock = await store.recall("clock");
    if (expired(response, clock)) {
      await sweep(await caches.open(cacheName), clock);
      return null;
    }
    // A page of an earlier version whose styles are gone would stand there naked.
    for (const path of response.headers.get("Sipokat-Kept-Styles").split(" ")) {
      if (path && !(await caches.match(path))) return null;
    }
    const stale = Number(response.headers.get("Sipokat-Kept-Changes")) < (await copies.count());
    return { response, stale };
  }

  /** The copy with the reason why it is shown: "slow", "network" or "foreign". */
  async function show({ response, stale }, why) {
    const reason = why === "network" ? causes.of({ problem: why }, await causes.doubt()) : why;
    const words = `${WHY[reason]}.${stale ? STALE : ""}`;
    const html = (await response.text()).replace("<span data-copy-why>", `$&${words}`);
    return new Response(html, { headers: response.headers });
  }

  // --- The newer page, which comes behind a copy ----------------------------------------------

  let wanted = ""; // the address of the page that the person wants to see as it is now
  let came = null; // the last one that came, `{url, owner, count, response, at}`

  /** The person has tapped "Tampilkan": the page at this address is asked for next. */
  function want(url) {
    wanted = url;
  }

  /** Whether this is that page. Its copy must not be shown again because the network is slow. */
  function isWanted(url) {
    const is = wanted === url;
    if (is) wanted = "";
    return is;
  }

  /** Holds the answer of `network` until the person wants it. */
  async function follow(network, url, owner) {
    const response = await network;
    came = { url, owner: owner.id, count: await copies.count(), response, at: Date.now() };
  }

  /** The page as it came behind its copy; null if that may not be how it is now. */
  async function newer(url, owner) {
    const one = came;
    came = null;
    const fresh = one?.url === url && one.owner === owner?.id && Date.now() - one.at < FRESH;
    return fresh && one.count === (await copies.count()) ? one.response : null;
  }

  self.sipokat.pages = { beginning, expired, find, follow, isWanted, keep, newer, show, want };
})();
