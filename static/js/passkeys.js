/* A passkey that is not used is said in words, not in the console. */
"use strict";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-problem").hidden = false;
});

// Where the browser knows no passkeys, nothing offers one.
if (!window.PublicKeyCredential) {
  for (const id of ["passkey_login", "mfa_webauthn_authenticate", "mfa_webauthn_add"]) {
    const button = document.getElementById(id);
    if (button) button.hidden = true;
  }
}
