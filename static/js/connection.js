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

// The site's answer, or an Error with `status`, and with `text` where the site says why.
async function reach(url, options) {
  let answer;
  try {
    answer = await fetch(url, { ...options, cache: "no-store", signal: AbortSignal.timeout(60_000) });
  } catch {
    showTrouble("lost");
    throw Object.assign(new Error("no answer"), { status: 0, text: "" });
  }
  if (answer.ok) {
    showTrouble("");
    return answer;
  }
  showTrouble(troubleOf(answer.status));
  const words = isText(answer.headers.get("Content-Type")) ? await answer.text() : "";
  throw Object.assign(new Error(`answer ${answer.status}`), { status: answer.status, text: words });
}
const isText = (type) => Boolean(type?.startsWith("text/plain"));
// Ask as htmx does; the answer's text.
async function ask(url, options = {}) {
  return (await reach(url, { headers: { "HX-Request": "true" }, ...options })).text();
}

// What somebody has asked for is refused in words; what the page asks for by itself is quiet.
function failHtmx({ detail }, status, text = "") {
  showTrouble(troubleOf(status));
  if (detail.requestConfig.triggeringEvent?.isTrusted) refuse({ status, text }, "Here");
}
document.addEventListener("htmx:sendError", (event) => failHtmx(event, 0));
document.addEventListener("htmx:timeout", (event) => failHtmx(event, 0));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const words = isText(xhr.getResponseHeader("Content-Type")) ? xhr.responseText : "";
  failHtmx(event, xhr.status, words);
});
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.xhr.status < 400) showTrouble("");
});
window.addEventListener("offline", () => showTrouble("lost"));

// Toasts: the newest one counts, older ones of what is done go.
const undoable = [];
function drop(toast) {
  if (toast.querySelector("[data-undo]:not([hidden])")) undoable.push(toast);
  toast.remove();
}
// One after the other, also what is no longer said.
function undo() {
  const shown = [...document.querySelectorAll(".toast:has([data-undo]:not([hidden]))")].at(-1);
  const toast = shown ?? undoable.pop();
  if (!toast) return;
  if (!shown) document.getElementById("toasts").append(toast);
  toast.querySelector("[data-undo] button").click();
}
function addToast(html) {
  const toasts = document.getElementById("toasts");
  for (const old of toasts.querySelectorAll(".toast:not(:has(progress))")) drop(old);
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

document.addEventListener("click", (event) => {
  const toast = event.target.closest("[data-close-toast]")?.closest(".toast");
  if (toast) drop(toast);
});
// What was done is read soon; what failed stays until somebody closes it.
setInterval(() => {
  for (const toast of document.querySelectorAll(".toast:not(.toast-failed, :has(progress))")) {
    if (toast.matches(":hover, :focus-within")) toast.dataset.age = "0";
    toast.dataset.age = Number(toast.dataset.age ?? 0) + 1;
    if (Number(toast.dataset.age) > 30) drop(toast);
  }
}, 1_000);
