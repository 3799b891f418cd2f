/*
 * The person for whom this page was made, or nobody, as the page to sign in: compares them with the
 * owner of the phone. A page of somebody else is not shown. Not in shells, which are the same for all.
 */
(() => {
  const { copies, identity, store } = self.sipokat;
  const LEFT = 60_000; // ms in which a "Keluar" that the browser sends leads to the next page
  // When this page was asked for: `identity.adopt` ignores pages from before the owner changed.
  const asked_at = Date.now() - performance.now();
  const meta = document.querySelector('meta[name="sipokat-user"]');
  const shown = meta ? JSON.parse(meta.content) : null;
  // Set on a copy from the worker, which may be out of date.
  const kept = meta?.dataset.kept;
  // "signed-out" or "end" (see `copies.end`): what the server has to say about the kept pages.
  const told = document.querySelector('meta[name="sipokat-copies"]')?.content;

  /** The worker has done the same, where there is one. */
  async function obey() {
    if (told === "end") await copies.end();
    if (told !== "signed-out") return;
    await identity.signOut(); // by a form that was sent without script
    await identity.signedOut();
  }

  /**
   * Does what the server says, and notes the person as the phone's owner. False if the phone has no
   * room for that: then the page is shown all the same.
   */
  async function note() {
    await obey().catch(() => {});
    if (!shown || kept !== undefined) return true;
    return identity.adopt(shown, asked_at).then(
      () => true,
      () => false,
    );
  }

  /** Hides this page, which was made for somebody else, and goes to the sign-in page. */
  function turnAway() {
    document.body.hidden = true;
    location.replace("/masuk");
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
        self.sipokat.owner.check().catch(() => {});
      }, rest);
    },
    () => {},
  );

  self.sipokat.made = {
    kept,
    known,
    /** This page is about to change the owner and to go to another page: it must not reload. */
    leave: () => {
      leaving = true;
    },
    leaving: () => leaving,
    note,
    shown,
    turnAway,
  };
})();
