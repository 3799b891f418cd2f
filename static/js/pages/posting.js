/*
 * The browser posts a plain form by itself, and shows an error page of its own in place of ours if
 * there is no signal. So this asks first whether SIPOKAT answers and the person is still signed in;
 * if not, the page stays, with all that is typed, and says why.
 */
(() => {
  const { causes, owner, page, wire } = self.sipokat;
  const OTHERS = ["/masuk", "/keluar"]; // sign-in.js sends these

  const button = (label, act) => ({ button: { label, act } });

  async function send(form) {
    const user = owner.shown?.id;
    const stop = page.awaited(form);
    const facts = await wire.exchange({ method: "GET", path: "/akun", user });
    stop();
    if (facts.own && facts.status === 200) return form.submit();
    if (facts.own && facts.status === 401) {
      const way = `/masuk?lanjut=${encodeURIComponent(location.pathname)}`;
      const go = () => location.assign(way);
      return page.complain(form, "Anda perlu masuk lagi. Ini belum terkirim.", button("Masuk", go));
    }
    const { words } = await causes.explain(facts);
    const again = button("Coba lagi", () => form.requestSubmit());
    return page.complain(form, `${words} Ini belum terkirim.`, again);
  }

  addEventListener("submit", (event) => {
    const form = event.target;
    const path = new URL(form.getAttribute("action") || "", location.href).pathname;
    if (event.defaultPrevented || form.method !== "post" || OTHERS.includes(path)) return;
    if (form.hasAttribute("hx-post") && self.htmx) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    send(form)
      .catch(() => form.submit())
      .finally(() => form.removeAttribute("aria-busy"));
  });
})();
