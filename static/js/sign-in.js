/*
 * Signing in and out, so that the phone knows its owner at once. Both forms also work without this
 * script; with it, what was typed stays when there is no signal, and one can sign out offline.
 */
(() => {
  const { identity, outbox, owner, page, replay } = self.sipokat;

  const within = (promise, ms) =>
    Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms))]);

  function complain(form, message) {
    let place = form.querySelector("[data-form-error]");
    if (!place) {
      place = page.make("div", { "data-form-error": "", role: "alert" });
      form.prepend(place);
    }
    place.hidden = false;
    place.replaceChildren(page.banner(message, "late"));
  }

  /** Where to go on to: a path of ours, never another address. */
  function wayOn(data) {
    const asked = data.get("next") || new URLSearchParams(location.search).get("lanjut") || "";
    return /^\/(?![/\\])/.test(asked) ? asked : "/beranda";
  }

  function words({ problem, own, json }) {
    if (problem) return "Belum ada sinyal. Coba lagi saat sinyal ada.";
    if (!own) return "Jaringan ini belum tersambung ke SIPOKAT. Coba lagi sebentar lagi.";
    return json.message || "Belum bisa masuk. Coba lagi sebentar lagi.";
  }

  async function signIn(form, data) {
    const body = JSON.stringify({ phone: data.get("phone"), password: data.get("password") });
    const headers = { "Content-Type": "application/json" };
    // A sign-out that the server has not heard of goes first: it must not end the new session.
    await within(replay.leave(), 8000);
    const facts = await replay.exchange({ method: "POST", path: "/masuk", headers, body });
    if (!facts.own || facts.status !== 200 || !facts.json.user) {
      complain(form, words(facts));
      form.querySelector("[type=password]")?.focus();
      return;
    }
    owner.leave();
    await identity.signIn(facts.json.user).catch(() => {});
    await owner.forgetPages(facts.json.user).catch(() => {});
    page.saved();
    location.assign(wayOn(data));
  }

  async function signOut() {
    const { owner: person } = await identity.who();
    const { total } = person ? await outbox.count(person.id) : { total: 0 };
    if (total) {
      const text = `${total} laporan belum terkirim. Laporan itu tetap tersimpan di HP ini dan dikirim setelah Anda masuk lagi.`;
      if (!(await page.ask("Keluar sekarang?", text, { yes: "Keluar" }))) return;
    }
    owner.leave();
    await identity.signOut();
    await owner.forgetPages(null);
    await within(replay.leave(), 4000);
    location.assign("/masuk");
  }

  /** True when the form's own way must be taken instead. */
  async function handle(form, submitter, work) {
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    if (submitter) submitter.disabled = true;
    try {
      await work();
    } catch {
      form.submit(); // no storage on this phone: as without script
    } finally {
      form.removeAttribute("aria-busy");
      if (submitter) submitter.disabled = false;
    }
  }

  addEventListener("submit", (event) => {
    const form = event.target;
    const { pathname } = new URL(form.getAttribute("action") || "", location.href);
    const known = form.method === "post" && ["/masuk", "/keluar"].includes(pathname);
    if (!known || event.defaultPrevented) return;
    event.preventDefault();
    const data = new FormData(form);
    if (event.submitter?.name) data.set(event.submitter.name, event.submitter.value);
    handle(form, event.submitter, pathname === "/masuk" ? () => signIn(form, data) : signOut);
  });
})();
