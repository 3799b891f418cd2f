/*
 * The keys of the queue. Letters alone, so only while the focus is in the queue and nothing is being
 * typed; those of decisions only where the pane shows what they decide.
 */
(() => {
  const { desk, page } = self.sipokat;
  if (!desk) return;
  const { queue, wide, cards, current, link, choose, goTo } = desk;

  /** Moves the focus from the card's row to the first thing that its form asks. */
  function enter(card) {
    choose(card);
    const body = card.querySelector(".queue-body");
    const first = body.querySelector(".decide :is(textarea, .button)");
    (first || body.querySelector("a")).focus();
  }

  function step(by) {
    const all = cards();
    const next = all[all.indexOf(current()) + by];
    if (next) goTo(next);
  }

  /** Verifies; where a class is asked, by `place` or by going to the two buttons. */
  function verify(card, place) {
    const buttons = [...card.querySelectorAll("[data-verify]")];
    const asksClass = buttons.length > 1;
    if (asksClass ? place !== undefined : place === undefined) buttons[place || 0]?.click();
    else if (asksClass) buttons[0].focus();
  }

  /** Opens the form of another decision; what it asks still has to be said. */
  function open(card, noun) {
    const form = card.querySelector(`form[action$="/${noun}"]`);
    const box = form?.closest("details");
    if (!box) return;
    box.open = true;
    form.querySelector("button, select, textarea").focus();
    box.scrollIntoView({ block: "nearest" });
  }

  const KEYS = [
    ["j", "laporan berikutnya"],
    ["k", "laporan sebelumnya"],
    ["Enter", "ke keputusan laporan ini"],
    ["Esc", "kembali ke daftar"],
    ["v", "Verifikasi; kalau perlu kelas, pilih dulu"],
    ["1", "Verifikasi: Kinerja"],
    ["2", "Verifikasi: Kegiatan biasa"],
    ["b", "Kembalikan, dengan alasan"],
    ["t", "Tolak, dengan alasan"],
  ];

  /** Says what each key does. */
  async function help() {
    const { make } = page;
    const rows = KEYS.flatMap(([key, what]) => [
      make("dt", {}, make("kbd", {}, key)),
      make("dd", {}, what),
    ]);
    const close = make("button", { class: "button main" }, "Tutup");
    const box = make(
      "dialog",
      { class: "dialog", "aria-labelledby": "keys-title" },
      make("h2", { id: "keys-title" }, "Tombol di halaman ini"),
      make("dl", { class: "keys" }, ...rows),
      make("form", { method: "dialog" }, close),
    );
    document.body.append(box);
    const before = document.activeElement;
    await page.open(box);
    box.remove();
    before.focus({ preventScroll: true });
  }

  const MOVES = { j: () => step(1), k: () => step(-1), "?": help };
  const DECIDES = {
    v: (card) => verify(card),
    1: (card) => verify(card, 0),
    2: (card) => verify(card, 1),
    b: (card) => open(card, "pengembalian"),
    t: (card) => open(card, "penolakan"),
    Escape: (card) => link(card).focus(),
  };

  queue.addEventListener("keydown", (event) => {
    const { ctrlKey, metaKey, altKey, key, repeat, target } = event;
    if (ctrlKey || metaKey || altKey || target.closest("textarea, select, input")) return;
    const card = current();
    // While the strip of the last decision has the focus, Enter and j go to the next waiting card.
    if (card && target.matches("[data-done]") && ["j", "Enter"].includes(key)) {
      event.preventDefault();
      return goTo(card);
    }
    const decide = !repeat && wide.matches && card && DECIDES[key];
    if (!MOVES[key] && !decide) return;
    event.preventDefault(); // the letter must not be typed where the key has led
    if (decide) decide(card);
    else MOVES[key]();
  });

  desk.enter = enter;
})();
