// A passkey: asks the server what to ask the phone, lets the phone make or show the key, and sends its answer as a form.
// Where the browser knows no passkeys, the button stays away and the words beside it say what else opens the room.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const words = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function read(asked) {
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  for (const one of [...(asked.excludeCredentials ?? []), ...(asked.allowCredentials ?? [])]) one.id = bytes(one.id);
  return asked;
}

function said(key) {
  const { response } = key;
  const answer = { clientDataJSON: words(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (response[part]) answer[part] = words(response[part]);
  return JSON.stringify({ id: key.id, rawId: words(key.rawId), type: key.type, response: answer });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!self.PublicKeyCredential) continue;
  const button = form.querySelector("button");
  form.hidden = false;
  form.nextElementSibling.hidden = true;
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    try {
      const asked = await (await fetch(form.dataset.question, { method: "POST" })).json();
      const key = await navigator.credentials[form.dataset.passkey]({ publicKey: read(asked) });
      form.querySelector("input").value = said(key); // the first one; others hold what is to be done with it
      form.submit();
    } catch {
      form.nextElementSibling.hidden = false; // who closes the phone's own question has done nothing wrong
    }
    button.disabled = false;
  };
}
