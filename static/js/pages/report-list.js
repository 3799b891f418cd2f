/*
 * The list of reports on wide screens: the chosen report is read in a pane beside it. Elsewhere, and
 * whenever the pane cannot show it, the link opens the report's own page.
 *
 * The address names the chosen report (`#laporan-31989`), so a reload shows it again. "Back" leads to
 * the list without one, however many were read meanwhile.
 */
(() => {
  const { page } = self.sipokat;
  const list = document.querySelector("[data-report-list]");
  const wide = matchMedia("(min-width: 56.25rem) and (min-height: 30rem)");
  if (!list || !wide.matches) return;
  const pane = document.querySelector("[data-report-pane]");
  const links = () => [...list.querySelectorAll(".card-link")];
  const empty = [...pane.childNodes]; // what it says before a report is chosen
  const NAMED = /^#laporan-(\d+)$/;
  let chosen = null; // the link whose report the pane shows, or will show

  function mark(link) {
    chosen?.closest("article").removeAttribute("aria-current");
    chosen = link;
    link.closest("article").setAttribute("aria-current", "true");
    link.focus({ preventScroll: true });
    link.closest("article").scrollIntoView({ block: "nearest" });
  }

  /** The decisions' script: only a report that was opened needs it. */
  function loadDecisions() {
    if (document.querySelector("script[data-decisions]")) {
      document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: pane } }));
    } else {
      document.head.append(
        page.make("script", { src: list.dataset.decisions, "data-decisions": "" }),
      );
    }
  }

  async function read(link) {
    mark(link);
    pane.setAttribute("aria-busy", "true");
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.headers.get("Sipokat") !== "1") throw new Error("not the report");
    const html = await answer.text();
    if (link !== chosen) return false; // another one was chosen meanwhile
    pane.replaceChildren(document.createRange().createContextualFragment(html));
    pane.removeAttribute("aria-busy");
    pane.scrollTop = 0;
    loadDecisions();
    return true;
  }

  /** Notes in the address which report is chosen: a step of its own only from none to one. */
  function name(link) {
    const hash = `#laporan-${link.pathname.split("/").pop()}`;
    if (location.hash === hash) return;
    const way = NAMED.test(location.hash) ? "replaceState" : "pushState";
    history[way](null, "", hash);
  }

  /** The person has chosen this report. */
  function choose(link) {
    name(link);
    return read(link).catch(() => location.replace(link.href));
  }

  function unchoose() {
    chosen?.closest("article").removeAttribute("aria-current");
    chosen = null;
    pane.removeAttribute("aria-busy");
    pane.replaceChildren(...empty);
  }

  /** Shows the report that the address names, if it is on this page of the list. */
  function follow() {
    const [, number] = NAMED.exec(location.hash) || [];
    const link = links().find((one) => one.pathname === `/laporan/${number}`);
    if (location.hash && !number) return false; // the heading of a month
    if (!link) return chosen && unchoose();
    return link !== chosen && read(link).catch(() => location.replace(link.href));
  }

  list.addEventListener("click", (event) => {
    const link = event.target.closest(".card-link");
    if (!link || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const byKey = event.detail === 0; // the Enter key: the person wants to go there
    choose(link).then((shown) => shown && byKey && pane.focus());
  });

  list.addEventListener("keydown", (event) => {
    const by = { j: 1, k: -1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = links();
    const next = all[all.indexOf(chosen) + by];
    if (next) choose(next);
  });

  addEventListener("popstate", follow);
  pane.hidden = false;
  document.body.classList.add("panes");
  follow();
})();
