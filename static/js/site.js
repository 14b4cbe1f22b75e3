/* What every page needs. Everything works without it, less comfortably. */
"use strict";

// The server writes times in the person's own zone.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const secure = location.protocol === "https:" ? "; secure" : "";
document.cookie = `timezone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;

// A menu, or what is unfolded over the page, closes when people turn to something else.
const OPEN_MENU = "details.menu[open], details.sharing[open]";
function closeMenus(except) {
  for (const menu of document.querySelectorAll(OPEN_MENU)) {
    if (!menu.contains(except)) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const summary = document.activeElement?.closest(OPEN_MENU)?.firstElementChild;
  closeMenus(null);
  summary?.focus();
});

// The keyboard stays in what is asked, as the curtain behind it says; the browser brings it there,
// to what has [autofocus], and back.
const question = () => document.querySelector('[role="dialog"]:popover-open, dialog[open]');
document.addEventListener("keydown", (event) => {
  const asked = event.key === "Tab" && document.querySelector('[role="dialog"]:popover-open');
  if (!asked) return;
  const stops = [...asked.querySelectorAll("button, a[href], input:not([type='hidden'])")];
  const here = stops.indexOf(document.activeElement);
  if (here >= 0 && stops[here + (event.shiftKey ? -1 : 1)]) return;
  event.preventDefault();
  stops.at(event.shiftKey ? -1 : 0).focus();
});

// A part of the page that asks for itself again waits while a question in it is open.
document.addEventListener("htmx:beforeRequest", (event) => {
  const polls = event.detail.requestConfig.triggeringEvent === undefined;
  if (polls && event.target.querySelector("[popover]:popover-open")) event.preventDefault();
});

// Finding labels by a part of their names, whatever their accents.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/ł/gi, "l").toLowerCase();
function findLabels(words) {
  const tree = document.querySelector(".label-tree");
  for (const choice of tree.querySelectorAll(".choice")) {
    choice.hidden = !plain(choice.textContent).includes(plain(words.trim()));
  }
  for (const branch of tree.querySelectorAll(".branch")) branch.hidden = words.trim() !== "";
  for (const group of tree.querySelectorAll("fieldset")) {
    group.hidden = !group.querySelector(".choice:not([hidden])");
  }
  const found = tree.querySelector(".choice:not([hidden])");
  document.getElementById("no-label").hidden = found !== null;
  tree.hidden = found === null;
}
// Who picks a label wants specific ones.
document.addEventListener("change", (event) => {
  if (!event.target.matches('.label-tree input[name="label"]:checked')) return;
  event.target.form.querySelector('input[name="choice"][value="chosen"]').checked = true;
});
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

// A button copies what is before it, where the browser lets pages do so.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
});
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = button.dataset.copied;
  } catch {
    button.hidden = true;
  }
});

// The rail folds to icons; the server knows by a cookie, so that the next page begins folded.
function foldRail(folded) {
  const button = document.getElementById("rail-fold");
  document.documentElement.dataset.rail = folded ? "folded" : "";
  document.cookie = `rail=${folded ? "folded" : ""}; path=/; max-age=31536000; samesite=lax${secure}`;
  button.setAttribute("aria-pressed", folded);
}
document.addEventListener("DOMContentLoaded", () => {
  const button = document.getElementById("rail-fold");
  if (!button) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", document.documentElement.dataset.rail === "folded");
  button.addEventListener("click", () => foldRail(document.documentElement.dataset.rail !== "folded"));
});
