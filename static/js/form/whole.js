/*
 * Says so when a bundle that the form needs has not loaded, and ends this one: then the browser posts
 * the form by itself. (`pages/app.js` says it when this bundle fails.)
 */
// "app" is the last to run, and does not without "core" or, on a page for somebody, "person".
if (!self.sipokat?.app) {
  document.querySelector("[data-incomplete]").hidden = false;
  throw new Error("sipokat is incomplete");
}
