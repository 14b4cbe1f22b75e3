/* Forms that stay. One is left only for another page; nothing that people have typed is lost. */
"use strict";

// With [data-stays] a refusal is said where people are. With [data-stays="here"] what has changed
// on this very page is shown in it, too, and the rest of the page is left alone.
const onTheirWay = new Set();
function setBusy(form, busy) {
  if (busy) onTheirWay.add(form);
  else onTheirWay.delete(form);
  form.setAttribute("aria-busy", busy);
}

async function sendForm(form, button) {
  const body = new FormData(form, button);
  const to = button?.hasAttribute("formaction") ? button.formAction : form.action;
  setBusy(form, true);
  try {
    const answer = await reach(to, { method: "POST", body, headers: { "X-Redirect": "told" } });
    const text = await answer.text();
    if (!isText(answer.headers.get("Content-Type"))) showAnswer(form, text);
    else if (!isHere(form, text)) return goTo(text);
    else showPage(form, await (await reach(location.href)).text());
  } catch (error) {
    refuse(error, "Here");
  }
  setBusy(form, false);
}
// [data-here] is the address of a page that a form has made, which has the form's address.
function isHere(form, address) {
  const here = form.dataset.here ?? location.pathname;
  return form.dataset.stays === "here" && new URL(address, location).pathname === here;
}

// The same page again keeps its query, with which people came from a list.
function goTo(address) {
  const there = new URL(address, location);
  if (there.pathname === location.pathname && !there.search) location.reload();
  else location.assign(address);
}

// Puts the parts of the page that may change in place of what is there.
function renew(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const part of document.querySelectorAll("[data-anew]")) replace(part, page);
  return page;
}
function replace(part, page) {
  const now = page.getElementById(part.id);
  // What is shown only once stays as long as what it is about.
  if (!now && page.getElementById(part.dataset.while)) return;
  part.replaceWith(now ?? "");
  if (now) htmx.process(now);
}

// The page again: what was typed is not right, or it shows what would come of it.
function showAnswer(form, html) {
  const at = document.activeElement;
  renew(html);
  if (at && !at.isConnected) goOnAt(at.id, form.id);
  let first = null;
  for (const said of form.querySelectorAll("[data-error-of]")) {
    const field = document.getElementById(said.dataset.errorOf);
    const wrong = said.childElementCount > 0;
    field.setAttribute("aria-invalid", wrong);
    if (wrong) {
      field.setAttribute("aria-describedby", said.id);
      first ??= field;
    }
  }
  const alert = first ?? document.querySelector('main [data-anew] [role="alert"]');
  // What is wrong may lie in what is folded.
  if (alert) for (const folded of form.querySelectorAll("details")) folded.open = true;
  first?.focus();
  alert?.scrollIntoView({ block: "nearest" });
}

// It is done, and this page has changed by it.
function showPage(form, html) {
  const part = form.closest("[data-anew]");
  const button = document.activeElement?.id;
  const page = renew(html);
  if (form.isConnected) replace(form, page);
  if (!document.activeElement?.matches("body *")) goOnAt(button, part?.id ?? form.id);
  for (const toast of page.querySelectorAll("#toasts > .toast")) addToast(toast.outerHTML);
}

// The keyboard goes on at the button that took the place of the one that was pressed, else there.
function goOnAt(button, otherwise) {
  const again = button && document.getElementById(button);
  const place = again || document.getElementById(otherwise);
  if (!place) return;
  if (!again) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-stays]") || event.defaultPrevented) return;
  event.preventDefault();
  if (onTheirWay.has(form)) return;
  event.submitter?.closest("[popover]")?.hidePopover();
  closeMenus(null);
  form.closest("dialog")?.close();
  sendForm(form, event.submitter);
});
// Back in the history, a page is as it was left: with a form on its way.
window.addEventListener("pageshow", () => {
  for (const form of [...onTheirWay]) setBusy(form, false);
});
