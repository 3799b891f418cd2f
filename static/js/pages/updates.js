/*
 * Registers the worker and offers its updates. A new version takes over, and the page reloads, only
 * when the person says so.
 */
(() => {
  const { page } = self.sipokat;
  const workers = navigator.serviceWorker;
  if (!workers) return; // plain http on another host, or a very old browser
  const had = Boolean(workers.controller); // a worker was in charge when this page was loaded
  let asked = null; // `page.typings()` when the person asked for the update in this page

  /** "Muat ulang": lets the waiting worker take over. Without one, it has done so already. */
  async function reload(worker) {
    // Only the report form keeps what is typed, and it says so in [data-autosave].
    const kept = /^Tersimpan/.test(document.querySelector("[data-autosave]")?.textContent);
    const text = kept
      ? "Yang sudah diketik tersimpan sebagai draf."
      : "Yang sudah diketik di halaman ini belum tersimpan dan akan hilang.";
    if (page.typed() && !(await page.ask("Muat ulang sekarang?", text, { yes: "Muat ulang" })))
      return;
    asked = page.typings();
    if (worker?.state !== "installed") return again();
    // The one before may still be sending; until it has ended the person can go on typing.
    page.notice("Versi baru sedang dipasang…", "wait", { key: "update" });
    worker.postMessage("take-over");
  }

  /** The person has agreed already, so the form need not have the browser ask once more. */
  function again() {
    page.saved();
    location.reload();
  }

  function offer(worker) {
    const button = { label: "Muat ulang", act: () => reload(worker) };
    page.notice("Versi baru siap.", "wait", { key: "update", button });
  }

  workers.addEventListener("controllerchange", () => {
    if (asked !== null && asked === page.typings()) again();
    // Accepted in another page, or something has been typed here since: ask (again).
    else if (had) offer(null);
  });

  async function register() {
    const registration = await workers.register("/service-worker.js", { scope: "/" });
    if (registration.waiting && workers.controller) offer(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker.addEventListener("statechange", () => {
        if (worker.state === "installed" && workers.controller) offer(worker);
      });
    });
  }

  // Only once the page is loaded: the worker's downloads must not slow it down.
  const start = () => register().catch(() => {});
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
})();
