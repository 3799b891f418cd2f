/*
 * Small things that many pages need: notices, questions, the bounds of dates, words for time and
 * size.
 */
(() => {
  const { causes, data, store } = self.sipokat;
  const MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November";
  const NAMES = `${MONTHS} Desember`.split(" ");
  const HOUR = 3_600_000;
  const DAY = 24 * HOUR;
  const WIB = 7 * HOUR; // how far Lubuklinggau's clock is ahead of UTC, all year

  /** A new element with attributes and children; a string becomes text, never markup. */
  function make(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null && child !== ""));
    return node;
  }

  /** A symbol of the sprite, as the template macro `icon` makes it. */
  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    const known = document.querySelector("svg.icon use");
    if (known) use.setAttribute("href", known.getAttribute("href").replace(/#.*/, `#${name}`));
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    svg.append(use);
    return svg;
  }

  const ICONS = { wait: "info", ok: "check", warn: "warn", late: "warn" };

  /** A coloured box with a sentence and, if given, a button `{label, act(box)}`. */
  function banner(text, tone = "wait", button = null) {
    const node = make("div", { class: `notice ${tone}` });
    if (document.querySelector("svg.icon use")) node.append(icon(ICONS[tone]));
    node.append(make("p", { class: "notice-text" }, text));
    if (button) {
      const push = make("button", { type: "button", class: "button" }, button.label);
      push.addEventListener("click", () => button.act(node));
      node.append(push);
    }
    return node;
  }

  /**
   * Shows a `banner` on top of the page, in place of the one with the same `key`. With `focus`, the
   * answer to what the person has just done, it takes the focus.
   */
  function notice(text, tone, { key = text, button = null, focus = false } = {}) {
    const place = document.getElementById("notices");
    if (!place) return;
    clear(key);
    const node = banner(text, tone, button);
    node.dataset.key = key;
    place.append(node);
    if (focus) lead(node);
  }

  /** Removes the notice with this key. */
  function clear(key) {
    for (const node of document.querySelectorAll("#notices > [data-key]")) {
      if (node.dataset.key === key) node.remove();
    }
  }

  /** Has it be read next: what has just been done is answered here. */
  function lead(node) {
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "center" });
  }

  /**
   * Opens a <dialog>. "Back" closes it and stays on the page. Resolves with the dialog's value once it
   * is closed and the history is as before.
   */
  function open(box) {
    box.returnValue = "";
    return new Promise((resolve) => {
      const closed = () => {
        const done = () => resolve(box.returnValue);
        if (!history.state?.dialog) return done();
        addEventListener("popstate", done, { once: true });
        return history.back();
      };
      box.addEventListener("close", closed, { once: true });
      box.showModal();
      history.pushState({ ...history.state, dialog: true }, "");
    });
  }
  addEventListener("popstate", () => document.querySelector("dialog[open]")?.close());

  /** Shows a picture on the whole screen, until it is closed. */
  async function enlarge(picture) {
    const close = make("button", { class: "button lightbox-close" }, icon("close"), "Tutup");
    const form = make("form", { method: "dialog" }, close);
    const box = make("dialog", { class: "lightbox", "aria-label": "Foto" }, picture, form);
    document.body.append(box);
    await open(box);
    box.remove();
  }

  const STILL = 700; // ms
  let answered = -STILL; // when the last question was answered

  /**
   * Asks in a dialog; resolves with true for yes. `danger`: yes cannot be undone, and looks so. The yes
   * to a second question lies where that to the first one lay: a double tap does not answer both.
   */
  async function ask(title, text, { yes, no = "Batal", danger = false }) {
    const say = make("button", { class: `button ${danger ? "late" : "main"}`, value: "yes" }, yes);
    const box = make(
      "dialog",
      { class: "dialog", "aria-labelledby": "ask-title", "aria-describedby": "ask-text" },
      make(
        "form",
        { method: "dialog" },
        make("h2", { id: "ask-title" }, title),
        make("p", { id: "ask-text" }, text),
        make(
          "div",
          { class: "actions" },
          make("button", { class: "button", value: "no" }, no),
          say,
        ),
      ),
    );
    document.body.append(box);
    say.disabled = performance.now() - answered < STILL;
    setTimeout(() => {
      say.disabled = false;
    }, STILL);
    const answer = await open(box);
    answered = performance.now();
    box.remove();
    return answer === "yes";
  }

  const two = (number) => String(number).padStart(2, "0");
  /** The day in Lubuklinggau, `YYYY-MM-DD`. */
  const day = (ms) => new Date(ms + WIB).toISOString().slice(0, 10);

  /**
   * The bounds of a report that is written at `moment` (a time, or a `YYYY-MM-DD`), by the calendar
   * of Lubuklinggau: `{today, first, months}`. `first` is the earliest date that is taken, `months`
   * are this month and the last.
   */
  function dates(moment) {
    const at = new Date(moment).getTime();
    const today = day(at);
    const last = new Date(Date.parse(`${today.slice(0, 7)}-01`) - DAY).toISOString();
    const months = [today, last].map((one) => one.slice(0, 7));
    return { today, first: day(at - data.limits.days_back * DAY), months };
  }

  /**
   * The `dates` of now, and whether they are `doubtful`: if the phone's date cannot be right (see
   * `causes.doubtOf`), they are those of the server's last answer.
   */
  async function calendar() {
    const clock = await store.recall("clock").catch(() => null);
    const now = Date.now();
    const doubtful = causes.doubtOf(clock, now) === "wrong";
    return { ...dates((doubtful && clock?.server) || now), doubtful };
  }

  /** "November 2026" of "2026-11". */
  function monthName(month) {
    return `${NAMES[Number(month.slice(5)) - 1]} ${month.slice(0, 4)}`;
  }

  const yearOf = (ms) => new Date(ms + WIB).getUTCFullYear();
  let year = yearOf(Date.now()); // this year; by SIPOKAT's date if the phone's cannot be right
  store
    .recall("clock")
    .then((clock) => {
      if (causes.doubtOf(clock) === "wrong") year = clock ? yearOf(clock.server) : 0;
    })
    .catch(() => {});

  /** "23 Nov, 07.12", with the year when it is another one. */
  function moment(value) {
    const date = new Date(new Date(value).getTime() + WIB);
    if (Number.isNaN(date.getTime())) return "";
    const month = NAMES[date.getUTCMonth()].slice(0, 3);
    const other = date.getUTCFullYear() === year ? "" : ` ${date.getUTCFullYear()}`;
    const time = `${two(date.getUTCHours())}.${two(date.getUTCMinutes())}`;
    return `${date.getUTCDate()} ${month}${other}, ${time}`;
  }

  /** "312 KB", "1,4 MB". */
  function size(bytes) {
    if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} KB`;
    return `${(bytes / 1_000_000).toFixed(1).replace(".", ",")} MB`;
  }

  // Whether something has been typed that a reload would lose; `saved` says that it is kept.
  // `typings` counts how often.
  let typed = false;
  let typings = 0;
  addEventListener("input", (event) => {
    if (event.target.form?.method !== "post") return;
    typed = true;
    typings += 1;
  });

  self.sipokat.page = {
    ROOM: "Hapus beberapa video atau foto lama di HP, lalu coba lagi.",
    ask,
    banner,
    calendar,
    clear,
    dates,
    enlarge,
    icon,
    lead,
    make,
    moment,
    monthName,
    notice,
    open,
    saved: () => {
      typed = false;
    },
    size,
    typed: () => typed,
    typings: () => typings,
  };
})();
