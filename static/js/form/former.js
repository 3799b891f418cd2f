/*
 * A person whose office has ended: what happened in it is still taken for some weeks, and the form says
 * so before anybody types. The phone knows both days from its owner, so this works without signal too.
 */
(() => {
  const { page } = self.sipokat;
  const words = (day) => page.moment(`${day}T05:00Z`).split(",")[0];

  /**
   * The `bounds` of dates for this person (see `fields.calendar`): not after the last day in office;
   * `closed` where nothing of it is taken any more.
   */
  function bound(bounds, person) {
    const [last, until] = person?.ends || [];
    if (!last || bounds.today <= last) return bounds;
    const ended = `Jabatan Anda berakhir ${words(last)}.`;
    const closed = bounds.today > until;
    page.notice(
      closed
        ? `${ended} Laporan baru dibuat pejabat yang sekarang.`
        : `${ended} Yang terjadi sampai hari itu masih bisa dilaporkan sampai ${words(until)}.`,
      "warn",
      { key: "former" },
    );
    const months = bounds.months.filter((one) => one <= last.slice(0, 7));
    return {
      ...bounds,
      today: last,
      months,
      closed,
      late: `${ended} Pilih tanggal itu atau sebelumnya.`,
    };
  }

  self.sipokat.former = { bound };
})();
