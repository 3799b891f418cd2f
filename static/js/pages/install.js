/*
 * The hint that SIPOKAT can be installed, shown after a report was saved. It is not shown again
 * after "Nanti saja" or once SIPOKAT has been installed.
 */
(() => {
  const { store } = self.sipokat;
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

  /** Shows the page's hint if SIPOKAT can be installed here and the person has not declined. */
  async function offer() {
    const apple = /iphone|ipad|ipod/i.test(navigator.userAgent) && "apple";
    const hint = document.querySelector(`[data-install=${prompt ? "prompt" : apple}]`);
    if (!hint || installed()) return;
    hint.hidden = Boolean(await store.recall("install_hint").catch(() => "done"));
  }

  addEventListener("click", ({ target }) => {
    const hint = target.closest("[data-install]");
    if (!hint || !target.matches("button")) return;
    hint.hidden = true;
    if (target.matches(".quiet")) store.note("install_hint", "later").catch(() => {});
    else prompt?.prompt();
    prompt = null;
  });

  self.sipokat.install = { offer };
})();
