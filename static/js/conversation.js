/* The page of a conversation. Without it mail is read, and files are saved, all the same. */
"use strict";

const sheet = document.getElementById("sheet");
const sheetContent = document.getElementById("sheet-content");

// A mail's frame grows to its height. The frame runs no script, so the page measures it; what is
// below stays out of sight until then, so that nothing jumps.
const TALLEST = 200_000;
function fit(frame) {
  const root = frame.contentDocument?.documentElement;
  if (!root || !frame.contentDocument.body) return;
  const bar = frame.contentDocument.body.scrollWidth > root.clientWidth ? 16 : 1;
  frame.style.height = `${Math.min(root.offsetHeight + bar, TALLEST)}px`;
  frame.classList.add("is-fitted");
}
function watch(frame) {
  const inside = frame.contentDocument;
  if (!inside?.body || inside.URL === "about:blank") return;
  fit(frame);
  new ResizeObserver(() => fit(frame)).observe(inside.body);
  // Keys work where the mail has the focus, too.
  inside.addEventListener("keydown", (event) => {
    const copy = new KeyboardEvent("keydown", { key: event.key, bubbles: true, cancelable: true });
    if (!event.ctrlKey && !event.metaKey && !event.altKey) frame.dispatchEvent(copy);
  });
}
document.addEventListener(
  "load",
  (event) => {
    if (event.target.matches?.("iframe.mail")) watch(event.target);
  },
  true,
);
for (const frame of document.querySelectorAll("iframe.mail")) watch(frame);

// What was held back is shown, so the question goes.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-shows-images]");
  if (!link) return;
  link.closest(".framed").querySelector("iframe").focus();
  setTimeout(() => link.closest(".remote-images").remove());
});

// What is done here makes an old one of the page that the browser keeps for Back, so that it is
// asked for again there. What only reads a page leaves it and its place alone.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  history.replaceState({ ...history.state, changed: true }, "");
});
window.addEventListener("pageshow", (event) => {
  if (!history.state?.changed) return;
  history.replaceState({ ...history.state, changed: false }, "");
  const [visit] = performance.getEntriesByType("navigation");
  if (event.persisted || visit.type === "back_forward") location.reload();
});

// What comes while people read waits behind a link, so that nothing moves under their eyes.
const newerLetters = document.getElementById("newer-letters");
document.addEventListener("news", async () => {
  const html = await ask(newerLetters.dataset.newer).catch(() => "");
  if (newerLetters.innerHTML.trim() !== html.trim()) newerLetters.innerHTML = html;
});

// The sheet over the page: looking at a file, the people, another conversation.
function openSheet() {
  closeMenus(null);
  if (sheet.open) return;
  sheet.showModal();
  // Where something is to be typed, that is next.
  sheetContent.querySelector('input:not([type="hidden"])')?.focus();
}
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target === sheetContent) {
    openSheet();
    lookAt();
  }
});
// The column of people has come anew: somebody has become a contact.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "people") return;
  sheet.close();
  event.target.focus();
});
sheet.addEventListener("click", (event) => {
  // On the backdrop the dialog itself is what is clicked.
  if (event.target === sheet || event.target.closest("[data-close-sheet]")) sheet.close();
});
// In a search field the browser would only empty it.
sheet.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  sheet.close();
});
sheet.addEventListener("close", () => sheetContent.replaceChildren());

// Looking at a file. Whether it is what its name says is known only once it is drawn.
function lookAt() {
  const picture = sheetContent.querySelector("[data-image] img");
  picture?.addEventListener("error", () => cannotBeSeen());
  if (picture?.complete && picture.naturalWidth === 0) cannotBeSeen();
  if (sheetContent.querySelector("[data-pdf]")) showPage(1);
}
function cannotBeSeen() {
  sheetContent.querySelector("[data-unseen]").hidden = false;
  sheetContent.querySelector(".preview-paper").hidden = true;
}
async function showPage(number) {
  const preview = sheetContent.querySelector("[data-pdf]");
  const url = `${preview.dataset.pdf}?page=${number}`;
  const answer = await fetch(url).catch(() => null);
  if (!preview.isConnected) return;
  if (!answer?.ok) {
    cannotBeSeen();
    return;
  }
  await answer.blob();
  preview.querySelector("img").src = url;
  const pages = Number(answer.headers.get("X-Pages"));
  preview.querySelector("[data-page]").textContent = number;
  preview.querySelector("[data-pages]").textContent = pages;
  preview.querySelector(".preview-pages").hidden = pages < 2;
  for (const turn of preview.querySelectorAll("[data-turn]")) {
    const to = number + Number(turn.dataset.turn);
    turn.disabled = to < 1 || to > pages;
    turn.onclick = () => showPage(to);
  }
}

// A file is fetched from the mail server first, and the page says how far that is.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-fetch]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  bring(link);
});
async function bring(link) {
  const state = link.closest("[data-file]").querySelector(".file-state");
  const words = state.querySelector("[data-words]");
  const retry = state.querySelector("[data-retry]");
  const bar = state.querySelector("progress");
  words.textContent = state.dataset.fetching;
  retry.hidden = true;
  bar.hidden = false;
  state.hidden = false;
  const problem = await fetched(link.dataset.fetch, bar).catch(() => state.dataset.lost);
  if (problem) {
    words.textContent = problem;
    bar.hidden = true;
    retry.hidden = false;
    retry.onclick = () => bring(link);
    return;
  }
  state.hidden = true;
  if (link.dataset.preview) htmx.ajax("GET", link.dataset.preview, "#sheet-content");
  else location.assign(link.href);
}
async function fetched(url, bar) {
  const token = document.querySelector('[name="csrfmiddlewaretoken"]').value;
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token } });
  if (!answer.ok) throw new Error(answer.statusText);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error("It ended before the file was here.");
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const told of lines.map((line) => JSON.parse(line))) {
      if (told.problem) return told.problem;
      if (told.done) return "";
      bar.value = told.got;
    }
  }
}

// The keyboard: the neighbours in the list, back to the list, from message to message.
function go(key) {
  document.querySelector(`a[data-key="${key}"][href]`)?.click();
}
function stepMessage(by) {
  const all = [...document.querySelectorAll(".letter > summary")];
  const here = all.findIndex((one) => one.parentElement.contains(document.activeElement));
  all[here < 0 ? all.length - 1 : Math.min(Math.max(here + by, 0), all.length - 1)]?.focus();
}
const MOVES = {
  j: () => go("j"),
  k: () => go("k"),
  n: () => stepMessage(1),
  p: () => stepMessage(-1),
  Escape: () => go("Escape"),
};
document.addEventListener(
  "keydown",
  (event) => {
    const typing = event.target.matches("input, textarea, select, [contenteditable]");
    const busy = document.querySelector(`dialog[open], [popover]:popover-open, ${OPEN_MENU}`);
    const move = MOVES[event.key];
    if (!move || typing || busy || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    move();
  },
  true,
);
