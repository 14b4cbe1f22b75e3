/* Actions show at once. One that the site refuses comes back, with the reason in words. */
"use strict";

// What is under way: of each conversation, what is being done to it.
const pending = new Map();
let queue = Promise.resolve();
let waiting = 0;
// In these views a conversation stays whether it is in the inbox or archived.
const STAYS = { sent: ["archived", "inbox"], search: ["archived", "inbox"] };
const MARKS = ["read", "unread"];

const SHOWN = ".conversation:not(.is-leaving)";
const lineOf = (id) => document.getElementById(`conversation-${id}`);
const isBusy = () => waiting > 0;

function leaves(to) {
  const view = document.getElementById("triage").dataset.view;
  return !MARKS.includes(to) && !STAYS[view]?.includes(to);
}

// What is in front of people stays where it is, whatever comes or goes above it.
function keepPlace(change) {
  const seen = [...document.querySelectorAll(SHOWN)].find(
    (line) => line.getBoundingClientRect().top >= 0,
  );
  const id = window.scrollY > 0 ? seen?.id : null;
  const before = seen?.getBoundingClientRect().top;
  change();
  const now = id && document.getElementById(id)?.getBoundingClientRect().top;
  if (now) window.scrollBy({ top: now - before, behavior: "instant" });
}

function showDone(id, to) {
  const line = lineOf(id);
  if (!line) return;
  if (leaves(to)) line.classList.add("is-leaving");
  if (MARKS.includes(to)) line.classList.toggle("is-unread", to === "unread");
}
function takeBack(id, was) {
  const line = lineOf(id);
  if (!line) return;
  line.classList.remove("is-leaving");
  line.classList.toggle("is-unread", was.unread);
  line.querySelector('input[name="thread"]').checked = true;
}

// The line where the person goes on when those at which they are go.
function focusNext(lines) {
  if (!lines.includes(currentLine())) return;
  const rest = [...document.querySelectorAll(SHOWN)];
  const after = rest.find((line) => lines.at(-1).compareDocumentPosition(line) & 4);
  (after ?? rest.at(-1))?.querySelector(".about a").focus({ preventScroll: true });
}

function act(form, button) {
  const to = button.value;
  const boxes = picked();
  const all = everything()?.checked ?? false;
  if (!boxes.length && !all) return;
  const data = new FormData(form, button);
  const was = new Map(
    boxes.map((box) => [box.value, { unread: lineOf(box.value).classList.contains("is-unread") }]),
  );
  pickAll(false);
  for (const id of was.keys()) {
    pending.set(id, to);
    showDone(id, to);
  }
  if (leaves(to)) focusNext(boxes.map((box) => box.closest(".conversation")));
  tellSelection();
  send(form.action, data, (error) => {
    keepPlace(() => {
      for (const [id, state] of was) takeBack(id, state);
    });
    if (all && everything()) everything().checked = true;
    tellSelection();
    refuse(error);
  }, [...was.keys()]);
}

// One after the other, so that an undo never overtakes what it undoes.
function send(url, data, failed, ids = []) {
  waiting += 1;
  queue = queue.then(async () => {
    try {
      addToast(await ask(url, { method: "POST", body: data }));
    } catch (error) {
      failed(error);
      ids.forEach((id) => pending.delete(id));
      return;
    } finally {
      waiting -= 1;
    }
    ids.forEach((id) => pending.delete(id));
    await refreshList();
    look();
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id === "triage" && event.submitter?.name === "to") {
    event.preventDefault();
    event.submitter.closest("[popover]")?.hidePopover();
    act(form, event.submitter);
  } else if (form.matches("[data-undo]") && document.getElementById("conversations")) {
    event.preventDefault();
    form.hidden = true;
    send(form.action, new FormData(form), (error) => {
      refuse(error);
      form.hidden = false;
      document.getElementById("toasts").append(form.closest(".toast") ?? "");
    });
  }
});

// The list as it is now, with what was selected, where people were, and what is under way.
async function refreshList() {
  if (!document.getElementById("conversations")) return;
  let html;
  try {
    html = await ask(location.href);
  } catch {
    return;
  }
  const lines = [...document.querySelectorAll(".conversation")].map((line) => line.id);
  const known = new Set(lines);
  const checked = new Set(picked().map((box) => box.value));
  const place = lines.indexOf(currentLine()?.id);
  const list = parseList(html);
  if (known.size) {
    for (const line of list.querySelectorAll(".conversation")) {
      line.classList.toggle("is-new", !known.has(line.id) && Boolean(list.dataset.newer));
    }
  }
  for (const box of list.querySelectorAll('input[name="thread"]')) box.checked = checked.has(box.value);
  keepPlace(() => document.getElementById("conversations").replaceWith(list));
  htmx.process(list);
  for (const [id, to] of pending) showDone(id, to);
  if (place >= 0) goOnFrom(place, lines);
  document.getElementById("newer").replaceChildren();
  tellSelection();
}
// Where people were, or the nearest line that is still there: what they were at may have gone.
function goOnFrom(place, lines) {
  const near = [...lines.slice(place), ...lines.slice(0, place).reverse()];
  const line = near.map((id) => document.getElementById(id)).find((one) => one?.matches(SHOWN));
  line?.querySelector(".about a").focus({ preventScroll: true });
}
function parseList(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.getElementById("conversations");
}
