/*
 * Makes the photo that is sent from a file of the camera or the gallery: upright, at most
 * `photo_side` pixels on its longer side, about 200 KB. It is drawn anew, so its metadata (where it
 * was taken, with which phone) is left behind.
 */
(() => {
  const { data, page, submission, wire } = self.sipokat;
  const { photo_bytes, photo_side } = data.limits;
  const WANTED = 215_000; // bytes
  const QUALITIES = [0.82, 0.72, 0.62, 0.5, 0.4]; // tried in turn until it is small enough
  const UNREADABLE = "Berkas ini bukan foto yang bisa dibaca. Pilih foto dari kamera atau galeri.";

  /** An error whose `sentence` is shown to the person. */
  function sentence(text) {
    const error = new Error(text);
    error.sentence = text;
    return error;
  }

  /** The type of a picture by its first bytes; null for anything that the server does not take. */
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
        // An older browser does not know the option, or cannot decode the picture this way.
      }
    }
    const url = URL.createObjectURL(file);
    try {
      const image = new Image();
      image.src = url;
      await image.decode(); // drawing it turns it upright by its EXIF data, as any <img>
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

  /** The picture as a JPEG blob, about WANTED bytes if possible; null or rejects if that fails. */
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
    canvas.width = canvas.height = 0; // frees 8 MB of pixels at once, which a small phone needs
    return blob;
  }

  /**
   * The photo that is sent, `{id, type, sha256, size, bytes}`. A picture that this phone cannot
   * decode is sent as it is if its first bytes are those of a picture. Throws an error with a
   * `sentence` for anything else.
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
