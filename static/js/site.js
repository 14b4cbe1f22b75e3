/* What every page needs. Everything works without it, less comfortably. */
"use strict";

// The server writes times in the person's own zone.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const secure = location.protocol === "https:" ? "; secure" : "";
document.cookie = `timezone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;

// A menu closes when people turn to something else.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const summary = document.activeElement?.closest("details.menu[open]")?.firstElementChild;
  closeMenus(null);
  summary?.focus();
});

// A server that cannot be reached is said in words, until it answers again.
const lost = (hidden) => {
  const notice = document.getElementById("connection-lost");
  if (notice) notice.hidden = hidden;
};
document.addEventListener("htmx:sendError", () => lost(false));
document.addEventListener("htmx:timeout", () => lost(false));
document.addEventListener("htmx:afterOnLoad", () => lost(true));

// A mail's frame grows to its height. The frame runs no script, so the page measures it.
function fit(frame) {
  const root = frame.contentDocument?.documentElement;
  if (root && frame.contentDocument.body) frame.style.height = `${root.offsetHeight + 1}px`;
}
function watch(frame) {
  const body = frame.contentDocument?.body;
  if (!body) return;
  fit(frame);
  new ResizeObserver(() => fit(frame)).observe(body);
}
document.addEventListener(
  "load",
  (event) => {
    if (event.target.matches?.("iframe.mail")) watch(event.target);
  },
  true,
);
document.addEventListener("DOMContentLoaded", () => {
  for (const frame of document.querySelectorAll("iframe.mail")) watch(frame);
});

// Finding labels by a part of their names, whatever their accents.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/ł/gi, "l").toLowerCase();
function findLabels(words) {
  const tree = document.querySelector(".label-tree");
  for (const choice of tree.querySelectorAll(".choice")) {
    choice.hidden = !plain(choice.textContent).includes(plain(words.trim()));
  }
  for (const group of tree.querySelectorAll("fieldset")) {
    group.hidden = !group.querySelector(".choice:not([hidden])");
  }
  const found = tree.querySelector(".choice:not([hidden])");
  document.getElementById("no-label").hidden = found !== null;
  tree.hidden = found === null;
}
document.addEventListener("input", (event) => {
  if (event.target.id === "label-words") findLabels(event.target.value);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.id === "label-words") event.preventDefault();
});
document.addEventListener("DOMContentLoaded", () => {
  const search = document.getElementById("label-search");
  if (search) search.hidden = false;
});

// Selecting conversations. The form works without any of this, one checkbox at a time.
const picks = () => [...document.querySelectorAll('#triage input[name="thread"]')];
const everything = () => document.querySelector('#triage input[name="all"]');
let lastPick = null;

function tellSelection() {
  const all = document.getElementById("select-all");
  if (!all) return;
  const boxes = picks();
  const picked = boxes.filter((box) => box.checked).length;
  all.checked = picked > 0 && picked === boxes.length;
  all.indeterminate = picked > 0 && picked < boxes.length;
  if (!all.checked && everything()) everything().checked = false;
  const count = everything()?.checked
    ? document.getElementById("matching").textContent
    : picked.toLocaleString(document.documentElement.lang);
  for (const place of document.querySelectorAll("[data-selected]")) place.textContent = count;
  for (const line of document.querySelectorAll("[data-selected-line]")) line.hidden = false;
}
document.addEventListener("change", (event) => {
  if (event.target.id === "select-all") {
    for (const box of picks()) box.checked = event.target.checked;
  }
  if (event.target.closest("#triage")) tellSelection();
});
document.addEventListener("click", (event) => {
  const box = event.target.closest?.('#triage input[name="thread"]');
  if (!box) return;
  const boxes = picks();
  const from = boxes.indexOf(lastPick);
  if (event.shiftKey && from >= 0) {
    const [first, last] = [from, boxes.indexOf(box)].sort((one, other) => one - other);
    for (const between of boxes.slice(first, last + 1)) between.checked = box.checked;
    tellSelection();
  }
  lastPick = box;
});
// Enter on a checkbox would send the form, by its first button.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches('#triage input[type="checkbox"]')) {
    event.preventDefault();
  }
});
// Back in the history, a browser keeps the boxes and forgets what follows from them.
window.addEventListener("pageshow", tellSelection);

// A list that fetches itself again keeps what was selected and where people were.
let kept = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id !== "conversations") return;
  const picked = picks().filter((box) => box.checked);
  kept = { picked: picked.map((box) => box.value), line: currentLine()?.id };
});
document.addEventListener("htmx:afterSettle", () => {
  if (kept) {
    for (const box of picks()) box.checked = kept.picked.includes(box.value);
    document.getElementById(kept.line)?.querySelector(".about a").focus();
    kept = null;
  }
  tellSelection();
});

// The search field offers its operators.
document.addEventListener("click", (event) => {
  const operator = event.target.dataset?.operator;
  if (!operator) return;
  const search = document.getElementById("search");
  const words = search.value.trimEnd();
  search.value = `${words}${words ? " " : ""}${operator}${operator.endsWith(":") ? "" : " "}`;
  search.focus();
});

// The keyboard.
const currentLine = () => document.activeElement?.closest(".conversation");
function step(by) {
  const lines = [...document.querySelectorAll(".conversation")];
  const line = lines[currentLine() ? lines.indexOf(currentLine()) + by : 0];
  line?.querySelector(".about a").focus();
}
function act(key) {
  // On the selected ones, else on the one where the person is.
  const line = currentLine();
  if (key !== "z" && line && !picks().some((box) => box.checked)) {
    line.querySelector('input[name="thread"]').checked = true;
    tellSelection();
  }
  if (key !== "z" && picks().length && !picks().some((box) => box.checked)) return;
  const button = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  button?.click();
}
const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: () => currentLine()?.querySelector('input[name="thread"]').click(),
  e: () => act("e"),
  "#": () => act("#"),
  r: () => act("r"),
  u: () => act("u"),
  z: () => act("z"),
  "/": () => document.getElementById("search")?.select(),
  "?": () => document.getElementById("shortcuts")?.togglePopover(),
};
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches(
    'input:not([type="checkbox"]), textarea, select, [contenteditable]',
  );
  const work = KEYS[event.key];
  if (!work || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  work();
});
