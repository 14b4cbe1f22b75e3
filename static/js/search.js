/* Completions of the search field: a combobox (WAI-ARIA 1.2) over a list from the site. */
"use strict";

const searchField = document.getElementById("search");
const completions = document.getElementById("completions");
let chosen = -1;
let asked = 0;
let completedText = null;
// An arrow key that came before the list did.
let early = false;
let typing;

// None while they complete what was typed before.
const options = () => completedText === searchField.value
  ? [...completions.querySelectorAll('[role="option"]')]
  : [];

function choose(index) {
  const all = options();
  chosen = all.length ? (index + all.length + 1) % (all.length + 1) : -1;
  if (chosen === all.length) chosen = -1;
  all.forEach((option, at) => option.setAttribute("aria-selected", at === chosen));
  const option = all[chosen];
  if (option) searchField.setAttribute("aria-activedescendant", option.id);
  else searchField.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function closeCompletions() {
  clearTimeout(typing);
  asked += 1;
  completions.hidden = true;
  searchField.setAttribute("aria-expanded", "false");
  choose(-1);
}

async function complete() {
  const mine = (asked += 1);
  // Only the end is completed; in the middle of the text there is no knowing.
  const atEnd = searchField.selectionStart === searchField.value.length;
  if (!atEnd || searchField !== document.activeElement) return closeCompletions();
  const text = searchField.value;
  const query = new URLSearchParams({ q: text });
  const html = await ask(`${searchField.dataset.completions}?${query}`).catch(() => "");
  if (mine !== asked) return;
  completions.innerHTML = html;
  completedText = text;
  const any = options().length > 0;
  completions.hidden = !any;
  searchField.setAttribute("aria-expanded", any);
  choose(early ? 0 : -1);
  early = false;
}

function accept(option) {
  searchField.value = option.dataset.text;
  searchField.focus();
  searchField.setSelectionRange(searchField.value.length, searchField.value.length);
  searchField.scrollLeft = searchField.scrollWidth;
  complete();
}

function leaveSearch() {
  searchField.blur();
  backToLine();
}

searchField?.addEventListener("input", () => {
  choose(-1);
  clearTimeout(typing);
  typing = setTimeout(complete, 120);
});
searchField?.addEventListener("focus", complete);
searchField?.addEventListener("blur", closeCompletions);
searchField?.addEventListener("keydown", (event) => {
  const open = !completions.hidden;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    early = completedText !== searchField.value;
    const up = chosen < 0 ? options().length - 1 : chosen - 1;
    if (open && !early) choose(event.key === "ArrowDown" ? chosen + 1 : up);
    else complete();
  } else if (open && chosen >= 0 && (event.key === "Enter" || event.key === "Tab")) {
    event.preventDefault();
    accept(options()[chosen]);
  } else if (event.key === "Escape") {
    event.preventDefault();
    closeCompletions();
    // The second one leads out of the field, so that the keys are keys again.
    if (!open) leaveSearch();
  }
});
// Before the field loses its focus to the click.
completions?.addEventListener("mousedown", (event) => {
  event.preventDefault();
  const option = event.target.closest('[role="option"]');
  if (option) accept(option);
});
