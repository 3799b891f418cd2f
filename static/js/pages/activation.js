/*
 * The link to activate a phone carries its code behind "#", which no browser sends anywhere. This puts
 * it into the form and asks whose it is, and takes it out of the address. Inside another app it comes
 * back there on the next page, so that "Buka di Chrome" takes it along.
 */
(() => {
  const form = document.querySelector("[data-activation]");
  const code = location.hash.slice(1);
  if (form && code) {
    form.elements.code.value = code;
    history.replaceState(null, "", location.pathname);
    form.requestSubmit();
  }
  const inside = document.querySelector("[data-activation-inside]");
  if (inside) history.replaceState(null, "", `/aktivasi#${inside.elements.code.value}`);
})();
