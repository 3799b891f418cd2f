/*
 * The address of the form's page: which entry it names, and whether it asks for another form than the
 * one that is shown. Tiles and forms change it without loading another page.
 */
(() => {
  /**
   * `again()` is the entry that is opened again, or null; `route()` is called when "back" or a link
   * on this page asks for another form.
   */
  function create(again, route) {
    let here = ""; // `asked()` when the page last did what the address asks for
    let shown = ""; // and the address itself

    /** The id of the entry that the address names, or null. */
    const named = () => new URLSearchParams(location.hash.slice(1)).get("entri");

    /** What the address asks for. An anchor such as `#isi` does not ask for another form. */
    function asked() {
      const entry = named() || (location.hash && again()?.id) || "";
      return `${location.pathname}${location.search} ${entry}`;
    }

    /** The page does now what its address asks for. */
    function settle() {
      here = asked();
      shown = location.href;
    }

    /** Changes the address without loading another page. */
    function go(how, url) {
      history[how](null, "", url);
      settle();
    }

    function follow() {
      if (asked() !== here) route();
      else if (again() && !named()) go("replaceState", `#entri=${again().id}`); // for a reload
    }
    for (const type of ["popstate", "hashchange"]) addEventListener(type, follow);

    return {
      go,
      named,
      settle,
      /** Whether the page has done what an address asks for. */
      settled: () => here !== "",
      /** The form stays although "back" was pressed: its address is put back too. */
      stay: () => history.pushState(null, "", shown),
    };
  }

  self.sipokat.address = { create };
})();
