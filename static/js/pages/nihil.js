/*
 * "Lapor nihil" from home: one tap and a confirmation. The page brings a dialog `data-nihil` with
 * its month; its opener is a link to the form, which is the way without this script.
 */
(() => {
  const { app, identity, install, outbox, page, submission } = self.sipokat;

  async function open(event, link) {
    const month = link.dataset.nihilOpen;
    const dialog = document.querySelector(`dialog[data-nihil="${CSS.escape(month)}"]`);
    if (!dialog || !crypto.subtle || !self.indexedDB) return;
    event.preventDefault();
    // A home page kept for offline may be of an earlier month: then the form asks which one.
    const { months } = await page.calendar();
    const { owner } = await identity.who();
    // And which of several offices it speaks for.
    if (!owner || owner.regions || !months.includes(month)) location.assign(link.href);
    else dialog.showModal();
  }

  async function send(dialog) {
    const { owner } = await identity.who();
    const { today } = await page.calendar();
    const month = dialog.dataset.nihil;
    // The same month twice from this phone would only be refused.
    const before = (await outbox.entries(owner.id)).find(
      (one) =>
        one.category === "nihil" && one.body.fields.periode === month && one.state !== "sent",
    );
    const values = { happened_on: today, "fields.periode": month };
    const title = `Nihil ${page.monthName(month)}`;
    const id = submission.uuid();
    if (!before) {
      await outbox.submit(submission.entryOf({ id, owner, category: "nihil", title, values }));
    }
    dialog.close();
    page.notice(`${title}: tersimpan di HP. Dikirim otomatis saat ada sinyal.`, "ok");
    for (const link of document.querySelectorAll(`[data-nihil-open="${CSS.escape(month)}"]`)) {
      link.hidden = true;
    }
    install.offer(document.querySelector("[data-install]"));
    app.saved();
  }

  addEventListener("click", (event) => {
    const link = event.target.closest("[data-nihil-open]");
    if (link) open(event, link).catch(() => location.assign(link.href));
    const dialog = event.target.closest("dialog[data-nihil]");
    if (dialog && event.target.closest("[data-nihil-cancel]")) dialog.close();
    const confirm = dialog && event.target.closest("[data-nihil-confirm]");
    if (confirm) {
      confirm.disabled = true; // a second tap would be a second report
      send(dialog)
        .catch(() => {
          dialog.close();
          page.notice("HP tidak bisa menyimpan laporan. Kosongkan sedikit penyimpanan HP.", "late");
        })
        .finally(() => {
          confirm.disabled = false;
        });
    }
  });
})();
