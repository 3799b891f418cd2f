/*
 * Why a request of ours got no answer that counts. One place decides it, so that every screen names
 * the same cause (`pages/cause-words.js` says it):
 *
 *   "network"  no signal                    "foreign"  somebody else's Wi-Fi page or proxy answered
 *   "timeout"  no answer in time            "busy"     SIPOKAT is full (429, 503)
 *   "clock"    the phone's date is wrong    "broken"   SIPOKAT itself fails (any other 5xx)
 *
 * The same file runs in the page and in the worker; no DOM.
 */
(() => {
  const { data, store } = self.sipokat;
  const DAY = 86_400_000;
  const FIRST_DAY = Date.parse(data.limits.first_day);

  /**
   * Whether the phone's date at `now` can be right, by `clock`, the server's and the phone's time
   * noted together (see `store.noteDate`): "wrong" if it cannot, "unsure" if the server has not been
   * heard of for so long that it may be, else "".
   */
  function doubtOf(clock, now = Date.now()) {
    const far = data.limits.doubtful_hours * 3_600_000;
    if (now < FIRST_DAY) return "wrong";
    if (!clock) return "";
    if (now < clock.server - far) return "wrong";
    if (clock.phone - clock.server > far && now >= clock.phone) return "wrong";
    return now - clock.server > data.limits.days_back * DAY ? "unsure" : "";
  }

  /** `doubtOf` of this phone now. */
  async function doubt() {
    return doubtOf(await store.recall("clock").catch(() => null));
  }

  /**
   * The cause, from the facts of `wire.exchange` and what `doubt` says of the phone's date; "" for an
   * answer that counts. A certificate is not valid on a wrong date, and to a script that looks like
   * no signal.
   */
  function of({ problem, own, status }, doubt = "") {
    if (problem === "network") return doubt ? "clock" : "network";
    if (problem) return problem;
    if (!own) return "foreign";
    if (status === 429 || status === 503) return "busy";
    return status >= 500 ? "broken" : "";
  }

  /**
   * The cause by which an entry waits now, from the `code` of its last try; before its first try ""
   * unless the phone's date is wrong.
   */
  function standing(code, doubt) {
    if (!code) return doubt === "wrong" ? "clock" : "";
    return code === "network" ? of({ problem: code }, doubt) : code;
  }

  self.sipokat.causes = { doubt, doubtOf, of, standing };
})();
