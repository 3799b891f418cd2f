/*
 * The decisions that this person has made here and that lie in the outbox: what pages say of each, and
 * whether the report can still be decided there.
 */
(() => {
  const { identity, kinds, outbox, owner } = self.sipokat;
  const made = Number(owner.kept ?? Date.now() - performance.now()); // when this page was made

  const SAID = {
    waiting: ["Akan dikirim", "wait"],
    sending: ["Akan dikirim", "wait"],
    needs_login: ["Akan dikirim setelah Anda masuk lagi", "warn"],
    needs_attention: ["Tidak tercatat", "warn"],
    sent: ["Terkirim", "ok"],
  };

  /** Their entries, also those that are sent. */
  async function entries() {
    const { owner: person } = await identity.who();
    const mine = person ? await outbox.entries(person.id) : [];
    return mine.filter((one) => kinds.offer(one)?.startsWith("keputusan:"));
  }

  /** Whether nothing more can be decided where this entry has come from. */
  function stands({ state, last_error: error, sent_at }) {
    if (state === "sent") return sent_at > made; // a page that was made since knows better
    return state !== "needs_attention" || [404, 409].includes(error?.status);
  }

  self.sipokat.keptDecisions = { SAID, entries, made, stands };
})();
