/*
 * Makes the photo that is sent from a file of the camera or the gallery: upright, at most
 * `photo_pixels` pixels in all, about 200 KB. It is drawn anew, so its metadata (where it was taken,
 * with which phone) is left behind.
 */
(() => {
  const { data, page, submission, wire } = self.sipokat;
  const { photo_bytes, photo_pixels, photo_side } = data.limits;
  const LONGEST = 30_000; // ms in which a photo is prepared, one way or the other
  const WANTED = 215_000; // bytes
  const QUALITIES = [0.82, 0.72, 0.62, 0.5, 0.4]; // tried in turn until it is small enough
  const CUT = "Foto terpotong. Ambil atau pilih foto sekali lagi.";
  const CLOSED = "Foto ini tidak bisa dibuka. Coba ambil foto sekali lagi.";
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

  /**
   * Whether the end of a picture's file is missing, told as the server does (sipokat/delivery/
   * jpeg.py, png.py, webp.py): by lengths and markers. Browsers show such a picture as half grey.
   */
  function cutShort(bytes, type) {
    const view = new DataView(bytes);
    const size = bytes.byteLength;
    if (type === "image/webp") return view.getUint32(4, true) + 8 > size;
    if (type === "image/png") {
      for (let at = 8; at + 12 <= size; at += 12 + view.getUint32(at)) {
        if (view.getUint32(at + 4) === 0x49454e44) return at + 12 + view.getUint32(at) > size; // IEND
      }
      return true;
    }
    const all = new Uint8Array(bytes);
    for (let at = all.indexOf(0xff, 2); at >= 0; at = all.indexOf(0xff, at + 1)) {
      const marker = all[at + 1];
      // A stuffed byte or a restart neither begins a segment nor ends the file.
      if (marker < 2 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)) continue;
      if (marker === 0xd9) return false;
      if (at + 3 >= size) return true;
      at += 1 + view.getUint16(at + 2); // its length counts itself, and not the marker
    }
    return true;
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

  function draw(picture) {
    const width = picture.naturalWidth || picture.width;
    const height = picture.naturalHeight || picture.height;
    const side = photo_side / Math.max(width, height);
    const scale = Math.min(1, side, Math.sqrt(photo_pixels / (width * height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.floor(width * scale));
    canvas.height = Math.max(1, Math.floor(height * scale));
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
    const canvas = draw(picture);
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
   * decode in time is sent as it is if its first bytes are those of a picture. Throws an error with
   * a `sentence` for anything else.
   */
  async function prepare(file) {
    const over = new Promise((resolve) => setTimeout(resolve, LONGEST));
    let bytes = await Promise.race([file.arrayBuffer().catch(() => {}), over]);
    if (!bytes) throw sentence(CLOSED);
    let type = typeOf(bytes);
    if (type && cutShort(bytes, type)) throw sentence(CUT);
    const blob = await Promise.race([shrink(file).catch(() => {}), over]);
    if (blob?.size) {
      bytes = await blob.arrayBuffer();
      type = "image/jpeg";
    }
    if (!type) throw sentence(UNREADABLE);
    const size = bytes.byteLength;
    if (size > photo_bytes) {
      throw sentence(`Foto ini terlalu besar (${page.size(size)}). Pilih foto lain.`);
    }
    const sha256 = await wire.sha256(bytes);
    return { id: submission.uuid(), type, sha256, size, bytes };
  }

  self.sipokat.photos = { prepare };
})();
