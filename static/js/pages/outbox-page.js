/*
 * /kotak-keluar: what lies on this phone, and what the person can do about it. When the outbox
 * changes, the cards that are there are filled again and not made anew, so that the focus and the
 * place on the screen stay.
 */
(() => {
  const { app, cards, causes, entries, kinds, outbox, owner, page, photos } = self.sipokat;
  const { removal, replay, store } = self.sipokat;
  const { amount } = self.sipokat.words;
  const { say } = cards;
  const part = (name) => document.querySelector(`[data-outbox-${name}]`);
  if (!part("unsent")) return; // every page of somebody who has signed in has this script
  const FULL = `Penyimpanan HP penuh. Laporan tetap dikirim, tetapi HP tidak bisa mencatatnya. ${page.ROOM}`;
  const drawn = new Map(); // the cards of unsent entries, by the entry's id
  const progress = new Map(); // the last "progress" message, by the entry's id
  let person = null; // the owner of this phone

  // --- The whole page ----------------------------------------------------------------------

  async function drawUnsent(unsent) {
    const list = part("unsent").querySelector("[data-list]");
    for (const [id, card] of drawn) {
      if (unsent.some((one) => one.id === id)) continue;
      card.remove();
      drawn.delete(id);
    }
    const doubt = await causes.doubt();
    for (const entry of await replay.seen(unsent)) {
      if (!drawn.has(entry.id)) {
        const card = cards.copy("entry");
        card.dataset.entry = entry.id;
        drawn.set(entry.id, card);
        list.append(card);
      }
      await cards.draw(drawn.get(entry.id), entry, progress.get(entry.id), doubt);
    }
  }

  function fillList(name, nodes) {
    part(name).hidden = nodes.length === 0;
    part(name)
      .querySelector("[data-list]")
      .replaceChildren(...nodes);
  }

  /** Of what is another person's nothing is said but how much it is. */
  async function othersWords() {
    const all = await store.reading(["entries"], ({ entries }) => store.got(entries.getAll()));
    const others = all.filter((one) => one.owner !== person?.id && one.state !== "sent");
    return others.length
      ? `${amount(others)} milik orang lain menunggu di HP ini. Dikirim setelah pemiliknya masuk.`
      : "";
  }

  async function refresh() {
    part("none").hidden = Boolean(person);
    cards.put(part("others"), await othersWords());
    const all = person ? await outbox.entries(person.id) : [];
    const unsent = all.filter((one) => one.state !== "sent");
    const receipts = all.filter((one) => one.state === "sent").reverse();
    const [sent, decided] = [false, true].map((is) =>
      receipts.filter((one) => kinds.of(one).acknowledged === is),
    );
    const drafts = person ? await outbox.drafts(person.id) : [];
    for (const one of receipts) if (drawn.has(one.id)) say(`${kinds.title(one)}: Terkirim`);
    await drawUnsent(unsent);
    part("unsent").hidden = unsent.length === 0;
    const waiting = unsent.filter((one) => one.state === "waiting");
    document.querySelector("[data-send-all]").hidden =
      waiting.length < 2 && !waiting.some((one) => kinds.of(one).acknowledged);
    part("empty").hidden = unsent.length > 0 || !person;
    fillList(
      "drafts",
      drafts.map((one) => cards.draft(one, unsent, () => dropDraft(one).catch(failed))),
    );
    fillList("sent", sent.map(cards.receipt));
    fillList("decided", decided.map(cards.receipt));
    part("decided").querySelector("summary").textContent = amount(decided);
  }

  // Draws the page, and once more if something changed while it was being drawn.
  let drawing = null;
  let stale = false;
  function redraw() {
    stale = true;
    drawing ||= (async () => {
      while (stale) {
        stale = false;
        await refresh();
      }
    })()
      .catch(() =>
        page.notice("Isi kotak keluar belum terbaca dari HP ini.", "late", {
          button: { label: "Muat ulang", act: () => location.reload() },
        }),
      )
      .finally(() => {
        drawing = null;
      });
    return drawing;
  }

  // --- What the person does ----------------------------------------------------------------

  async function dropDraft({ owner: id, slot, id: draft }) {
    const what = "Tulisan dan foto di draf ini dihapus.";
    if (!(await page.ask("Hapus draf?", what, { yes: "Hapus draf", danger: true }))) return;
    await outbox.dropDraft(id, slot, draft);
    page.notice("Draf dihapus dari HP.", "ok", { key: "delete", focus: true });
    redraw();
  }

  function failed() {
    page.notice(`HP belum bisa mencatat perubahan ini. ${page.ROOM}`, "late", { focus: true });
  }

  async function swap(id, old, file) {
    say("Menyiapkan foto…");
    try {
      await entries.swapPhoto(id, old, await photos.prepare(file));
      app.drain("tap");
    } catch (error) {
      page.notice(error.sentence || `Foto tidak muat di HP. ${page.ROOM}`, "late", { focus: true });
    }
  }

  document.querySelector("main").addEventListener("click", async ({ target }) => {
    const button = target.closest("button");
    const id = target.closest("[data-entry]")?.dataset.entry;
    if (!button) return;
    if (button.matches("[data-send-all]")) app.drain("tap");
    if (id) act(button, id).catch(failed);
  });

  async function act(button, id) {
    const entry = await outbox.entry(id);
    if (!entry) return;
    const old = button.closest("[data-refused]")?.dataset.refused;
    if (button.matches("[data-send]")) {
      if (entry.state === "needs_attention") await entries.retry(id);
      app.drain("tap");
    } else if (button.matches("[data-remove]")) {
      await removal.remove(id, entry);
    } else if (button.matches("[data-undo]")) {
      await removal.takeBack(id, entry);
    } else if (button.matches("[data-seen]")) {
      await removal.acknowledge(id, entry);
    } else if (button.matches("[data-swap]")) {
      button.closest("[data-refused]").querySelector("input").click();
    } else if (button.matches("[data-without]")) {
      await entries.swapPhoto(id, old, null);
      app.drain("tap");
    }
  }

  document.querySelector("main").addEventListener("change", ({ target }) => {
    const id = target.closest("[data-entry]")?.dataset.entry;
    if (id && target.files?.[0])
      swap(id, target.closest("[data-refused]").dataset.refused, target.files[0]);
  });

  store.listen((message) => {
    if (message.type === "progress") progress.set(message.id, message);
    if (message.type === "full") page.notice(FULL, "warn", { key: "full" });
    if (["outbox", "sent"].includes(message.type)) page.clear("full");
    removal.changed();
    if (message.type !== "owner") redraw();
    else
      owner
        .current()
        .then(begin)
        .catch(() => {});
  });
  setInterval(
    () => progress.size && document.querySelector("[data-progress]:not([hidden])") && redraw(),
    1000,
  );

  function begin(state) {
    person = state.owner;
    return redraw();
  }
  owner.ready.then(begin);
})();
