/*
 * The offline page says why the page that was asked for is not here. The worker tells it when
 * somebody else's page came; else there was no signal, or the phone's date is wrong.
 */
(() => {
  const { causes } = self.sipokat;
  const box = document.querySelector("[data-offline]");
  if (!box) return;
  const foreign = box.dataset.offline === "foreign";

  async function say() {
    const { cause, words } = await causes.explain(foreign ? {} : { problem: "network" });
    if (cause === "network") return;
    box.querySelector("[data-offline-title]").textContent = "Halaman ini belum bisa dibuka";
    const place = box.querySelector("[data-offline-words]");
    place.textContent = words;
    place.hidden = false;
  }

  say();
})();
