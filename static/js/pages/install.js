/*
 * The hint that SIPOKAT can be installed, shown after a report was saved. It is not shown again
 * after "Nanti saja" or once SIPOKAT has been installed.
 */
(() => {
  const { page, store } = self.sipokat;
  let prompt = null; // the browser's event that opens its own installation dialog

  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event;
  });
  addEventListener("appinstalled", () => {
    prompt = null;
    store.note("install_hint", "done").catch(() => {});
  });

  const installed = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone;
  const apple = () => /iphone|ipad|ipod/i.test(navigator.userAgent);

  /** Shows the hint in `place` if SIPOKAT can be installed here and the person has not declined. */
  async function offer(place) {
    if (!place || installed() || (!prompt && !apple())) return;
    if (await store.recall("install_hint").catch(() => "done")) return;
    const later = page.make("button", { type: "button", class: "button quiet" }, "Nanti saja");
    const words = prompt
      ? "Pasang SIPOKAT di HP ini, supaya mudah dibuka lagi, juga tanpa sinyal."
      : "Supaya mudah dibuka lagi: ketuk Bagikan, lalu pilih “Tambah ke Layar Utama”.";
    const button = prompt && { label: "Pasang", act: install };
    const hint = page.banner(words, "wait", button);
    later.addEventListener("click", () => {
      hint.remove();
      store.note("install_hint", "later").catch(() => {});
    });
    hint.append(later);
    place.replaceChildren(hint);
  }

  /** "Pasang": opens the browser's dialog. */
  async function install(hint) {
    const event = prompt;
    prompt = null;
    hint.remove();
    await event?.prompt();
  }

  self.sipokat.install = { offer };
})();
