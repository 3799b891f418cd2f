/*
 * The link to activate a phone carries its code behind "#", which no browser sends anywhere. This puts
 * it into the form and asks whose it is. Inside another app the address stays as it is, so that "Buka
 * di Chrome" takes the code along, and the person goes on by a tap.
 */
(() => {
  const form = document.querySelector("[data-activation]");
  const code = decodeURIComponent(location.hash.slice(1));
  if (!form || !code) return;
  form.elements.code.value = code;
  if (form.dataset.activation === "inside") return;
  history.replaceState(null, "", location.pathname);
  form.requestSubmit();
})();
