/*
 * Compares the person for whom this page was made with the owner of the phone. A page of somebody
 * else is not shown, and the pages that the worker has kept for others are deleted.
 */
(() => {
  const { copies, identity, store, typed } = self.sipokat;
  const LEFT = 60_000; // ms in which a "Keluar" that the browser sends leads to the next page
  // When this page was asked for: `identity.adopt` ignores pages from before the owner changed.
  const asked_at = Date.now() - performance.now();
  const meta = document.querySelector('meta[name="sipokat-user"]');
  const shown = meta ? JSON.parse(meta.content) : null;
  // Set on a copy from the worker, which may be out of date.
  const kept = meta?.dataset.kept;
  // "signed-out" or "end" (see `copies.end`): what the server has to say about the kept pages.
  const told = document.querySelector('meta[name="sipokat-copies"]')?.content;
  // Who has been using this page. A shell is made for nobody, so there it is the phone's owner.
  let opened_by = shown?.id;

  /** Deletes the kept pages of everybody but `owner`, and what they had just typed. */
  function forgetPages(owner) {
    typed.forget(owner?.id);
    return copies.forget((id) => id !== owner?.id);
  }

  /** The worker has done the same, where there is one. */
  async function obey() {
    if (told === "end") await copies.end();
    if (told !== "signed-out") return;
    await identity.signOut(); // by a form that was sent without script
    await identity.signedOut();
  }

  /**
   * In a shell, which is the same for everybody: shows what is for the owner's roles (`data-for`),
   * and what is said to all others (`data-not-for`).
   */
  function fitRoles(owner) {
    if (shown) return;
    const roles = identity.rolesOf(owner);
    const has = (wanted) => wanted.split(" ").some((role) => roles.includes(role));
    for (const node of document.querySelectorAll("[data-for]"))
      node.hidden = !has(node.dataset.for);
    for (const node of document.querySelectorAll("[data-not-for]"))
      node.hidden = has(node.dataset.notFor);
  }

  /** Hides this page, which was made for somebody else, and goes to the sign-in page. */
  function turnAway() {
    document.body.hidden = true;
    location.replace("/masuk");
  }

  /** Makes the phone and this page agree; resolves with who it is (see `identity.who`). */
  async function settle() {
    await obey().catch(() => {});
    // False if the phone has no room to note its owner: then the page is shown all the same.
    const noted =
      !shown ||
      kept !== undefined ||
      (await identity.adopt(shown, asked_at).then(
        () => true,
        () => false,
      ));
    const state = await identity.who();
    opened_by ||= state.owner?.id;
    await forgetPages(state.owner).catch(() => {});
    if (shown && shown.id !== state.owner?.id && (noted || state.owner)) turnAway();
    fitRoles(state.owner);
    for (const node of document.querySelectorAll("[data-only]")) {
      node.hidden = node.dataset.only !== (state.signed_out ? "signed-out" : "signed-in");
    }
    return state;
  }

  // The person is on the way from this page to another one: loading it again would keep them here.
  let leaving = false;

  // "Keluar" before its script has loaded, or before this one has: the worker removes the owner and
  // the copies while this page still waits for the next one.
  addEventListener("submit", (event) => {
    if (!/\/keluar$/.test(event.target.action)) return;
    setTimeout(() => {
      leaving ||= !event.defaultPrevented;
    });
  });
  const pressed = shown && store.recall("left");
  const known = Promise.resolve(pressed).then(
    (left) => {
      const rest = left + LEFT - Date.now();
      if (!(left > asked_at && rest > 0)) return;
      leaving = true;
      // If this page is still here then, it was another one that was left.
      setTimeout(() => {
        leaving = false;
        check().catch(() => {});
      }, rest);
    },
    () => {},
  );

  /** Loads this page again, but not while the person is leaving it. */
  async function reload() {
    await known;
    if (!leaving) location.reload();
  }

  /**
   * Reloads this page if the owner has changed since, in another page or while it was in memory.
   */
  async function check() {
    const { owner } = await identity.who();
    if (leaving) return;
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
    current: identity.who,
    forgetPages,
    kept,
    /** This page is about to change the owner and to go to another page: it must not reload. */
    leave: () => {
      leaving = true;
    },
    ready: ready.catch(() => none),
    reload,
    shown,
  };
})();
