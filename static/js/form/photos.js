/*
 * From a file of the camera or the gallery to what is sent: upright, at most `photo_side` pixels, about
 * 200 KB, without its metadata (where it was taken, on which phone), because it is drawn anew.
 */
(() => {
  const { data, page, submission, wire } = self.sipokat;
  const { photo_bytes, photo_side } = data.limits;
  const WANTED = 215_000;
  const QUALITIES = [0.82, 0.72, 0.62, 0.5, 0.4];
  const UNREADABLE = "Berkas ini bukan foto yang bisa dibaca. Pilih foto JPEG, PNG, atau WebP.";

  function sentence(text) {
    const error = new Error(text);
    error.sentence = text;
    return error;
  }

  /** The type by its first bytes, whatever the file is called; null for anything else. */
  function typeOf(bytes) {
    const head = new Uint8Array(bytes.slice(0, 12));
    const text = String.fromCharCode(...head);
    if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
    if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
    if (text.startsWith("RIFF") && text.endsWith("WEBP")) return "image/webp";
    return null;
  }

  /** The picture upright and ready to draw. */
  async function decode(file) {
    if (self.createImageBitmap) {
      try {
        return await createImageBitmap(file, { imageOrientation: "from-image" });
      } catch {
        // An older browser does not know the word (TypeError), or the picture is beyond it.
      }
    }
    const url = URL.createObjectURL(file);
    try {
      const image = new Image();
      image.src = url;
      await image.decode(); // turned upright by its EXIF when drawn, as any <img>
      return image;
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  function draw(picture, scale) {
    const width = picture.naturalWidth || picture.width;
    const height = picture.naturalHeight || picture.height;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext("2d", { alpha: false });
    context.fillStyle = "#fff"; // a transparent ground would turn black in JPEG
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  const encode = (canvas, quality) =>
    new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));

  async function shrink(file) {
    const picture = await decode(file);
    const longest = Math.max(
      picture.naturalWidth || picture.width,
      picture.naturalHeight || picture.height,
    );
    const canvas = draw(picture, Math.min(1, photo_side / longest));
    picture.close?.();
    let blob = null;
    for (const quality of QUALITIES) {
      blob = await encode(canvas, quality);
      if (!blob || blob.size <= WANTED) break;
    }
    canvas.width = canvas.height = 0; // 8 MB of pixels: a small phone needs them back at once
    return blob;
  }

  /**
   * `{id, type, sha256, size, bytes}` of a chosen file. A picture that this phone cannot decode
   * goes as it is when it can be one; otherwise an error with a `sentence` to show.
   */
  async function prepare(file) {
    const blob = await shrink(file).catch(() => null);
    let bytes = blob ? await blob.arrayBuffer() : null;
    let type = "image/jpeg";
    if (!bytes?.byteLength) {
      bytes = await file.arrayBuffer().catch(() => {
        throw sentence("Foto ini tidak bisa dibuka. Coba ambil foto sekali lagi.");
      });
      type = typeOf(bytes);
      if (!type) throw sentence(UNREADABLE);
      if (bytes.byteLength > photo_bytes) {
        throw sentence(`Foto ini terlalu besar (${page.size(bytes.byteLength)}). Pilih foto lain.`);
      }
    }
    const sha256 = await wire.sha256(bytes);
    return { id: submission.uuid(), type, sha256, size: bytes.byteLength, bytes };
  }

  self.sipokat.photos = { prepare };
})();
