/*
 * The map of reports. It is drawn from the list below it, which is the same for who has no script:
 * each entry with a place becomes a pin, and pins that would lie on each other become one with their
 * number. The names of regions stand on the ground, so there is something to see without tiles too.
 */
(() => {
  const { L } = self;
  const box = document.querySelector("[data-map]");
  if (!box || !L) return;
  const NEAR = 40; // px: pins closer than this become one
  const NAME_PLACES = [0, 30, -30, 52, -52]; // px below the place that a name belongs to
  const CLOSEST = 18;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const list = document.querySelector("[data-map-list]");

  const make = (name, className, ...inside) => {
    const made = document.createElement(name);
    made.className = className;
    made.append(...inside);
    return made;
  };
  const where = ({ dataset }) => L.latLng(Number(dataset.lat), Number(dataset.lon));
  const linkOf = (entry) => entry.querySelector("a");
  const entries = [...list.querySelectorAll("[data-lat]")];

  list.open = false;
  box.hidden = false;
  const map = L.map(box, {
    attributionControl: false,
    fadeAnimation: !calm,
    markerZoomAnimation: !calm,
    maxZoom: CLOSEST,
    minZoom: 9,
    scrollWheelZoom: false, // the wheel scrolls the page
    zoomAnimation: !calm,
    zoomControl: false,
  });
  L.control.zoom({ zoomInTitle: "Perbesar", zoomOutTitle: "Perkecil" }).addTo(map);
  map.fitBounds(L.latLngBounds(entries.map(where)).pad(0.15), { maxZoom: 15 });

  const { credit, tiles } = box.dataset;
  if (tiles) {
    L.control.attribution({ prefix: false }).addTo(map);
    // Of the address the server of the tiles is told the site alone, without which it refuses.
    L.tileLayer(tiles, {
      attribution: make("span", "", credit).innerHTML,
      maxNativeZoom: 19,
      referrerPolicy: "strict-origin",
    }).addTo(map);
  }

  const names = [...document.querySelectorAll("[data-map-names] > li")].map((name) => {
    const html = make("span", "map-name", name.textContent);
    const icon = L.divIcon({ className: "map-spot", html, iconSize: [0, 0] });
    L.marker(where(name), { icon, interactive: false, keyboard: false }).addTo(map);
    return { at: where(name), html };
  });

  /** Puts each name near its place where nothing lies yet, `taken`; none if there is no room. */
  function putNames(taken) {
    for (const { at, html } of names) {
      const { x, y } = map.project(at);
      const half = [html.offsetWidth / 2, html.offsetHeight / 2];
      const free = (down) => taken.every((o) => apart(o, { x, y: y + down, half }));
      const down = NAME_PLACES.find(free);
      html.style.visibility = down === undefined ? "hidden" : "visible";
      html.style.translate = `0 ${down ?? 0}px`;
      if (down !== undefined) taken.push({ x, y: y + down, half });
    }
  }

  /** Whether two boxes, each with its middle and half its width and height, do not touch. */
  function apart(one, other) {
    const [wide, high] = [0, 1].map((side) => one.half[side] + other.half[side]);
    return Math.abs(one.x - other.x) >= wide || Math.abs(one.y - other.y) >= high;
  }

  /** What a pin tells of an entry: its words and its link. */
  function told(entry) {
    const words = entry.querySelector("p").cloneNode(true);
    words.querySelector("a").className = "map-link";
    return words;
  }

  function pinOf(some) {
    const [first] = some;
    const count = first.dataset.count || (some.length > 1 ? String(some.length) : "");
    const inside = count || first.querySelector(".icon").cloneNode(true);
    const html = make("span", `map-pin ${(some.length === 1 && first.dataset.tone) || "many"}`);
    html.append(inside);
    const icon = L.divIcon({ className: "map-spot", html, iconSize: [48, 48] });
    const name = some.length > 1 ? `${count} lokasi berdekatan` : linkOf(first).ariaLabel;
    const pin = L.marker(where(first), { icon });
    pin.on("add", () => {
      pin.getElement().ariaLabel = name;
    });
    const bounds = L.latLngBounds(some.map(where));
    const [low, high] = [bounds.getSouthWest(), bounds.getNorthEast()];
    const parts = map.project(low, CLOSEST).distanceTo(map.project(high, CLOSEST)) > NEAR;
    if (parts) pin.on("click", () => map.fitBounds(bounds.pad(0.3), { maxZoom: CLOSEST }));
    else
      pin.bindPopup(make("div", "map-told", ...some.map(told)), { maxWidth: 260, minWidth: 200 });
    return pin;
  }

  const pins = L.layerGroup().addTo(map);

  /** Puts the pins anew: at every zoom others lie on each other. */
  function draw() {
    const groups = [];
    for (const entry of entries) {
      const at = map.project(where(entry));
      const near = groups.find((one) => !entry.dataset.count && one.at.distanceTo(at) < NEAR);
      if (near) near.some.push(entry);
      else groups.push({ at, some: [entry] });
    }
    pins.clearLayers();
    for (const { some } of groups) pins.addLayer(pinOf(some));
    const taken = groups.map(({ some: [first] }) => ({
      ...map.project(where(first)),
      half: [18, 18],
    }));
    putNames(taken);
  }

  map.on("zoomend", draw);
  map.on("popupopen", ({ popup }) => {
    popup.getElement().querySelector(".leaflet-popup-close-button").ariaLabel = "Tutup";
  });
  draw();
})();
