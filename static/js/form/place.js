/*
 * "Ambil lokasi": the place by one tap, with its accuracy. The person may also describe it instead.
 */
(() => {
  const { data, fields, texts } = self.sipokat;
  // By the codes of GeolocationPositionError.
  const WORDS = {
    1: "Lokasi tidak diizinkan. Tulis saja patokannya.",
    2: "Lokasi tidak terbaca. Nyalakan lokasi di HP, atau tulis patokannya.",
    3: "Lokasi belum terbaca. Coba di tempat terbuka, atau tulis patokannya.",
  };
  let asked = 0; // counts the requests: an answer to an earlier one is ignored

  /** Shows the place that the form's hidden fields hold, or the button that takes it. */
  function show(form) {
    const box = form.querySelector("[data-place]");
    const { lat, accuracy_m } = form.elements;
    const taken = lat.value !== "";
    const able = self.isSecureContext && navigator.geolocation; // on plain http it always refuses
    box.hidden = !able && !taken;
    box.querySelector("[data-place-take]").hidden = taken || !able;
    box.querySelector("[data-place-found]").hidden = !taken;
    const exact = accuracy_m.value
      ? `, akurasi ±${texts.dots(Math.round(accuracy_m.value))}\u00a0m`
      : "";
    const vague = accuracy_m.value > data.limits.accuracy_m ? ". Tulis juga patokannya." : "";
    box.querySelector("[data-place-words]").textContent = taken ? `Tercatat${exact}${vague}` : "";
  }

  /** Puts a place into the hidden fields, and has the draft written. */
  function put(form, lat, lon, accuracy) {
    form.elements.lat.value = lat;
    form.elements.lon.value = lon;
    form.elements.accuracy_m.value = accuracy;
    show(form);
    form.dispatchEvent(new CustomEvent("sipokat:changed", { bubbles: true }));
  }

  /** The request is over, or no longer wanted; `words` says how it ended. */
  function settle(form, words) {
    form.querySelector("[data-place-state]").textContent = words;
    form.querySelector("[data-place-take]").disabled = false;
  }

  function take(form, button) {
    asked += 1;
    const mine = asked;
    const state = form.querySelector("[data-place-state]");
    state.textContent = "Mencari lokasi… Sambil menunggu, patokannya boleh ditulis.";
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        if (mine !== asked) return;
        settle(form, "");
        fields.unmark(form, "place");
        put(
          form,
          coords.latitude.toFixed(6),
          coords.longitude.toFixed(6),
          Math.min(coords.accuracy, 1e6).toFixed(0),
        );
      },
      ({ code }) => mine === asked && settle(form, WORDS[code]),
      { enableHighAccuracy: true, timeout: 30_000, maximumAge: 60_000 },
    );
  }

  /** Another form is laid out: a place that is still being looked for is not for it. */
  function stop(form) {
    asked += 1;
    settle(form, "");
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

  self.sipokat.place = { show, stop };
})();
