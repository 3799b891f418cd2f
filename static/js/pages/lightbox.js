/*
 * Photos open in a dialog; without this script their link opens the photo itself. Until the picture
 * has come the dialog is empty and says so: it never shows the photo of another report.
 */
(() => {
  const { page } = self.sipokat;
  const LOADING = "Memuat…";
  const FAILED = "Foto belum bisa dibuka. Periksa sinyal, lalu coba lagi.";

  /** Empties the dialog. A new <img>, since an old one may still be loading another photo. */
  function empty(box, words) {
    const picture = document.createElement("img");
    picture.hidden = true;
    box.querySelector("img").replaceWith(picture);
    box.querySelector("[data-lightbox-state]").textContent = words;
    return picture;
  }

  function open(box, link) {
    const picture = empty(box, LOADING);
    const said = (words) => {
      if (picture.isConnected) box.querySelector("[data-lightbox-state]").textContent = words;
    };
    picture.alt = link.querySelector("img")?.alt || "Foto";
    picture.addEventListener("load", () => {
      picture.hidden = false;
      said("");
    });
    picture.addEventListener("error", () => said(FAILED));
    picture.src = link.href;
    page.open(box).then(() => empty(box, ""));
  }

  addEventListener("click", (event) => {
    const link = event.target.closest("[data-lightbox]");
    const box = document.getElementById("lightbox");
    if (!link || !box?.showModal || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(box, link);
  });
})();
