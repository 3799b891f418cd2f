/* Makes an entry of the outbox from what a form holds. Its `body` is what is sent to the server. */
(() => {
  const { answers, kinds, page, texts } = self.sipokat;
  // The version of the form that wrote it, which the server keeps beside the report. Home, which
  // sends nihil reports, has no form.
  const form = document.querySelector("[data-form-version]");
  const FORM_VERSION = form?.dataset.formVersion || "beranda";

  /** A UUID of version 4, without `crypto.randomUUID`: not every supported browser has that. */
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  const coordinate = (text) => (text === "" || text === undefined ? null : Number(text));

  /**
   * When an entry that was opened again counts as written: when it was first written, so that it is
   * not refused for having waited. Only if its day or month was still to come then, it is now.
   */
  function writtenAt(again, values) {
    const { today, months } = page.dates(again.written_at);
    const month = values["fields.periode"];
    const fits = values.happened_on <= today && (!month || months.includes(month));
    return fits ? again.written_at : answers.stamp();
  }

  /**
   * The entry, without the state that the outbox adds. `values` are the form's, by name (`text`,
   * `happened_on`, `fields.jenis` …). `photos` are the photos on this phone, `kept` those of the
   * report that a revision keeps. `revision` is `{number, version}` of the report that is revised,
   * null for a new report. `again` is the entry that was opened again, or null.
   * `replaces` is `{number, version, action_id}` of the report in whose place the new one comes.
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
    replaces = again?.replaces,
  }) {
    const filled = Object.entries(values).filter(
      ([name, value]) => /^fields\./.test(name) && value,
    );
    const content = {
      happened_on: values.happened_on || "",
      text: texts.read(values.text),
      fields: Object.fromEntries(filled.map(([name, value]) => [name.slice(7), texts.read(value)])),
      lat: coordinate(values.lat),
      lon: coordinate(values.lon),
      accuracy_m: coordinate(values.accuracy_m),
      place_text: texts.read(values.place_text),
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
      ...(replaces && { replaces }),
    };
  }

  self.sipokat.submission = { entryOf, uuid };
})();
