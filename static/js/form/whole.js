/*
 * Says so when a bundle that the form needs has not loaded; all other scripts of this bundle then stop
 * at once, and the browser posts the form by itself. (`pages/app.js` says it when this bundle fails.)
 */
(() => {
  if (self.sipokat?.app) return; // "app" is the last to run, and does not without "core"
  const place = document.getElementById("notices");
  const make = (name, className, text = "") =>
    Object.assign(document.createElement(name), { className, textContent: text });
  const box = make("div", "notice warn");
  const then = document.querySelector("[data-report-form]")
    ? " Laporan hanya bisa dikirim saat ada sinyal."
    : "";
  const again = make("button", "button", "Muat ulang");
  again.type = "button";
  again.addEventListener("click", () => location.reload());
  box.append(make("p", "notice-text", `Halaman ini belum termuat seluruhnya.${then}`), again);
  place?.append(box);
})();
