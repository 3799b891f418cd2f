/* The cards of the outbox page: fills in one for an entry, a receipt or a draft. */
(() => {
  const { kinds, outbox, page, words } = self.sipokat;
  const said = document.querySelector("[data-outbox-said]");

  function put(node, text) {
    if (node.textContent !== text) node.textContent = text;
    node.hidden = !text;
  }

  /** A new node from the page's `<template>` of this id. */
  function copy(id) {
    return document.getElementById(id).content.firstElementChild.cloneNode(true);
  }

  /** Has a screen reader say it. */
  function say(text) {
    said.textContent = text;
  }

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
      const row = await outbox.photo(photo.id).catch(() => null); // the disk may fail to read it
      const image = node.querySelector("img");
      image.alt = `Foto ${entry.photos.indexOf(photo) + 1} yang belum terkirim`;
      if (row) image.src = URL.createObjectURL(new Blob([row.bytes], { type: row.type }));
      else node.querySelector(".photos").remove();
      image.addEventListener("load", () => URL.revokeObjectURL(image.src));
    }
  }

  function drawProgress(card, entry, now) {
    const box = card.querySelector("[data-progress]");
    box.hidden = entry.state !== "sending";
    if (box.hidden) return;
    const bar = box.querySelector("progress");
    const done = entry.photos.filter((one) => words.arrived(entry, one)).length;
    bar.max = entry.photos.length + 1;
    bar.value = (entry.receipt ? 1 : 0) + done;
    if (!now) return;
    const text = kinds.of(entry).acknowledged ? "keputusan" : "tulisan";
    const what = now.step === "text" ? text : `foto ${now.photo} dari ${now.of}`;
    const seconds = Math.round((Date.now() - now.started) / 1000);
    const time = seconds > 2 ? `, ${seconds} detik` : "";
    put(
      box.querySelector("[data-progress-words]"),
      `Mengirim ${what}, ${page.size(now.size)}${time}`,
    );
  }

  /**
   * Fills the card of an unsent entry, and says so when its state has changed. `now` is the last
   * "progress" message about it, if any, `doubt` that of `causes.doubt`.
   */
  function draw(card, entry, now, doubt) {
    const [label, tone] = words.label(entry);
    const badge = card.querySelector("[data-state]");
    const before = badge.textContent;
    badge.textContent = label;
    badge.className = `badge ${tone}`;
    card.classList.toggle("warn", tone === "warn");
    const attention = entry.state === "needs_attention";
    put(card.querySelector("[data-title]"), kinds.title(entry));
    // Cards may have the same title, so what can be tapped also names the time of writing, and of a
    // decision its report, since several are made in a minute.
    const report = kinds.of(entry).acknowledged ? `, laporan ${entry.report}` : "";
    const about = `${kinds.title(entry)}${report}, ditulis ${page.moment(entry.written_at)}`;
    for (const one of card.querySelectorAll(".actions > *"))
      one.setAttribute("aria-label", `${one.textContent} ${about}`);
    const { text = "", place_text = "" } = entry.body;
    const place = text.includes(place_text) ? "" : place_text; // a ready sentence says it already
    const { note = "" } = entry.body;
    put(card.querySelector("[data-text]"), [text, place, note].filter(Boolean).join(" · "));
    put(card.querySelector("[data-facts]"), words.facts(entry));
    put(card.querySelector("[data-why]"), words.why(entry, doubt));
    const number = words.numberOf(entry);
    const mend = card.querySelector("[data-mend]");
    const see = card.querySelector("[data-see]");
    const send = card.querySelector("[data-send]");
    mend.href = kinds.mendAt(entry);
    mend.hidden = !(outbox.editable(entry) && words.mendable(entry));
    mend.classList.toggle("main", attention);
    see.hidden = !number || !kinds.of(entry).see_in.includes(entry.state);
    if (number) see.href = `/laporan/${number}`;
    const { acknowledged } = kinds.of(entry);
    // Decisions are many: one button above sends all of them.
    send.hidden = !words.sendable(entry) || (attention && !mend.hidden) || acknowledged;
    card.querySelector("[data-login]").hidden = entry.state !== "needs_login";
    card.querySelector("[data-remove]").hidden = acknowledged || entry.state === "sending";
    card.querySelector("[data-undo]").hidden =
      !acknowledged || attention || entry.state === "sending";
    card.querySelector("[data-seen]").hidden = !acknowledged || !attention;
    drawProgress(card, entry, now);
    if (before && before !== label) say(`${kinds.title(entry)}: ${label}`);
    return drawRefused(card, entry);
  }

  /** The card of an entry that has been sent. */
  function receipt(entry) {
    const node = copy("receipt");
    const link = node.querySelector("[data-see]");
    link.textContent = kinds.title(entry);
    link.href = `/laporan/${entry.receipt.number}`;
    const { number, received_at } = entry.receipt;
    const named = link.textContent.includes(number); // a withdrawal's title
    if (!named) link.setAttribute("aria-label", `${link.textContent}, nomor ${number}`);
    const said = named ? "Diterima" : `Nomor ${number}, diterima`;
    node.querySelector("[data-facts]").textContent = `${said} ${page.moment(received_at)}`;
    return node;
  }

  /**
   * The card of a draft; `drop()` is called when the person wants it deleted. A draft's slot is
   * the category of a new report, with a mark if there are several, `ganti:` and number and version
   * of the report that a new one replaces, `perbaikan:` and the number of a revised report, `keputusan:` and
   * that of a report to be decided, or `entri:` and the id of an entry that was opened again. If that entry has been sent since, no form can open
   * the draft any more: its text is shown whole, without a link.
   */
  function draft(stored, unsent, drop) {
    const node = copy("draft");
    const [slot, id, version] = stored.slot.split(":");
    const entry = unsent.find((one) => one.id === id && outbox.editable(one));
    const orphan = slot === "entri" && !entry;
    const kind = stored.category && `&kategori=${stored.category}`;
    const paths = {
      entri: entry && kinds.mendAt(entry),
      perbaikan: `/laporan/${id}/perbaikan`,
      keputusan: `/laporan/${id}`,
      ganti: `/laporan/baru?ganti=${id}:${version}${kind}`,
    };
    const [link, text, button] = ["see", "text", "drop"].map((one) =>
      node.querySelector(`[data-${one}]`),
    );
    link.textContent = stored.title;
    link.href = paths[slot] || `/laporan/baru?kategori=${stored.category}&draf=${id || ""}`;
    if (orphan) {
      link.replaceWith(stored.title);
      node.classList.remove("tap");
      node.lastElementChild.remove();
    }
    text.classList.toggle("brief", !orphan);
    put(text, stored.values.text.trim());
    put(node.querySelector("[data-facts]"), page.moment(stored.updated_at));
    const name = `${stored.title}, ${page.moment(stored.updated_at)}`;
    link.setAttribute("aria-label", name);
    button.setAttribute("aria-label", `Hapus draf ${name}`);
    button.addEventListener("click", drop);
    return node;
  }

  self.sipokat.cards = { copy, draft, draw, put, receipt, say };
})();
