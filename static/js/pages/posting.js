/*
 * The browser sends a plain form by itself, and shows another page in place of this one if there is no
 * answer. So this asks first whether SIPOKAT answers and the person is still signed in; if not, the
 * page stays, with all that is typed, and says why. A search is sent so as well: the list that is
 * there can still be read.
 */
(() => {
  const { beside, causes, owner, page, wire } = self.sipokat;
  // sign-in.js sends these; whoever looks up a code is not signed in.
  const OTHERS = ["/masuk", "/masuk/pin", "/keluar", "/aktivasi", "/aktivasi/orang"];

  const button = (label, act) => ({ button: { label, act } });

  /** Lets the browser post the form, with the name and value of the button that was pressed. */
  function submit(form, pressed) {
    form.querySelector("[data-pressed]")?.remove();
    if (pressed?.name) {
      const { name, value } = pressed;
      form.append(page.make("input", { type: "hidden", name, value, "data-pressed": "" }));
    }
    form.submit();
  }

  const SEARCH = "Belum dicari. Yang ada di halaman ini tetap bisa dibaca.";

  async function send(form, pressed) {
    const search = form.method === "get";
    const [left, tone] = search ? [SEARCH, "warn"] : ["Ini belum terkirim.", "late"];
    const user = owner.shown?.id;
    const stop = beside.awaited(form);
    const facts = await wire.exchange({ method: "GET", path: "/akun", user });
    stop();
    if (facts.own && facts.status === 200) return submit(form, pressed);
    if (facts.own && facts.status === 401) {
      const way = `/masuk?lanjut=${encodeURIComponent(location.pathname)}`;
      const go = () => location.assign(way);
      return beside.complain(form, `Anda perlu masuk lagi. ${left}`, {
        ...button("Masuk", go),
        tone,
      });
    }
    // What can wait on this phone goes into the outbox (desk/without-signal.js).
    const unsent = new CustomEvent("sipokat:unsent", { bubbles: true, detail: { kept: null } });
    form.dispatchEvent(unsent);
    if (await unsent.detail.kept) return undefined;
    const { words } = await causes.explain(facts);
    const again = button("Coba lagi", () => post(form, pressed));
    return beside.complain(form, `${words} ${left}`, { ...again, tone });
  }

  function post(form, pressed) {
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    send(form, pressed)
      .catch(() => submit(form, pressed))
      .finally(() => form.removeAttribute("aria-busy"));
  }

  addEventListener("submit", (event) => {
    const form = event.target;
    const search = form.getAttribute("role") === "search";
    const path = new URL(form.getAttribute("action") || "", location.href).pathname;
    if (event.defaultPrevented || !(search || form.method === "post")) return;
    if (OTHERS.includes(path)) return;
    if (form.hasAttribute("hx-post") && self.htmx) return;
    event.preventDefault();
    post(form, event.submitter);
  });
})();
