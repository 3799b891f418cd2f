/*
 * "Ambil lokasi": the place by one tap, with its accuracy. The person may also describe it instead.
 */
(() => {
  const { data, fields, texts } = self.sipokat;
  // For each code of a GeolocationPositionError, as browsers number them.
  const WORDS = {
    1: "Lokasi tidak diizinkan. Tulis saja patokannya.",
    2: "Lokasi tidak terbaca. Nyalakan lokasi di HP, atau tulis patokannya.",
    3: "Lokasi belum terbaca. Coba di tempat terbuka, atau tulis patokannya.",
  };
  let asking = false;
  let asked = 0; // counts the requests: an answer to an earlier one is ignored

  /** Shows the place that the form's hidden fields hold, or the button that takes it. */
  function show(form) {
    const box = form.querySelector("[data-place]");
    const { lat, accuracy_m } = form.elements;
    const taken = lat.value !== "";
    const able = self.isSecureContext && navigator.geolocation; // on plain http it always refuses
    const vague = accuracy_m.value > data.limits.vague_m;
    const found = box.querySelector("[data-place-found]");
    const exact = accuracy_m.value
      ? `, akurasi ±${texts.dots(Math.round(accuracy_m.value))}\u00a0m`
      : "";
    const words = vague ? fields.vagueWords(accuracy_m.value) : `Lokasi tercatat${exact}`;
    const button = box.querySelector("[data-place-take]");
    box.hidden = !able && !taken;
    // It stays, under another name: whoever has tapped it keeps the focus.
    button.hidden = !able;
    button.lastChild.textContent = taken ? "Ambil ulang" : "Ambil lokasi";
    found.hidden = !taken;
    box.querySelector("[data-place-drop]").hidden = !taken;
    found.classList.toggle("warn", vague);
    box.querySelector("[data-place-words]").textContent = taken ? words : "";
    const enough = accuracy_m.value <= data.limits.accuracy_m;
    const also = taken && !enough && /place/.test(form.dataset.needs);
    form.querySelector("[data-place-or]").textContent = also ? "Tulis juga" : "Atau tulis";
    // Where it is exact enough, a landmark is asked for no more.
    if (
      taken &&
      enough &&
      !texts.tooLong("", form.elements.place_text.value, data.limits.place_text)
    )
      fields.unmark(form, "place_text");
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
    asking = false;
  }

  /** Asks the phone where it is. Without a tap it makes no begun form of an empty one (`draft`). */
  function take(form, draft = null) {
    if (asking) return;
    asking = true;
    asked += 1;
    const mine = asked;
    const state = form.querySelector("[data-place-state]");
    const maximumAge = form.elements.lat.value ? 0 : 60_000; // "Ambil ulang" wants a new one
    state.textContent = "Mencari lokasi… Sambil menunggu, patokannya boleh ditulis.";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        if (mine !== asked) return;
        settle(form, "");
        fields.unmark(form, "place");
        const untouched = draft?.untouched();
        put(
          form,
          coords.latitude.toFixed(6),
          coords.longitude.toFixed(6),
          Math.min(coords.accuracy, 1e6).toFixed(0),
        );
        if (untouched) draft.setBlank();
      },
      ({ code }) => mine === asked && settle(form, WORDS[code]),
      { enableHighAccuracy: true, timeout: 30_000, maximumAge },
    );
  }

  /**
   * Takes the place without a tap where the category requires one, nothing is said of it yet, and the
   * person has allowed it before.
   */
  async function offer(form, draft) {
    const { lat, place_text } = form.elements;
    if (!/place/.test(form.dataset.needs) || lat.value || place_text.value) return;
    const mine = asked;
    const { state } = (await navigator.permissions?.query({ name: "geolocation" })) || {};
    if (state === "granted" && mine === asked) take(form, draft);
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
    if (button.matches("[data-place-take]")) take(form);
    if (button.matches("[data-place-drop]")) {
      put(form, "", "", "");
      form.querySelector("[data-place-take]").focus();
    }
  });

  self.sipokat.place = { offer, show, stop };
})();
