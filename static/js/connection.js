/* What is wrong between the page and the site is said in words, never by a dead button. */
"use strict";

const BARS = { lost: "bar-lost", "signed-out": "bar-signed-out", outdated: "bar-outdated" };
// The words for an answer that is none; "" where the site is well and only says no.
const TROUBLE = { 401: "signed-out", 403: "outdated" };
let trouble = "";

function showTrouble(name) {
  if (name === trouble) return;
  trouble = name;
  for (const [one, id] of Object.entries(BARS)) {
    document.getElementById(id).hidden = one !== name;
  }
}

// What a failed request means, from its HTTP status; 0 is no answer at all.
function troubleOf(status) {
  return status === 0 ? "lost" : TROUBLE[status] ?? "";
}

// Ask the site as htmx does. The answer's text, or an Error with `status` and `text`.
async function ask(url, options = {}) {
  let answer;
  try {
    answer = await fetch(url, {
      headers: { "HX-Request": "true" },
      ...options,
      cache: "no-store",
      signal: AbortSignal.timeout(60_000),
    });
  } catch {
    showTrouble("lost");
    throw Object.assign(new Error("no answer"), { status: 0, text: "" });
  }
  const text = await answer.text();
  if (answer.ok) {
    showTrouble("");
    return text;
  }
  showTrouble(troubleOf(answer.status));
  const words = answer.headers.get("Content-Type")?.startsWith("text/plain") ? text : "";
  throw Object.assign(new Error(`answer ${answer.status}`), { status: answer.status, text: words });
}

document.addEventListener("htmx:sendError", () => showTrouble("lost"));
document.addEventListener("htmx:timeout", () => showTrouble("lost"));
document.addEventListener("htmx:responseError", (event) => {
  showTrouble(troubleOf(event.detail.xhr.status));
});
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.xhr.status < 400) showTrouble("");
});
window.addEventListener("offline", () => showTrouble("lost"));

// Toasts: the newest one counts, older ones of what is done go.
function addToast(html) {
  const toasts = document.getElementById("toasts");
  for (const old of toasts.querySelectorAll(".toast:not(:has(progress))")) old.remove();
  toasts.insertAdjacentHTML("beforeend", html);
  const toast = toasts.lastElementChild;
  htmx.process(toast);
  return toast;
}
// `where` is "" in a list, which keeps a selection, and "Here" on any other page.
function refuse({ status, text }, where = "") {
  const template = document.getElementById("refused");
  const kind = troubleOf(status) || (status === 404 ? "gone" : "broken");
  const toast = addToast(template.innerHTML);
  const name = kind === "signed-out" ? "signedOut" : kind;
  const said = template.dataset;
  toast.querySelector("p").textContent = text || (said[name + where] ?? said[name]);
}

// Such a form leaves its page only for where the site sends it; a refusal is said where people are.
const onTheirWay = new WeakSet();
async function sendAndFollow(form, button) {
  const data = new FormData(form, button);
  onTheirWay.add(form);
  try {
    location.assign(await ask(form.action, { method: "POST", body: data, headers: { "X-Redirect": "told" } }));
  } catch (error) {
    refuse(error, "Here");
  } finally {
    onTheirWay.delete(form);
  }
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-stays]")) return;
  event.preventDefault();
  if (onTheirWay.has(form)) return;
  event.submitter?.closest("[popover]")?.hidePopover();
  closeMenus(null);
  form.closest("dialog")?.close();
  sendAndFollow(form, event.submitter);
});
document.addEventListener("click", (event) => {
  event.target.closest("[data-close-toast]")?.closest(".toast").remove();
});
// What was done is read soon; what failed stays until somebody closes it.
setInterval(() => {
  for (const toast of document.querySelectorAll(".toast:not(.toast-failed, :has(progress))")) {
    if (toast.matches(":hover, :focus-within")) toast.dataset.age = "0";
    toast.dataset.age = Number(toast.dataset.age ?? 0) + 1;
    if (Number(toast.dataset.age) > 30) toast.remove();
  }
}, 1_000);
