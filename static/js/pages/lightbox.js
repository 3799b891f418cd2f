/*
 * Photos open in a dialog; without this script their link opens the photo itself. Until the picture
 * has come the dialog is empty and says so: it never shows the photo of another report. And a
 * photo of the page itself that does not load is told in words.
 */
(() => {
  const { causes, owner, page, wire } = self.sipokat;
  const LOADING = "Memuat…";
  const FAILED = "Foto belum bisa dibuka.";

  /** Shows in the empty dialog what is said of the photo, text or nodes. */
  const say = (box, ...said) => box.querySelector("[data-lightbox-state]").replaceChildren(...said);

  /** Empties the dialog. A new <img>, since an old one may still be loading another photo. */
  function empty(box, words) {
    const picture = document.createElement("img");
    picture.hidden = true;
    box.querySelector("img").replaceWith(picture);
    say(box, words);
    return picture;
  }

  /** Why the photo has not come: a broken <img> does not tell, so this asks SIPOKAT. */
  async function why() {
    const facts = await wire.exchange({ method: "GET", path: "/akun", user: owner.shown?.id });
    if (facts.own && facts.status === 401) {
      const href = `/masuk?lanjut=${encodeURIComponent(location.pathname)}`;
      return [
        `${FAILED} Anda perlu masuk lagi. `,
        page.make("a", { class: "button", href }, "Masuk"),
      ];
    }
    const { words } = await causes.explain(facts);
    return [`${FAILED} ${words || "Coba beberapa menit lagi."}`];
  }

  function open(box, link) {
    const picture = empty(box, LOADING);
    const said = (...words) => {
      if (picture.isConnected) say(box, ...words);
    };
    picture.alt = link.querySelector("img")?.alt || "Foto";
    picture.addEventListener("load", () => {
      picture.hidden = false;
      said("");
    });
    picture.addEventListener("error", async () => said(...(await why())));
    picture.src = link.href;
    page.open(box).then(() => empty(box, ""));
  }

  const ABSENT = owner.kept === undefined ? "Foto belum termuat" : "Foto tidak ada di salinan ini";

  /** Words in the place of a picture that has not loaded: its alt text would be cut off. */
  function lack(image) {
    const frame = image.parentElement;
    if (image.hidden || !frame?.matches(".photo")) return;
    image.hidden = true;
    frame.classList.add("absent");
    frame.append(page.icon("warn"), page.make("span", {}, ABSENT));
    if (frame.matches("a")) frame.setAttribute("aria-label", `${ABSENT}: ${image.alt}`);
  }

  addEventListener("error", ({ target }) => target.matches?.("img") && lack(target), true);
  for (const image of document.querySelectorAll(".photo > img")) {
    if (image.currentSrc && image.complete && !image.naturalWidth) lack(image);
  }

  addEventListener("click", (event) => {
    const link = event.target.closest("[data-lightbox]");
    const box = document.getElementById("lightbox");
    if (!link || !box?.showModal || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(box, link);
  });
})();
