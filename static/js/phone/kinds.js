/*
 * What differs between the kinds of outbox entries. Everybody else asks here, by `kinds.of(entry)`;
 * no other file compares `entry.kind`. A new kind is one more row with all the keys:
 *
 * id_name              the name that the body gives the entry's id; only a receipt that repeats the
 *                      id under this name is a receipt for this entry
 * path(entry)          where the body is posted
 * head(given)          what the body says besides the id and the report's content
 * clientId(entry)      the report's `client_id` before the first receipt tells it, null if the
 *                      phone does not know it; the addresses of photos contain it
 * title_prefix         what the outbox page puts before the entry's title
 * see_in               the states of an unsent entry in which its card links to the report
 * mendPath(entry)      the page with the form in which the entry is opened again
 * mendsConflict(entry, error)
 *                      whether the form can help after a 409; `error` as in `answers.classify`
 * offer(entry)         the `data-offer` of the button or card on home that asks for what this entry
 *                      does, null if home asks for no such thing. It contains the report's version, so
 *                      that a report that was returned again is offered again
 * acknowledged         whether a refusal is read and put away: there is nothing to mend in it
 *
 * The same file runs in the page and in the worker; no DOM.
 */
(() => {
  const { levels } = self.sipokat.data;
  const levelOf = (code) =>
    Object.keys(levels).find((level) => levels[level] === code.split(".").length);

  const KINDS = {
    report: {
      id_name: "client_id",
      path: () => "/laporan",
      head: ({ category, region, written_at, form_version }) => ({
        category,
        region,
        written_at,
        form_version,
      }),
      clientId: ({ id }) => id,
      title_prefix: "",
      // Whatever the state: there is something to link to as soon as the server has told a number.
      see_in: ["waiting", "sending", "needs_login", "needs_attention"],
      mendPath: () => "/laporan/baru",
      // The server already has another report under this id.
      mendsConflict: () => false,
      offer: ({ category, body, replaces: old }) => {
        if (old) return `perbaikan:${old.number}:${old.version}`;
        return category === "nihil" ? `nihil:${body.fields.periode}` : null;
      },
      acknowledged: false,
    },
    revision: {
      id_name: "action_id",
      path: ({ report }) => `/laporan/${report}/perbaikan`,
      head: ({ version }) => ({ version }),
      clientId: () => null,
      title_prefix: "Perbaikan ",
      // Until it is refused, the report's page would show the content before this revision.
      see_in: ["needs_attention"],
      mendPath: ({ report }) => `/laporan/${report}/perbaikan`,
      // The report has changed meanwhile: only while it lies on its author's desk (which bears the
      // name of the region's level) can it be revised again.
      mendsConflict: ({ region }, { desk }) => desk === levelOf(region),
      offer: ({ report, body }) => `perbaikan:${report}:${body.version}`,
      acknowledged: false,
    },
    // Of a report in whose place another one was written, made by `follower`.
    withdrawal: {
      id_name: "action_id",
      path: ({ report }) => `/laporan/${report}/penarikan`,
      head: ({ version }) => ({ version }),
      clientId: () => null,
      title_prefix: "Pembatalan ",
      see_in: ["waiting", "sending", "needs_login", "needs_attention"],
      mendPath: () => "", // no form
      // Somebody has done something with the report meanwhile: it just stays as it is now.
      mendsConflict: () => false,
      offer: ({ report, body }) => `perbaikan:${report}:${body.version}`,
      acknowledged: false,
    },
  };
  // An official's verification, return or rejection (`noun`): what the desk offers, and no home.
  KINDS.decision = {
    ...KINDS.withdrawal,
    path: ({ report, noun }) => `/laporan/${report}/${noun}`,
    title_prefix: "",
    offer: ({ report, body }) => `keputusan:${report}:${body.version}`,
    acknowledged: true,
  };

  /**
   * What is sent once `entry` has its `receipt`: if it came in the place of another report, that
   * one's withdrawal, else null. Only then, so that never both are gone. It always has the same id.
   */
  function follower({ owner, category, region, form_version, replaces, order }, receipt) {
    if (!replaces) return null;
    const { number, version, action_id } = replaces;
    const note = `Salah jenis laporan. Diganti laporan ${receipt.number}.`;
    return {
      id: action_id,
      owner,
      kind: "withdrawal",
      report: number,
      region,
      form_version,
      category,
      title: `laporan ${number}`,
      body: { action_id, version, note },
      photos: [],
      written_at: receipt.received_at,
      client_id: null,
      order: order + 0.5,
      state: "waiting",
      attempts: 0,
      last_try: null,
      next_try: 0,
      last_error: null,
      receipt: null,
    };
  }

  /** What an entry or a receipt does of that which pages offer. */
  const offer = (entry) => (entry.receipt && entry.offer) || KINDS[entry.kind].offer(entry);

  /** Of what the server takes one only: a report's mending, and a region's report of a month. */
  function single(entry) {
    const { category, region, body } = entry;
    const { periode } = body.fields || {};
    return periode ? `${category}:${region}:${periode}` : offer(entry);
  }

  self.sipokat.kinds = {
    KINDS,
    follower,
    /** The kind of the entry that a form makes; `revision` is null in the form of a new report. */
    made: (revision) => (revision ? "revision" : "report"),
    /** Where the entry is opened again: the address of "Perbaiki". */
    mendAt: (entry) => `${KINDS[entry.kind].mendPath(entry)}#entri=${entry.id}`,
    of: ({ kind }) => KINDS[kind],
    offer,
    single,
    title: ({ kind, title }) => KINDS[kind].title_prefix + title,
  };
})();
