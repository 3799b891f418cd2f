/*
 * The worker: registered once the page is there, and its updates announced. A new version takes
 * over only when the person says so; nothing reloads by itself.
 */
(() => {
  const { page } = self.sipokat;
  const workers = navigator.serviceWorker;
  if (!workers) return; // plain http on another host, or a very old browser
  const had = Boolean(workers.controller);
  let asked = false;

  async function reload(worker) {
    // Only the report's own form keeps what is typed, and it says when it does.
    const kept = /^Tersimpan/.test(document.querySelector("[data-autosave]")?.textContent);
    const text = kept
      ? "Yang sudah diketik tersimpan sebagai draf."
      : "Yang sudah diketik di halaman ini belum tersimpan dan akan hilang.";
    if (page.typed() && !(await page.ask("Muat ulang sekarang?", text, { yes: "Muat ulang" })))
      return;
    asked = true;
    if (worker?.state === "installed") worker.postMessage("take-over");
    else location.reload();
  }

  function offer(worker) {
    const button = { label: "Muat ulang", act: () => reload(worker) };
    page.notice("Versi baru siap.", "wait", { key: "update", button });
  }

  workers.addEventListener("controllerchange", () => {
    if (asked) location.reload();
    else if (had) offer(null); // another page let the new version in
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

  // After everything that the person is waiting for.
  const start = () => register().catch(() => {});
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
})();
