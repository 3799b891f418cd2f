/* "Tampilkan kata sandi": shows what is typed into the password fields of the same form. */
(() => {
  for (const choice of document.querySelectorAll("[data-show-password]")) {
    choice.hidden = false;
    choice.querySelector("input").addEventListener("change", ({ target }) => {
      for (const field of target.form.querySelectorAll('input[autocomplete$="-password"]')) {
        field.type = target.checked ? "text" : "password";
      }
    });
  }
})();
