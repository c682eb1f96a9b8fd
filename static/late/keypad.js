// Our own keys for six digits: large, in the reader's digits, and no keyboard of the phone's that learns what is typed.
const keys = document.querySelector("[data-keys]");
const fields = [...document.querySelectorAll("[data-pin] input")];
let field = fields[0];

const next = () => fields[fields.indexOf(field) + 1];

function put(digit) {
  field.value = digit ? (field.value + digit).slice(0, 6) : field.value.slice(0, -1);
  if (field.value.length < 6) return;
  if (next()) next().focus();
  else if (fields.length === 1) field.form.requestSubmit();
}

if (keys) {
  keys.hidden = false;
  for (const one of fields) {
    one.inputMode = "none"; // the phone's own keyboard stays away; one with real keys may type
    one.addEventListener("focus", () => {
      field = one;
      one.closest("[data-pin]").after(keys);
    });
  }
  keys.addEventListener("click", ({ target }) => target.closest("button") && put(target.closest("button").value));
}
