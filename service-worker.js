/*
 * The service worker: keeps the shells and pages, shows them when there is no signal, and sends the
 * outbox when the browser wakes it. The server puts three things before this text: `self.SHELL =
 * {version, precache, signed_in}`, the import of the core bundle (static/js/phone), the same that the
 * pages load, and what only a worker needs (static/js/worker).
 */
const { changes, copies, identity, pages, pictures, replay, store } = self.sipokat;
const OURS = "sipokat-shell-";
const SHELL_CACHE = OURS + self.SHELL.version;
const FOREIGN = "a foreign page";
const SLOW = 4000; // ms: then a kept page is shown although the network may still answer
const TYPES = { css: /^text\/css/, js: /^(text|application)\/javascript/, svg: /^image\/svg/ };

const ours = (response) => response.headers.get("Sipokat") === "1";
const isFile = (path) => path.startsWith("/static/");

/** Whether this is really the file or shell: a Wi-Fi's sign-in page has a status of 200 too. */
function sound(path, response) {
  if (!response.ok || response.redirected) return false;
  if (!isFile(path)) return response.headers.get("Sipokat-Shell") === self.SHELL.version;
  const type = TYPES[path.split(".").pop()];
  return !type || type.test(response.headers.get("Content-Type") || "");
}

async function fetchSound(path) {
  // The HTTP cache has what the page has just loaded; a copy of another version is fetched anew.
  for (const cache of ["force-cache", "reload"]) {
    const response = await fetch(path, { cache });
    if (sound(path, response)) return response;
  }
  throw new Error(`not ours: ${path}`); // the browser tries to install again at the next visit
}

/** Keeps those of these files and shells that are not kept; nothing if one of them does not come. */
async function keep(paths) {
  const cache = await caches.open(SHELL_CACHE);
  const kept = await Promise.all(paths.map((path) => cache.match(path)));
  const missing = paths.filter((_, at) => !kept[at]);
  const responses = await Promise.all(missing.map(fetchSound));
  await Promise.all(missing.map((path, at) => cache.put(path, responses[at])));
}

/** The shells, and for somebody who has signed in what their pages need, the outbox for one. */
async function install() {
  const { precache, signed_in } = self.SHELL;
  const { owner } = await identity.who().catch(() => ({}));
  await keep(owner ? [...precache, ...signed_in] : precache);
}

/**
 * Deletes our old shells, and no other cache. The shell before this one stays: pages that were kept
 * with it still need its files.
 */
async function clean() {
  const shells = (await caches.keys()).filter((name) => name.startsWith(OURS));
  const old = shells.filter((name) => name !== SHELL_CACHE).slice(0, -1);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The kept answer to this request, or undefined, also when the cache fails. */
const find = (request, options = {}) =>
  caches.match(request, { ignoreVary: true, ...options }).catch(() => undefined);
const shell = (path) => find(path, { cacheName: SHELL_CACHE });

/** A static file: as it is kept, else from the network. Bundles that were fetched are kept. */
async function file(event, path) {
  const { request } = event;
  const kept = await find(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (path.startsWith("/static/gen/") && sound(path, response)) {
    const copy = response.clone();
    const keeping = caches.open(SHELL_CACHE).then((cache) => cache.put(request, copy));
    event.waitUntil(keeping.catch(() => {})); // no room on the phone is no reason to fail
  }
  return response;
}

/** The server's answer to a navigation; throws if there is none, or one that is not SIPOKAT's. */
async function fromNetwork(event, owner, kept, request = event.request) {
  const before = await copies.count().catch(() => null);
  const response = await fetch(request);
  if (response.type === "opaqueredirect") return response; // the browser follows it
  if (!ours(response)) throw new Error(FOREIGN);
  event.waitUntil(store.noteDate(response.headers.get("Date")).catch(() => {}));
  await changes.heed(response, owner, kept).catch(() => {});
  event.waitUntil(pages.keep(request, response.clone(), before).catch(() => {}));
  return response;
}

/**
 * Fetches and keeps pages that the person is expected to open (see pages/ahead.js, notices.js). The
 * server is told that nobody looks at them yet: what they tell stays unread.
 */
async function ahead(event, urls) {
  const { owner } = await identity.who();
  for (const url of owner ? urls : []) {
    const request = new Request(url, { headers: { Accept: "text/html", Purpose: "prefetch" } });
    await fromNetwork(event, owner, await pages.find(owner, request), request);
  }
}

/** The offline page; it is told whether somebody else's page came instead of ours. */
async function offline(error) {
  const kept = await shell("/luring");
  if (!kept || error.message !== FOREIGN) return kept || Response.error();
  const html = (await kept.text()).replace("data-offline", "$&=foreign");
  return new Response(html, { headers: kept.headers });
}

/**
 * Of a queue that was loaded further on (`?sampai`) only the first page is kept: leads to that one.
 * Resolves with undefined for any other address, and where the first page is not kept either.
 */
async function shorter(owner, url) {
  const begin = pages.beginning(url);
  if (!owner || begin === url) return undefined;
  const kept = await pages.find(owner, new Request(begin)).catch(() => null);
  return kept ? Response.redirect(begin) : undefined;
}

/** Resolves with `value` after SLOW. */
const patience = (value) => new Promise((resolve) => setTimeout(resolve, SLOW, value));

/**
 * After a sign-out without signal only the sign-in page is shown until the server has been told.
 */
async function closed(signed_out, path) {
  if (!signed_out) return false;
  const told = await Promise.race([replay.leave().catch(() => false), patience(false)]);
  return !told && path !== "/masuk";
}

/**
 * A page: a shell as it is kept; any other from the network, or its copy if the network fails, or
 * is slow and the person has changed nothing since; else the offline page.
 */
async function page(event, path) {
  const url = event.request.url.replace(/#.*/, ""); // wherever in the page it points
  const nobody = { owner: null, signed_out: null };
  const { owner, signed_out } = await identity.who().catch(() => nobody);
  if (owner) event.waitUntil(keep(self.SHELL.signed_in).catch(() => {}));
  await changes.landed(event).catch(() => {});
  if (await closed(signed_out, path)) return shell("/luring");
  const shown = self.SHELL.precache.includes(path) && (await shell(path));
  if (shown) return shown;
  const asked = pages.isWanted(url);
  const newer = asked && (await pages.newer(url, owner).catch(() => null));
  if (newer) return newer;
  const kept = owner && (await pages.find(owner, event.request).catch(() => null));
  const network = fromNetwork(event, owner, kept);
  event.waitUntil(network.catch(() => {}));
  try {
    if (!kept || kept.stale || asked) return await network;
    const first = await Promise.race([network, patience(null)]);
    if (first) return first;
    event.waitUntil(pages.follow(network, url, owner).catch(() => {}));
    return await pages.show(kept, "slow");
  } catch (error) {
    if (!kept) return (await shorter(owner, url)) || offline(error);
    const why = error.message === FOREIGN ? "foreign" : "network";
    return pages.show(kept, why).catch(() => offline(error));
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(clean()));
self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
  if (event.data?.show) pages.want(event.data.show);
  if (event.data?.ahead) event.waitUntil(ahead(event, event.data.ahead).catch(() => {}));
  if (event.data?.pictures) {
    const { url } = event.source; // the page on which they stand
    event.waitUntil(pictures.keep(event.data.pictures, url).catch(() => {}));
  }
});
self.addEventListener("sync", (event) => {
  if (event.tag !== "sipokat-replay") return;
  // Rejecting while something still waits makes the browser wake us again later.
  const sent = replay
    .drain("now")
    .then((left) => left && Promise.reject(new Error("still waiting")));
  event.waitUntil(sent);
});
self.addEventListener("fetch", (event) => {
  const { headers, method, mode, url } = event.request;
  const { origin, pathname, search } = new URL(url);
  if (origin !== location.origin) return;
  if (headers.get("HX-Request")) event.respondWith(changes.fragment(event));
  else if (method !== "GET") {
    if (mode === "navigate") changes.posted(event, pathname);
  } else if (isFile(pathname)) event.respondWith(file(event, pathname));
  else if (mode === "navigate") event.respondWith(page(event, pathname));
  else if (pictures.THUMBNAIL.test(pathname + search)) {
    event.respondWith(pictures.show(event.request, pathname + search, patience()));
  }
});
