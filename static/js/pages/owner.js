/*
 * Whose phone it is, as the page sees it: signed-in pages carry their user, the phone keeps its
 * owner, and what belongs to anybody else is not shown and not kept.
 */
(() => {
  const { identity, store } = self.sipokat;
  // When this page was asked for; a page older than the last change of owner decides nothing.
  const asked_at = Date.now() - performance.now();
  const meta = document.querySelector('meta[name="sipokat-user"]');
  const shown = meta ? JSON.parse(meta.content) : null;
  const kept = meta?.dataset.kept !== undefined; // by the worker: who was here then, and as what
  let opened_by = shown?.id; // a shell is made for nobody, but what is typed in it is somebody's

  /** Removes the cached pages of everybody but `owner`. */
  async function forgetPages(owner) {
    if (!("caches" in self)) return;
    const keep = `sipokat-pages-${owner?.id}`;
    const names = (await caches.keys()).filter((name) => name.startsWith("sipokat-pages-"));
    await Promise.all(names.filter((name) => name !== keep).map((name) => caches.delete(name)));
  }

  /** Shells are the same for everybody: the menu shows the places of the owner's role. */
  function fitMenu(owner) {
    if (shown) return;
    for (const link of document.querySelectorAll(".nav [data-roles]")) {
      link.parentElement.hidden = !link.dataset.roles.split(" ").includes(owner?.role || "rt_head");
    }
  }

  /** This page is somebody's who is not here any more. */
  function turnAway() {
    document.body.hidden = true;
    location.replace("/masuk");
  }

  async function settle() {
    // A phone that has no room to note its owner works from the server alone.
    const noted =
      !shown ||
      kept ||
      (await identity.adopt(shown, asked_at).then(
        () => true,
        () => false,
      ));
    const state = await identity.who();
    opened_by ||= state.owner?.id;
    await forgetPages(state.owner).catch(() => {});
    if (shown && shown.id !== state.owner?.id && (noted || state.owner)) turnAway();
    fitMenu(state.owner);
    for (const node of document.querySelectorAll("[data-only]")) {
      node.hidden = node.dataset.only !== (state.signed_out ? "signed-out" : "signed-in");
    }
    return state;
  }

  let leaving = false;

  /** Signed out or changed in another page, or this page is back from the browser's memory. */
  async function check() {
    const { owner } = await identity.who();
    if (leaving) return;
    opened_by ||= owner?.id; // somebody has signed in beside a page that was nobody's
    if (opened_by && opened_by !== owner?.id) location.reload();
    else fitMenu(owner);
  }

  const ready = settle();
  // Without storage (private mode, a broken disk) the pages still work, from the server alone.
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
    /** This page itself changes the owner, and goes on to another page after that. */
    leave: () => {
      leaving = true;
    },
    ready: ready.catch(() => none),
    shown,
  };
})();
