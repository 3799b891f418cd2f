/*
 * Leaving the form: waits for photos that are being prepared, has the draft written, and asks first
 * where the phone could not keep what is on the screen.
 */
(() => {
  const { page } = self.sipokat;
  const LONGEST = 20_000; // ms; after that the draft says which photo was not kept

  /** `kept()` is whether this phone keeps drafts for the person in front of it. */
  function create(form, draft, photos, kept) {
    /** Whether something is on the screen; before the draft has begun only typing tells. */
    const typed = () => !form.hidden && (draft.begun() ? !draft.untouched() : page.typed());

    /** Waits for the photos that are being prepared. */
    async function settle() {
      if (!photos.busy()) return;
      draft.await("Menunggu foto selesai disiapkan…");
      const enough = new Promise((resolve) => setTimeout(resolve, LONGEST));
      await Promise.race([photos.settled(), enough]);
      draft.await("");
    }

    /** Whether the form may be left; asks the person if something would be lost. */
    async function may() {
      await settle();
      if (!typed() || draft.safe()) return true;
      await draft.save().catch(draft.complain);
      if (draft.safe()) return true;
      const words = "Yang sudah diisi belum tersimpan di HP ini dan akan hilang.";
      const answers = { yes: "Tinggalkan", no: "Tetap di sini", danger: true };
      const yes = await page.ask("Tinggalkan laporan ini?", words, answers);
      if (yes) draft.giveUp();
      return yes;
    }

    // The same when the page itself is left or pulled down; only the browser can ask then.
    addEventListener("beforeunload", (event) => {
      if (!page.typed() || !typed() || (kept() && !draft.failing())) return;
      event.preventDefault();
      event.returnValue = "";
    });

    return { may, settle };
  }

  self.sipokat.leaving = { create };
})();
