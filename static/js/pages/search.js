/*
 * What a search of people has found came as the answer to a form. The browser would ask whether to
 * send that form again when the person comes back from one of them; with its entry in the history
 * replaced, it gets the page anew instead.
 */
(() => {
  if (document.querySelector("[data-found]")) history.replaceState(null, "", location.href);
})();
