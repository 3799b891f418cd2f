/*
 * Numbers as people type them. sipokat/domain/numbers.py reads them alike on the server; the cases
 * in sipokat/data/number_cases.toml hold both to the same.
 */
(() => {
  const LONGEST = 20; // characters, dots between thousands and spaces not counted

  /** "1.500" of 1500. */
  const dots = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");

  /**
   * Reads what was typed into a field of this kind ("count", "rupiah": whole; or "decimal"):
   * `{value}`, or `{sentence}` that says what is wrong. `max` is inclusive; 0 for none.
   */
  function read(typed, kind, max) {
    const whole = kind !== "decimal";
    let text = typed.replaceAll(" ", "");
    // 1.500 and 1.500.000 as people write thousands; any other dot in a whole number is a slip.
    if (whole && /^\d{1,3}(\.\d{3})+$/.test(text)) text = text.replaceAll(".", "");
    text = text.replaceAll(",", ".");
    const shape = whole ? /^[-+]?\d+$/ : /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
    const digits = whole ? text : text.replaceAll("_", ""); // Python's Decimal skips them
    if (text.length > LONGEST || !shape.test(digits)) {
      return { sentence: whole ? "Isi dengan angka bulat." : "Isi dengan angka." };
    }
    const value = Number(digits);
    if (value < 0) return { sentence: "Angka tidak boleh kurang dari 0." };
    if (max && value > max) return { sentence: `Angka paling besar ${dots(max)}.` };
    return { value };
  }

  self.sipokat.numbers = { dots, read };
})();
