/*
 * Whose phone this page is on: shows a shell as it is for them, and loads this page again when they
 * change. What is only for pages that were made for somebody is in made-for.js, which runs before.
 */
(() => {
  const { copies, identity, made, store, typed } = self.sipokat;
  // If that is missing, this bundle does not run either, and a form says so (see form/whole.js).
  if (!made && document.querySelector('meta[name="sipokat-user"]'))
    throw new Error("person.js has not loaded");
  const { kept, shown } = made || { shown: null }; // a shell is made for nobody
  // Who has been using this page: of a shell it is the phone's owner.
  let opened_by = shown?.id;

  /** Deletes the kept pages of everybody but `owner`, and what they had just typed. */
  function forgetPages(owner) {
    typed.forget(owner?.id);
    return copies.forget((id) => id !== owner?.id);
  }

  /**
   * In a shell, which is the same for everybody: shows what is for the owner's roles (`data-for`),
   * and what is for all others (`data-not-for`); what says both is for some who are not the others.
   */
  function fitRoles(owner) {
    if (shown) return;
    const roles = identity.rolesOf(owner);
    const has = (wanted) => wanted.split(" ").some((role) => roles.includes(role));
    for (const node of document.querySelectorAll("[data-for],[data-not-for]")) {
      const { for: wanted, notFor } = node.dataset;
      node.hidden = (wanted && !has(wanted)) || (notFor && has(notFor));
    }
  }

  /** Makes the phone and this page agree; resolves with who it is (see `identity.who`). */
  async function settle() {
    const noted = await made?.note();
    const state = await identity.who();
    opened_by ||= state.owner?.id;
    await forgetPages(state.owner).catch(() => {});
    if (shown && shown.id !== state.owner?.id && (noted || state.owner)) made.turnAway();
    fitRoles(state.owner);
    for (const node of document.querySelectorAll("[data-only]")) {
      node.hidden = node.dataset.only !== (state.signed_out ? "signed-out" : "signed-in");
    }
    return state;
  }

  /** Loads this page again, but not while the person is leaving it. */
  async function reload() {
    await made?.known;
    if (!made?.leaving()) location.reload();
  }

  /**
   * Reloads this page if the owner has changed since, in another page or while it was in memory.
   */
  async function check() {
    const { owner } = await identity.who();
    if (made?.leaving()) return;
    opened_by ||= owner?.id; // somebody has signed in in another tab, and nobody was before
    if (opened_by && opened_by !== owner?.id) await reload();
    else fitRoles(owner);
  }

  fitRoles(null); // until the phone's storage has told who it is, which it may never do
  const ready = settle();
  // Without storage (private mode, a broken disk) pages from the server work all the same.
  const none = { owner: null, signed_out: null };

  store.listen(({ type }) => {
    if (type === "owner") ready.then(check).catch(() => {});
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) check().catch(() => {});
  });

  self.sipokat.owner = {
    check,
    current: identity.who,
    forgetPages,
    kept,
    ready: ready.catch(() => none),
    reload,
    shown,
  };
})();
