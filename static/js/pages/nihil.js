/*
 * "Lapor nihil" on home: one tap and a confirmation. The page has a dialog `data-nihil` for each
 * month; the link that opens it leads to the form, which is also the way without this script.
 */
(() => {
  const { app, entries, identity, install, outbox, page, submission } = self.sipokat;
  const CANNOT = "HP tidak bisa menyimpan laporan nihil ini. Kirim dari formulirnya.";

  /** Opens the dialog of this month, or the form where more has to be asked. */
  async function open(event, link) {
    const month = link.dataset.nihilOpen;
    const dialog = document.querySelector(`dialog[data-nihil="${CSS.escape(month)}"]`);
    if (!dialog || !crypto.subtle || !self.indexedDB) return;
    event.preventDefault();
    // On a kept copy of home the month may be over: then the form asks for which month.
    const { months } = await page.calendar();
    const { owner } = await identity.who();
    // The form also asks a person with several offices for which one.
    if (!owner || owner.regions || !months.includes(month)) location.assign(link.href);
    else page.open(dialog);
  }

  /** Puts the nihil report of the dialog's month into the outbox. */
  async function send(dialog) {
    const { owner } = await identity.who();
    const { today } = await page.calendar();
    const month = dialog.dataset.nihil;
    // The server would refuse a second one for the month, so it is not put there twice.
    const before = (await outbox.entries(owner.id)).find(
      (one) =>
        one.category === "nihil" && one.state !== "sent" && one.body.fields.periode === month,
    );
    const values = { happened_on: today, "fields.periode": month };
    const title = `Nihil ${page.monthName(month)}`;
    const id = submission.uuid();
    if (before?.state === "needs_attention") await entries.retry(before.id);
    if (!before) {
      await outbox.submit(submission.entryOf({ id, owner, category: "nihil", title, values }));
    }
    dialog.close();
    page.notice(`${title}: tersimpan di HP. Dikirim otomatis saat ada sinyal.`, "ok", {
      focus: true,
    });
    install.offer();
    app.saved();
  }

  addEventListener("click", (event) => {
    const link = event.target.closest("[data-nihil-open]");
    if (link) open(event, link).catch(() => location.assign(link.href));
    const dialog = event.target.closest("dialog[data-nihil]");
    if (dialog && event.target.closest("[data-nihil-cancel]")) dialog.close();
    const confirm = dialog && event.target.closest("[data-nihil-confirm]");
    if (confirm) {
      confirm.disabled = true; // a second tap must not make a second report
      send(dialog)
        .catch(() => {
          dialog.close();
          const month = CSS.escape(dialog.dataset.nihil);
          const link = document.querySelector(`[data-nihil-open="${month}"]`);
          const button = { label: "Buka formulir", act: () => location.assign(link.href) };
          page.notice(CANNOT, "late", { key: "nihil", button, focus: true });
        })
        .finally(() => {
          confirm.disabled = false;
        });
    }
  });
})();
