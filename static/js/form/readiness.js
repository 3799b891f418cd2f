/*
 * What can be done on this phone, told before anybody types: whether it can keep a report, whether
 * there is room left, and whether somebody is signed in.
 */
(() => {
  const { page, store } = self.sipokat;
  const LITTLE_ROOM = 4_000_000; // bytes

  /** Shows one of the notices about this phone that stand above the form. */
  function tell(what) {
    document.querySelector(`[data-phone=${what}]`).hidden = false;
  }

  /**
   * Whether this phone can keep reports (it needs https and storage). If not, tells the person: the
   * form stays one that the browser posts by itself.
   */
  async function keeps() {
    const able = self.isSecureContext && crypto.subtle;
    const asked = able ? store.usable() : Promise.reject(store.fault("storage"));
    const trouble = await asked.then(
      () => "",
      ({ code }) => code,
    );
    if (trouble) tell(trouble === "silent" ? trouble : "cannot");
    return !trouble;
  }

  async function warnOfRoom() {
    const { quota, usage } = (await navigator.storage?.estimate?.().catch(() => null)) || {};
    if (quota - usage < LITTLE_ROOM) tell("room");
  }

  const signIn = document.querySelector("[data-sign-in-first]");
  signIn?.addEventListener("click", ({ target }) => {
    // What has been typed is on this page only, so the sign-in page opens in another tab.
    if (page.typed()) target.closest("a")?.setAttribute("target", "_blank");
  });

  /** Shows what the form offers to this person, or (null) that they must sign in first. */
  async function welcome(form, person) {
    signIn.hidden = Boolean(person);
    for (const one of form.querySelectorAll("[data-save-draft], [data-save-another]")) {
      one.hidden = !person;
    }
    if (person) warnOfRoom().catch(() => {}); // storage that fails may never tell
  }

  /** Brings the notice "Masuk dulu" into sight. */
  function askToSignIn() {
    signIn.focus();
    signIn.scrollIntoView({ block: "center" });
  }

  self.sipokat.readiness = { askToSignIn, keeps, welcome };
})();
