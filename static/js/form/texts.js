/*
 * Text as people type and paste it, read just as sipokat/domain/texts.py does on the server: both
 * know the signs in sipokat/data/signs.toml.
 */
(() => {
  const { signs } = self.sipokat.data;
  const UNSEEN = new RegExp(`[${signs.blank}${signs.unseen}]`, "gu");
  const HIDDEN = new RegExp(`[${signs.unseen}]`, "gu");
  const BETWEEN = new RegExp(`[${signs.blank}]+`, "gu");
  const TURNING = new RegExp(`[${signs.turning}]`, "gu");
  const ENDS = new RegExp(`^[${signs.blank}]+|[${signs.blank}]+$`, "gu");
  /** A whole number as sentences show it: "1.500". */
  const dots = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");

  /** The text without blanks and signs of which nothing is seen. */
  const seen = (text) => text.replace(UNSEEN, "");

  /** One line: without signs that are not seen, one blank between words. */
  const plain = (text) => text.replace(HIDDEN, "").replace(BETWEEN, " ").trim();

  /**
   * The text without control characters and broken signs, which the server would refuse. Word and
   * its kind break lines and pages by some of them: those become ends of lines.
   */
  function legible(text) {
    const written = (sign) => {
      const code = sign.codePointAt(0);
      if (code < 32) return "\t\n\r".includes(sign);
      return code !== 127 && code !== 0xfffd && (code < 0xd800 || code > 0xdfff);
    };
    return [...text.replace(/[\v\f\u0085]/g, "\n")].filter(written).join("");
  }

  /**
   * The text as it is sent: without signs that would turn the direction of what is shown after it;
   * empty when nothing of it is seen.
   */
  function read(text = "") {
    const kept = legible(text).replace(TURNING, "");
    return seen(kept) ? kept : "";
  }

  /** How many characters the server counts: code points, without blanks at the ends. */
  const length = (text) => [...read(text).replace(/\r\n?/g, "\n").replace(ENDS, "")].length;

  /** The sentence that says by how much the text is too long; "" when it is not. */
  function tooLong(what, text, most) {
    const over = length(text) - most;
    if (over <= 0) return "";
    return `${what} paling banyak ${dots(most)} huruf. Kurangi ${dots(over)} huruf.`;
  }

  self.sipokat.texts = { dots, legible, length, plain, read, seen, tooLong };
})();
