/*
 * "Kirim foto" on a report's page: makes the chosen photo smaller and sends it in the place of one
 * that never arrived or is broken. Without this script the browser posts the photo as it is.
 */
(() => {
  const { answers, causes, owner, page, photos, wire } = self.sipokat;
  const UNSENT = "Foto belum terkirim.";
  const SIGN_IN = "Masuk dulu di halaman SIPOKAT lain, lalu kirim lagi dari sini.";
  let made = {}; // the photo that was made of `made.file`, so that a second try sends the same

  /** Sends the form's photo. Returns why it has not arrived, "" once the server has it. */
  async function send({ dataset, elements }, say) {
    const [file] = elements.photos.files;
    if (made.file !== file) {
      say("Menyiapkan foto…");
      made = { file, photo: await photos.prepare(file) };
    }
    const { photo } = made;
    say(`Mengirim foto, ${page.size(photo.size)}…`);
    const facts = await wire.exchange({
      method: "PUT",
      path: `${dataset.put}${photo.id}?ganti=${dataset.replaces}`,
      user: owner.shown.id,
      headers: { "Content-Type": photo.type, "Content-Digest": wire.contentDigest(photo.sha256) },
      body: photo.bytes,
      size: photo.size,
    });
    const { own, status, json } = facts;
    if (own && status === 200 && answers.settled(photo, json)) return "";
    if (own && status === 401) return `${UNSENT} ${SIGN_IN}`;
    const { words } = await causes.explain(facts);
    return `${UNSENT} ${words || json?.message || ""}`.trim();
  }

  /** Shows beside the photo what is wrong with it, as a refused form does; "" takes it away. */
  function mark(input, sentence) {
    const id = `${input.id}-error`;
    document.getElementById(id)?.remove();
    input.removeAttribute("aria-invalid");
    if (!sentence) return;
    const words = page.make("span", {}, sentence);
    const error = page.make("p", { class: "field-error", id }, page.icon("warn"), words);
    input.closest(".field").append(error);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", id);
    input.focus();
  }

  // On the document, before posting.js sees it on the window.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-late-form]") || !self.isSecureContext || !crypto.subtle) return;
    event.preventDefault();
    const say = (words) => {
      form.querySelector("[data-late-state]").textContent = words;
    };
    mark(form.elements.photos, "");
    const button = form.querySelector("button");
    button.disabled = true;
    const trouble = await send(form, say).catch(({ sentence }) => sentence || UNSENT);
    button.disabled = false;
    say("");
    if (trouble) return mark(form.elements.photos, trouble);
    page.saved();
    return location.reload(); // the page then says what the server has
  });
})();
