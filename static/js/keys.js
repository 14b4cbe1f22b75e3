/* The keyboard; the list of keys is templates/shortcuts.html. */
"use strict";

const currentLine = () => document.activeElement?.closest(".conversation");

function step(by) {
  const lines = [...document.querySelectorAll(".conversation:not(.is-leaving)")];
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
  const line = currentLine();
  if (line && !picked().length) {
    line.querySelector('input[name="thread"]').checked = true;
    tellSelection();
  }
  if (picks().length && !picked().length) return;
  const buttons = [...document.querySelectorAll(`main [data-key="${CSS.escape(key)}"]`)];
  buttons.find((button) => button.dataset.key === key)?.click();
}
const undo = () => [...document.querySelectorAll('.toast [data-key="z"]')].at(-1)?.click();
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
  event.preventDefault();
  work();
});
