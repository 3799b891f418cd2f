/*
 * Why something of the form is not on the phone, and what then: the same words for its draft, its
 * photos and the report.
 */
(() => {
  const { page } = self.sipokat;
  // What is wrong and how to mend it, for each code that phone/store.js puts on its errors.
  const WHY = {
    full: ["Penyimpanan HP penuh.", page.ROOM],
    owner: ["Anda sudah keluar dari HP ini.", "Masuk dulu untuk menyimpan."],
    draft: [
      "Draf ini dibuka di halaman SIPOKAT lain.",
      "Kirim dari sini, atau simpan tulisan ini.",
    ],
    silent: ["Penyimpanan HP tidak menjawab.", "Coba tutup halaman SIPOKAT lain."],
    storage: ["HP ini belum bisa menyimpan.", "Ketuk Simpan draf untuk mencoba lagi."],
  };

  /** The sentences for an error with this code; `lost` says what is not on the phone. */
  self.sipokat.unsaved = (code, lost) => {
    const [why, then] = WHY[code] || WHY.storage;
    return `${why} ${lost} ${then}`;
  };
})();
