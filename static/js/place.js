/* The place by one tap, with how exact it is; words will do as well. */
(() => {
  const { fields } = self.sipokat;
  const REFUSED = "Lokasi tidak diizinkan. Tulis saja patokannya.";
  const NONE = "Lokasi belum terbaca. Coba di tempat terbuka, atau tulis patokannya.";

  const metres = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ".");

  /** Shows what the form's hidden fields hold. */
  function show(form) {
    const box = form.querySelector("[data-place]");
    const { lat, accuracy_m } = form.elements;
    const taken = lat.value !== "";
    box.hidden = !navigator.geolocation && !taken;
    box.querySelector("[data-place-take]").hidden = taken || !navigator.geolocation;
    box.querySelector("[data-place-found]").hidden = !taken;
    const exact = accuracy_m.value ? `, akurasi ±${metres(accuracy_m.value)} m` : "";
    box.querySelector("[data-place-words]").textContent = taken ? `Tercatat${exact}` : "";
  }

  function put(form, lat, lon, accuracy) {
    form.elements.lat.value = lat;
    form.elements.lon.value = lon;
    form.elements.accuracy_m.value = accuracy;
    show(form);
    form.dispatchEvent(new CustomEvent("sipokat:changed", { bubbles: true }));
  }

  function take(form, button) {
    const state = form.querySelector("[data-place-state]");
    state.textContent = "Mencari lokasi…";
    button.disabled = true;
    const done = (words) => {
      state.textContent = words;
      button.disabled = false;
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        done("");
        fields.unmark(form, "place");
        put(
          form,
          coords.latitude.toFixed(6),
          coords.longitude.toFixed(6),
          Math.min(coords.accuracy, 1e6).toFixed(0),
        );
        form.querySelector("[data-place-drop]").focus();
      },
      ({ code }) => done(code === 1 ? REFUSED : NONE),
      { enableHighAccuracy: true, timeout: 30_000, maximumAge: 60_000 },
    );
  }

  addEventListener("click", ({ target }) => {
    const form = target.closest("[data-report-form]");
    const button = target.closest("button");
    if (!form || !button) return;
    if (button.matches("[data-place-take]")) take(form, button);
    if (button.matches("[data-place-drop]")) {
      put(form, "", "", "");
      form.querySelector("[data-place-take]").focus();
    }
  });

  self.sipokat.place = { show };
})();
