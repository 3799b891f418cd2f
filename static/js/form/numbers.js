/*
 * Reads numbers as people type them in Indonesia, just as sipokat/domain/numbers.py does on the
 * server: tests hold both to the cases in sipokat/data/number_cases.toml. A dot before exactly three
 * digits parts thousands, a comma is the decimal sign; what could be read both ways is asked about.
 */
(() => {
  const { texts } = self.sipokat;
  const LONGEST = 20; // characters, signs that are not seen and spaces not counted
  const WHOLE = "Isi dengan angka bulat.";
  const ANY = "Isi dengan angka.";
  const ASK = "Angka ini bisa dibaca dua cara. Tulis 1500 untuk ribuan, 1,5 untuk pecahan.";

  // Blanks between digits part thousands and nothing else: "1 500" is a number, "2 3" are two.
  const BLANK = /\d \d/;
  const BLANKS = /^\D*[1-9]\d{0,2}( \d{3})+( ?[^\d ](?!.*\d \d).*)?$/;
  const MINUS = /[\u2010-\u2015\u2212]/g;
  const CURRENCY = /(rp\.?|idr)(?=\d)/i;
  const NO_CENTS = /(\d)[,.](-+|00)$/; // 1.500.000,- and 1.500.000,00
  const GROUPED = /^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$/;
  const PLAIN = /^[+-]?(\d+(,\d*)?|,\d+)$/;
  const DOTTED = /^[+-]?(\d+\.\d*|\.\d+)$/;
  const ENGLISH = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/; // 1,500.5
  // A dot before three digits that cannot part thousands, and commas that do.
  const TWO_WAYS = /^([+-]?\d*\.\d{3}|.*,.*[,.].*)$/;

  /** The number with a dot as its decimal sign, or what is wrong with it: `{digits}`, `{sentence}`. */
  function digitsOf(typed, kind) {
    const whole = kind !== "decimal";
    let text = texts.seen(typed).replace(MINUS, "-");
    const parted = texts.plain(typed);
    if (kind === "rupiah") text = text.replace(CURRENCY, "").replace(NO_CENTS, "$1");
    const sentence = whole ? WHOLE : ANY;
    if (text.length > LONGEST || (BLANK.test(parted) && !BLANKS.test(parted))) return { sentence };
    if (GROUPED.test(text)) text = text.replaceAll(".", "");
    else if (![PLAIN, DOTTED, ENGLISH].some((shape) => shape.test(text))) return { sentence };
    else if (TWO_WAYS.test(text) && !whole) return { sentence: ASK };
    if (whole && !/^[+-]?\d+$/.test(text)) return { sentence };
    return { digits: text.replace(",", ".") };
  }

  /**
   * Reads what was typed into a field of this kind ("count", "rupiah": whole; or "decimal"):
   * `{value}`, or `{sentence}` that says what is wrong. `max` is inclusive; 0 for none.
   */
  function read(typed, kind, max) {
    const { digits, sentence } = digitsOf(typed, kind);
    if (sentence) return { sentence };
    const value = Number(digits);
    if (value < 0) return { sentence: "Angka tidak boleh kurang dari 0." };
    if (max && value > max) return { sentence: `Angka paling besar ${texts.dots(max)}.` };
    return { value };
  }

  self.sipokat.numbers = { read };
})();
