/* Photos open in a dialog; without this script their link opens the photo itself. */
(() => {
  addEventListener("click", (event) => {
    const link = event.target.closest("[data-lightbox]");
    const box = document.getElementById("lightbox");
    if (!link || !box?.showModal || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const picture = box.querySelector("img");
    picture.src = link.href;
    picture.alt = link.querySelector("img")?.alt || "Foto";
    box.showModal();
  });
})();
