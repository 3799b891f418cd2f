/*
 * Names whom to call for a new code, where the PIN or the password was forgotten: the phone knows it
 * from the last sign-in, so it works without signal and after signing out. A place with `data-on`
 * names them at that address alone: the offline page stands at any.
 */
(() => {
  const { store } = self.sipokat;

  store.recall("call").then(
    (whom) => {
      if (!whom) return;
      for (const place of document.querySelectorAll("[data-call]")) {
        if (place.dataset.on && place.dataset.on !== location.pathname) continue;
        place.querySelector("b").textContent = whom;
        place.hidden = false;
        if (place.dataset.call) document.getElementById(place.dataset.call).hidden = true;
      }
    },
    () => {},
  );
})();
