/* The keyboard; the list of keys is templates/shortcuts.html. */
"use strict";

const currentLine = () => document.activeElement?.closest(".conversation");

// The address of a list names the line from which people went to a conversation.
document.addEventListener("click", (event) => {
  const line = event.target.closest?.(".about a")?.closest(".conversation");
  if (line) history.replaceState(history.state, "", `#${line.id}`);
});
window.addEventListener("pageshow", () => {
  const line = document.getElementById(location.hash.slice(1));
  if (line?.matches(".conversation")) line.querySelector(".about a").focus({ preventScroll: true });
});

function step(by) {
  const lines = [...document.querySelectorAll(SHOWN)];
  const line = lines[currentLine() ? lines.indexOf(currentLine()) + by : 0];
  line?.querySelector(".about a").focus();
  return line;
}
// Selects where the person is and the next line, too.
function extend(by) {
  for (const line of [currentLine(), step(by)]) {
    const box = line?.querySelector('input[name="thread"]');
    if (box) box.checked = true;
  }
  tellSelection();
}
// Presses the button of an action: on the selected ones, else on the one where the person is.
function press(key) {
  const box = picked().length ? null : currentLine()?.querySelector('input[name="thread"]');
  if (box) tick(box, true);
  if (picks().length && !picked().length) return;
  const buttons = [...document.querySelectorAll(`main [data-key="${CSS.escape(key)}"]`)];
  const button = buttons.find((one) => one.dataset.key === key);
  button?.click();
  if (box && button?.popoverTargetElement) forgetAfter(button.popoverTargetElement, box.value);
}
function tick(box, checked) {
  box.checked = checked;
  tellSelection();
}
// Nobody selected it, so it is not selected any more once the question is gone.
function forgetAfter(asked, id) {
  asked.addEventListener("toggle", function closed(event) {
    if (event.newState !== "closed") return;
    asked.removeEventListener("toggle", closed);
    const box = lineOf(id)?.querySelector('input[name="thread"]');
    if (box) tick(box, false);
  });
}
// The list may have come anew behind a question; then the browser does not know the way back.
let lastLine;
document.addEventListener("focusin", () => {
  lastLine = currentLine()?.id ?? lastLine;
});
document.addEventListener("toggle", (event) => {
  if (event.newState !== "closed" || !event.target.matches('[role="dialog"]')) return;
  // The focus may still be in what has just been hidden.
  const here = document.activeElement;
  if (!here?.matches("body *") || event.target.contains(here)) backToLine();
}, true);
function backToLine() {
  const lines = [...document.querySelectorAll(".conversation")].map((line) => line.id);
  if (lines.includes(lastLine)) goOnFrom(lines.indexOf(lastLine), lines);
}
const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  J: () => extend(1),
  K: () => extend(-1),
  x: () => currentLine()?.querySelector('input[name="thread"]').click(),
  "*": () => pickAll(picked().length < picks().length),
  e: () => press("e"),
  "#": () => press("#"),
  r: () => press("r"),
  u: () => press("u"),
  z: undo,
  "/": () => searchField?.select(),
  "?": () => document.getElementById("shortcuts")?.togglePopover(),
};
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches(
    'input:not([type="checkbox"]), textarea, select, [contenteditable]',
  );
  const work = KEYS[event.key];
  if (!work || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  // A question is answered first.
  if (question() && !(event.key === "?" && question().id === "shortcuts")) return;
  event.preventDefault();
  work();
});
