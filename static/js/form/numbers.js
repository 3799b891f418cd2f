/*
 * Reads numbers as people type them, just as sipokat/domain/numbers.py does on the server: tests
 * hold both to the cases in sipokat/data/number_cases.toml.
 */
(() => {
  const LONGEST = 20; // characters, without spaces and the dots between thousands

  /** "1.500" of 1500. */
  const dots = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");

  /**
   * Reads what was typed into a field of this kind ("count", "rupiah": whole; or "decimal"):
   * `{value}`, or `{sentence}` that says what is wrong. `max` is inclusive; 0 for none.
   */
  function read(typed, kind, max) {
    const whole = kind !== "decimal";
    let text = typed.replaceAll(" ", "");
    // 1.500 and 1.500.000, as people write thousands. Any other dot in a whole number is refused.
    if (whole && /^\d{1,3}(\.\d{3})+$/.test(text)) text = text.replaceAll(".", "");
    text = text.replaceAll(",", ".");
    const shape = whole ? /^[-+]?\d+$/ : /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
    const digits = whole ? text : text.replaceAll("_", ""); // Python's Decimal ignores them
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
