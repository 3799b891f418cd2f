/* From what a form holds to an entry of the outbox, as it will go over the wire. */
(() => {
  const { answers, kinds, page } = self.sipokat;
  // Which form wrote it; the server keeps it beside the report. Nihil is sent from home.
  const form = document.querySelector("[data-form-version]");
  const FORM_VERSION = form?.dataset.formVersion || "beranda";

  /** A UUID of version 4; `crypto.randomUUID` is missing on some of the phones. */
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /** Without what no keyboard writes: pasted control characters and broken signs are refused. */
  function clean(text = "") {
    const written = (sign) => {
      const code = sign.codePointAt(0);
      if (code < 32) return "\t\n\r".includes(sign);
      return code !== 127 && code !== 0xfffd && (code < 0xd800 || code > 0xdfff);
    };
    return [...text].filter(written).join("");
  }

  const number = (text) => (text === "" || text === undefined ? null : Number(text));

  /**
   * An entry opened again was written when it was first written: waiting is no ground for refusal.
   * Only with a day or a month that lay in the future then is it written anew.
   */
  function writtenAt(again, values) {
    const { today, months } = page.dates(again.written_at);
    const month = values["fields.periode"];
    const fits = values.happened_on <= today && (!month || months.includes(month));
    return fits ? again.written_at : answers.stamp();
  }

  /**
   * `values` are the form's own, by name (`text`, `happened_on`, `fields.jenis` …). `photos` are
   * those of this phone, `kept` those that a revision leaves as they are. `revision` is
   * `{number, version}`, or null for a new report. `again` is the entry that was opened again.
   */
  function entryOf({
    id,
    owner,
    category,
    title,
    values,
    photos = [],
    kept = [],
    revision = null,
    again = null,
  }) {
    const filled = Object.entries(values).filter(
      ([name, value]) => /^fields\./.test(name) && value,
    );
    const content = {
      happened_on: values.happened_on || "",
      text: clean(values.text),
      fields: Object.fromEntries(filled.map(([name, value]) => [name.slice(7), clean(value)])),
      lat: number(values.lat),
      lon: number(values.lon),
      accuracy_m: number(values.accuracy_m),
      place_text: clean(values.place_text),
      photos: [...kept, ...photos].map((one) => ({ id: one.id, sha256: one.sha256 })),
    };
    const written_at = again ? writtenAt(again, values) : answers.stamp();
    const region = values.region || again?.region || owner.region;
    const { number: report = null, version } = revision || {};
    const kind = kinds.made(revision);
    const { head, id_name } = kinds.of({ kind });
    const form_version = FORM_VERSION;
    const given = { category, region, written_at, form_version, version };
    return {
      id,
      owner: owner.id,
      kind,
      report,
      region,
      form_version,
      category,
      title,
      body: { [id_name]: id, ...head(given), ...content },
      photos: photos.map(({ id, type, sha256, size }) => ({ id, type, sha256, size })),
      written_at,
    };
  }

  self.sipokat.submission = { entryOf, uuid };
})();
