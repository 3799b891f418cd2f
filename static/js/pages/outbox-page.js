/*
 * /kotak-keluar: what lies on this phone, and what can be done about it. Cards are kept and only
 * refilled as the outbox changes, so that focus and reading place stay where they are.
 */
(() => {
  const { app, outbox, owner, page, photos, replay, store, words } = self.sipokat;
  const part = (name) => document.querySelector(`[data-outbox-${name}]`);
  const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
  const CHANGED =
    "Laporan ini baru saja berubah, jadi tidak dihapus. Lihat keadaannya sekarang, lalu putuskan lagi.";
  const FULL =
    "Penyimpanan HP penuh. Laporan tetap dikirim, tetapi HP tidak bisa mencatatnya. Kosongkan sedikit penyimpanan HP.";
  const cards = new Map();
  const under = new Map(); // what is being sent just now, by entry
  let person = null;

  function put(node, text) {
    if (node.textContent !== text) node.textContent = text;
    node.hidden = !text;
  }

  function say(text) {
    part("said").textContent = text;
  }

  // --- One entry ---------------------------------------------------------------------------

  async function drawRefused(card, entry) {
    const place = card.querySelector("[data-photos-refused]");
    const refused = entry.photos.filter((one) => one.error);
    for (const node of [...place.children]) {
      if (!refused.some((one) => one.id === node.dataset.refused)) node.remove();
    }
    for (const photo of refused) {
      const known = place.querySelector(`[data-refused="${photo.id}"]`);
      const node = known || copy("refused-photo");
      node.dataset.refused = photo.id;
      put(node.querySelector("[data-why]"), photo.error.message);
      node.querySelector("[data-without]").hidden = !words.spareable(entry, photo);
      if (known) continue;
      place.append(node);
      const row = await outbox.photo(photo.id).catch(() => null); // the disk may not give it
      const image = node.querySelector("img");
      image.alt = `Foto ${entry.photos.indexOf(photo) + 1} yang belum terkirim`;
      if (row) image.src = URL.createObjectURL(new Blob([row.bytes], { type: row.type }));
      else node.querySelector(".photos").remove();
      image.addEventListener("load", () => URL.revokeObjectURL(image.src));
    }
  }

  function drawProgress(card, entry) {
    const box = card.querySelector("[data-progress]");
    const now = under.get(entry.id);
    box.hidden = entry.state !== "sending";
    if (box.hidden) return;
    const bar = box.querySelector("progress");
    const done = entry.photos.filter((one) => words.arrived(entry, one)).length;
    bar.max = entry.photos.length + 1;
    bar.value = (entry.receipt ? 1 : 0) + done;
    if (!now) return;
    const what = now.step === "text" ? "tulisan" : `foto ${now.photo} dari ${now.of}`;
    const seconds = Math.round((Date.now() - now.started) / 1000);
    const time = seconds > 2 ? `, ${seconds} detik` : "";
    put(
      box.querySelector("[data-progress-words]"),
      `Mengirim ${what}, ${page.size(now.size)}${time}`,
    );
  }

  function draw(card, entry) {
    const [label, tone] = words.STATES[entry.state];
    const badge = card.querySelector("[data-state]");
    const before = badge.textContent;
    badge.textContent = label;
    badge.className = `badge ${tone}`;
    card.classList.toggle("warn", tone === "warn");
    const attention = entry.state === "needs_attention";
    put(
      card.querySelector("[data-title]"),
      entry.kind === "revision" ? `Perbaikan ${entry.title}` : entry.title,
    );
    put(card.querySelector("[data-text]"), entry.body.text);
    put(card.querySelector("[data-facts]"), words.facts(entry));
    put(card.querySelector("[data-why]"), words.why(entry));
    const number = words.numberOf(entry);
    const mend = card.querySelector("[data-mend]");
    const see = card.querySelector("[data-see]");
    const send = card.querySelector("[data-send]");
    mend.href = words.mendAt(entry);
    mend.hidden = !(outbox.editable(entry) && words.mendable(entry));
    mend.classList.toggle("main", attention);
    see.hidden = !number || (entry.kind === "revision" && !attention);
    if (number) see.href = `/laporan/${number}`;
    send.hidden = !words.sendable(entry) || (attention && !mend.hidden);
    card.querySelector("[data-login]").hidden = entry.state !== "needs_login";
    card.querySelector("[data-remove]").hidden = entry.state === "sending";
    drawProgress(card, entry);
    if (before && before !== label) say(`${entry.title}: ${label}`);
    return drawRefused(card, entry);
  }

  function drawReceipt(entry) {
    const node = copy("receipt");
    const link = node.querySelector("[data-see]");
    link.textContent = entry.kind === "revision" ? `Perbaikan ${entry.title}` : entry.title;
    link.href = `/laporan/${entry.receipt.number}`;
    node.querySelector("[data-facts]").textContent =
      `Nomor ${entry.receipt.number}, diterima ${page.moment(entry.receipt.received_at)}`;
    return node;
  }

  function drawDraft(draft, entries) {
    const node = copy("draft");
    const [kind, id] = draft.slot.split(":");
    // What was changed of a report that has gone meanwhile belongs to no form any more.
    const orphan =
      kind === "entri" && !entries.some((one) => one.id === id && outbox.editable(one));
    const reopened = { entri: `/laporan/baru#entri=${id}`, perbaikan: `/laporan/${id}/perbaikan` };
    const [link, text, drop] = ["see", "text", "drop"].map((one) =>
      node.querySelector(`[data-${one}]`),
    );
    link.textContent = draft.title;
    link.href = id ? reopened[kind] : `/laporan/baru?kategori=${draft.category}`;
    if (orphan) link.replaceWith(draft.title);
    text.classList.toggle("brief", !orphan);
    put(text, draft.values.text.trim());
    put(node.querySelector("[data-facts]"), page.moment(draft.updated_at));
    drop.setAttribute("aria-label", `Hapus draf ${draft.title}`);
    drop.addEventListener("click", () => dropDraft(draft).catch(failed));
    return node;
  }

  // --- The whole page ----------------------------------------------------------------------

  async function drawUnsent(entries) {
    const list = part("unsent").querySelector("[data-list]");
    for (const [id, card] of cards) {
      if (entries.some((one) => one.id === id)) continue;
      card.remove();
      cards.delete(id);
    }
    for (const entry of await replay.seen(entries)) {
      if (!cards.has(entry.id)) {
        const card = copy("entry");
        card.dataset.entry = entry.id;
        cards.set(entry.id, card);
        list.append(card);
      }
      await draw(cards.get(entry.id), entry);
    }
  }

  function fillList(name, nodes) {
    part(name).hidden = nodes.length === 0;
    part(name)
      .querySelector("[data-list]")
      .replaceChildren(...nodes);
  }

  async function refresh() {
    const { others } = await outbox.count(person?.id);
    part("none").hidden = Boolean(person);
    put(
      part("others"),
      others
        ? `${others} laporan milik orang lain menunggu di HP ini. Laporan itu dikirim setelah pemiliknya masuk.`
        : "",
    );
    const all = person ? await outbox.entries(person.id) : [];
    const unsent = all.filter((one) => one.state !== "sent");
    const sent = all.filter((one) => one.state === "sent").reverse();
    const drafts = person ? await outbox.drafts(person.id) : [];
    await drawUnsent(unsent);
    part("unsent").hidden = unsent.length === 0;
    document.querySelector("[data-send-all]").hidden =
      unsent.filter((one) => one.state === "waiting").length < 2;
    part("empty").hidden = unsent.length > 0 || !person;
    fillList(
      "drafts",
      drafts.map((one) => drawDraft(one, unsent)),
    );
    fillList("sent", sent.map(drawReceipt));
  }

  // One drawing at a time, and one more for what changed meanwhile.
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
        page.notice("Isi kotak keluar tidak terbaca dari HP ini. Muat ulang halaman.", "late"),
      )
      .finally(() => {
        drawing = null;
      });
    return drawing;
  }

  // --- What the person does ----------------------------------------------------------------

  async function remove(id, entry) {
    const there = Boolean(entry.receipt);
    const what = there
      ? "Laporannya sudah diterima. Yang dihapus hanya fotonya di HP ini."
      : "Laporan ini belum terkirim. Setelah dihapus tidak dapat dikembalikan.";
    if (!(await page.ask("Hapus dari HP?", what, { yes: "Hapus", danger: true }))) return;
    const sure = "Tulisan dan foto laporan ini hilang dari HP.";
    if (!(await page.ask("Benar-benar hapus?", sure, { yes: "Ya, hapus", danger: true }))) return;
    const going = entry.state === "sending" && (await replay.busy());
    if (going || !(await outbox.remove(id, entry))) return page.notice(CHANGED, "warn");
    say("Laporan dihapus dari HP.");
    document.getElementById("isi").focus();
  }

  async function dropDraft({ owner: id, slot, id: draft }) {
    const what = "Tulisan dan foto di draf ini dihapus.";
    if (!(await page.ask("Hapus draf?", what, { yes: "Hapus draf", danger: true }))) return;
    await outbox.dropDraft(id, slot, draft);
    say("Draf dihapus dari HP.");
    document.getElementById("isi").focus();
    redraw();
  }

  function failed() {
    page.notice("HP belum bisa mencatat perubahan ini. Kosongkan sedikit penyimpanan HP.", "late");
  }

  async function swap(id, old, file) {
    say("Menyiapkan foto…");
    try {
      await outbox.swapPhoto(id, old, await photos.prepare(file));
      app.drain("tap");
    } catch (error) {
      page.notice(
        error.sentence || "Foto tidak muat di HP. Kosongkan sedikit penyimpanan HP.",
        "late",
      );
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
      if (entry.state === "needs_attention") await replay.retry(id);
      app.drain("tap");
    } else if (button.matches("[data-remove]")) {
      await remove(id, entry);
    } else if (button.matches("[data-swap]")) {
      button.closest("[data-refused]").querySelector("input").click();
    } else if (button.matches("[data-without]")) {
      await outbox.swapPhoto(id, old, null);
      app.drain("tap");
    }
  }

  document.querySelector("main").addEventListener("change", ({ target }) => {
    const id = target.closest("[data-entry]")?.dataset.entry;
    if (id && target.files?.[0])
      swap(id, target.closest("[data-refused]").dataset.refused, target.files[0]);
  });

  store.listen((message) => {
    if (message.type === "progress") under.set(message.id, message);
    if (message.type === "full") page.notice(FULL, "warn", { key: "full" });
    if (["outbox", "sent"].includes(message.type)) page.clear("full");
    if (message.type !== "owner") redraw();
    else
      owner
        .current()
        .then(begin)
        .catch(() => {});
  });
  setInterval(
    () => under.size && document.querySelector("[data-progress]:not([hidden])") && redraw(),
    1000,
  );

  function begin(state) {
    person = state.owner;
    return redraw();
  }
  owner.ready.then(begin);
})();
