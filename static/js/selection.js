/* Selecting conversations. The form works without any of this, one checkbox at a time. */
"use strict";

const picks = () => [...document.querySelectorAll('#triage input[name="thread"]')].filter(
  (box) => !box.closest(".is-leaving"),
);
const picked = () => picks().filter((box) => box.checked);
const everything = () => document.querySelector('#triage input[name="all"]');
let lastPick = null;

function tellSelection() {
  const all = document.getElementById("select-all");
  if (!all) return;
  const count = picked().length;
  all.checked = count > 0 && count === picks().length;
  all.indeterminate = count > 0 && !all.checked;
  if (!all.checked && everything()) everything().checked = false;
  if (all.checked) countMatching();
  const said = everything()?.checked
    ? document.getElementById("matching").textContent
    : count.toLocaleString(document.documentElement.lang);
  for (const place of document.querySelectorAll("[data-selected]")) place.textContent = said;
  for (const line of document.querySelectorAll("[data-selected-line]")) line.hidden = false;
}

// How many match is asked once, when somebody may want them all.
async function countMatching() {
  const strip = document.querySelector(".all-strip");
  if (!strip || strip.dataset.asked) return;
  strip.dataset.asked = "yes";
  try {
    document.getElementById("matching").textContent = await ask(strip.dataset.count);
    tellSelection();
  } catch {
    delete strip.dataset.asked;
  }
}

function pickAll(checked) {
  for (const box of picks()) box.checked = checked;
  tellSelection();
}

// From the last one that was picked to this one, as this one is.
function pickRange(box) {
  const boxes = picks();
  const ends = [boxes.indexOf(lastPick), boxes.indexOf(box)].sort((one, other) => one - other);
  for (const between of boxes.slice(Math.max(ends[0], 0), ends[1] + 1)) between.checked = box.checked;
  tellSelection();
}

document.addEventListener("change", (event) => {
  if (event.target.id === "select-all") pickAll(event.target.checked);
  else if (event.target.closest("#triage")) tellSelection();
});
document.addEventListener("click", (event) => {
  const box = event.target.closest?.('#triage input[name="thread"]');
  if (!box) return;
  if (event.shiftKey && lastPick?.isConnected) pickRange(box);
  lastPick = box;
});
// Shift and a click would mark the text between, too.
document.addEventListener("mousedown", (event) => {
  if (event.shiftKey && event.target.closest("#triage .tick")) event.preventDefault();
});
// Enter on a checkbox would send the form, by its first button.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches('#triage input[type="checkbox"]')) {
    event.preventDefault();
  }
});
// Back in the history, a browser keeps the boxes and forgets what follows from them.
window.addEventListener("pageshow", tellSelection);
