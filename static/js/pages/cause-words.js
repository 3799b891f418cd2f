/*
 * How the causes of `phone/causes.js` are said, in the same words on every screen. The worker shows no
 * words, so it does without this file.
 */
(() => {
  const { causes } = self.sipokat;

  const shown = (now) =>
    new Date(now).toLocaleDateString("id-ID", { day: "numeric", month: "short", year: "numeric" });

  const WHERE = "di Pengaturan HP, bagian Tanggal dan waktu.";
  const SENTENCES = {
    network: () => "Belum ada sinyal.",
    timeout: () => "SIPOKAT belum menjawab: sinyal lemah, atau SIPOKAT sedang lambat.",
    foreign: () =>
      "Jaringan ini belum tersambung ke SIPOKAT. Kalau memakai Wi-Fi, masuk dulu ke Wi-Fi itu atau pakai data seluler.",
    clock: (doubt, now) =>
      doubt === "unsure"
        ? `Belum tersambung. Periksa juga tanggal di HP: tertulis ${shown(now)}. Kalau salah, betulkan ${WHERE}`
        : `Tanggal di HP salah: tertulis ${shown(now)}. Karena itu HP bisa gagal tersambung walaupun ada sinyal. Betulkan ${WHERE}`,
    busy: () => "SIPOKAT sedang penuh.",
    broken: () => "Ada gangguan di SIPOKAT.",
  };

  /** The cause as a sentence, with what the person can do about it; "" for any other word. */
  function sentence(cause, doubt = "wrong", now = Date.now()) {
    return SENTENCES[cause]?.(doubt, now) || "";
  }

  /** The cause of these facts on this phone now, `{cause, words}`. */
  async function explain(facts) {
    const about = await causes.doubt();
    const cause = causes.of(facts, about);
    return { cause, words: sentence(cause, about) };
  }

  // The same behind a number of reports: "2 menunggu sinyal".
  const BRIEF = {
    network: "menunggu sinyal",
    timeout: "menunggu jawaban",
    foreign: "menunggu jaringan",
    clock: "tanggal HP salah",
    busy: "menunggu SIPOKAT",
    broken: "menunggu SIPOKAT",
  };

  /** The cause in a few words, for a list or a pill. */
  const brief = (cause, doubt) => {
    if (cause === "clock" && doubt === "unsure") return "periksa tanggal HP";
    return BRIEF[cause] || "menunggu dikirim";
  };

  Object.assign(causes, { brief, explain, sentence });
})();
