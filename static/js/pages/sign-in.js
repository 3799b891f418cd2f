/*
 * Signing in and out. Both forms also work without this script. With it the phone knows its owner
 * at once, what was typed stays in the form when there is no signal, and signing out works offline.
 */
(() => {
  const { beside, causes, identity, made, outbox, owner, page, replay, store, wire, words } =
    self.sipokat;

  // By password, by PIN, and with a code that activates the phone.
  const ENTRANCES = ["/masuk", "/masuk/pin", "/aktivasi"];

  /** Waits for the promise, but not longer than this. */
  const within = (promise, ms) =>
    Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms))]);

  const FULL = `Penyimpanan HP penuh. Anda sudah masuk, tetapi HP ini tidak bisa menyimpan laporan. ${page.ROOM}`;

  /** The path to go to after signing in; never an address of another site. */
  function wayOn(data) {
    const asked = data.get("next") || "";
    return /^\/(?!\/)[!-[\]-~]*$/.test(asked) ? asked : "/beranda";
  }

  /** Why signing in has not worked, from the facts of `wire.exchange`. */
  async function why(facts) {
    // A refusal of ours says more than any cause, also the 429 after too many wrong passwords.
    if (facts.own && facts.status < 500 && facts.json.message) return facts.json.message;
    const { cause, words } = await causes.explain(facts);
    const then =
      { network: "lagi saat sinyal ada", clock: "lagi setelah itu" }[cause] ||
      "beberapa menit lagi";
    return `${words} Coba ${then}.`;
  }

  /** Signs in on the server, and writes the person as the phone's owner. */
  async function enter(form, data) {
    const { next, ...typed } = Object.fromEntries(data);
    const body = JSON.stringify(typed);
    const headers = { "Content-Type": "application/json" };
    const stop = beside.awaited(form);
    const path = new URL(form.action).pathname;
    const facts = await wire.exchange({ method: "POST", path, headers, body });
    stop();
    const user = facts.own && facts.status === 200 && facts.json.user;
    if (!user) {
      beside.complain(form, await why(facts));
      const [wrong] = Object.keys(facts.json?.fields || {});
      form.querySelector(wrong ? `[name=${wrong}]` : "[type=password]")?.focus();
      return;
    }
    made.leave();
    const trouble = await identity.signIn(user).then(
      () => "",
      ({ code }) => code,
    );
    await owner.forgetPages(user).catch(() => {});
    page.saved();
    const go = () => location.assign(wayOn(data));
    // Where nothing can be stored at all the form says so; only a full phone can be mended.
    if (trouble !== "full" || (await identity.who()).owner?.id === user.id) go();
    else beside.complain(form, FULL, { button: { label: "Lanjut tanpa menyimpan", act: go } });
  }

  async function signIn(form, data) {
    const { signed_out } = await identity.who();
    // A sign-out that the server has not heard of is sent first, lest it end the new session later.
    await (signed_out ? replay.leave(() => enter(form, data)) : enter(form, data));
  }

  /** Deletes what this person has typed into decisions, and which were still to be sent at once. */
  async function forgetDecisions(id) {
    await store.note(`bulk:${id}`, undefined);
    for (const { slot } of await outbox.drafts(id)) {
      if (slot.startsWith(outbox.DECISION)) await outbox.dropDraft(id, slot);
    }
  }

  async function signOut() {
    const { owner: person } = await identity.who();
    const mine = person ? await outbox.entries(person.id) : [];
    const unsent = words.amount(mine.filter(({ state }) => state !== "sent"));
    if (unsent) {
      const text = `${unsent} belum terkirim. Semuanya tetap tersimpan di HP ini dan dikirim setelah Anda masuk lagi.`;
      if (!(await page.ask("Keluar sekarang?", text, { yes: "Keluar" }))) return;
    }
    made.leave();
    if (person) await forgetDecisions(person.id).catch(() => {});
    try {
      await identity.signOut();
    } finally {
      await owner.forgetPages(null).catch(() => {});
    }
    await within(replay.leave(), 4000);
    location.assign("/masuk");
  }

  /** Runs `work` with the form disabled; if that fails, the browser posts the form itself. */
  async function handle(form, submitter, work) {
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    if (submitter) submitter.disabled = true;
    try {
      await work();
    } catch {
      form.submit(); // this phone has no storage
    } finally {
      form.removeAttribute("aria-busy");
      if (submitter) submitter.disabled = false;
    }
  }

  addEventListener("submit", (event) => {
    const form = event.target;
    const { pathname } = new URL(form.getAttribute("action") || "", location.href);
    const known = form.method === "post" && [...ENTRANCES, "/keluar"].includes(pathname);
    if (!known || event.defaultPrevented) return;
    event.preventDefault();
    const data = new FormData(form);
    if (event.submitter?.name) data.set(event.submitter.name, event.submitter.value);
    handle(form, event.submitter, pathname === "/keluar" ? signOut : () => signIn(form, data));
  });
})();
