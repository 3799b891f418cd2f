/* What this phone can do for the form, and who is told what because of it. */
(() => {
  const { page, store } = self.sipokat;
  const LITTLE_ROOM = 4_000_000;

  /** Photos by the browser's own picker, sent with the form. */
  function plainPhotos(form) {
    const list = form.querySelector("[data-photos]");
    const accept = "image/jpeg,image/png,image/webp";
    const attributes = {
      type: "file",
      name: "photos",
      multiple: true,
      accept,
      class: "field-input",
    };
    list.replaceWith(page.make("input", { ...attributes, "aria-label": "Foto" }));
  }

  /** Whether anything can be kept here; where not, the form posts as it stands, and says so. */
  async function keeps(form) {
    const able = self.isSecureContext && crypto.subtle;
    const opened = able && (await store.open().catch(() => null));
    if (opened) return true;
    plainPhotos(form);
    page.notice(
      "HP ini tidak bisa menyimpan laporan di alamat ini. Laporan hanya bisa dikirim saat ada sinyal.",
      "warn",
    );
    return false;
  }

  async function warnOfRoom() {
    const { quota, usage } = (await navigator.storage?.estimate?.().catch(() => null)) || {};
    if (quota - usage < LITTLE_ROOM) {
      page.notice(
        "Penyimpanan HP hampir penuh. Kosongkan sedikit dulu, supaya laporan dan foto bisa disimpan.",
        "warn",
        { key: "room" },
      );
    }
  }

  const signIn = document.querySelector("[data-sign-in-first]");
  signIn?.addEventListener("click", ({ target }) => {
    // What was typed is kept by this page alone: signing in goes on beside it.
    if (page.typed()) target.closest("a")?.setAttribute("target", "_blank");
  });

  /** Said before anybody types, not after. */
  async function welcome(form, person) {
    signIn.hidden = Boolean(person);
    form.querySelector("[data-save-draft]").hidden = !person;
    if (person) await warnOfRoom();
  }

  function askToSignIn() {
    signIn.focus();
    signIn.scrollIntoView({ block: "center" });
  }

  self.sipokat.readiness = { askToSignIn, keeps, welcome };
})();
