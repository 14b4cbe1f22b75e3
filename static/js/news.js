/* Is anything new? Asked every two seconds while somebody looks, and never in a hidden tab. */
"use strict";

const LOOK_EVERY = 2_000;

function look() {
  const news = document.getElementById("news");
  if (news && !document.hidden && trouble !== "signed-out") htmx.trigger(news, "look");
}
setInterval(look, LOOK_EVERY);
document.addEventListener("visibilitychange", look);
window.addEventListener("online", look);

function tellTitle() {
  const unread = document.getElementById("news").dataset.unread;
  const title = document.title.trim().replace(/^\(\d+\+?\)\s*/, "");
  document.title = unread ? `(${unread}) ${title}` : title;
}

// Nobody reads further down, has selected anything or is about to answer a question.
function isCalm() {
  const asked = document.querySelector("#triage [popover]:popover-open, details.menu[open]");
  return window.scrollY < 40 && !picked().length && !asked;
}

document.addEventListener("news", async () => {
  tellTitle();
  const list = document.getElementById("conversations");
  // What is under way refreshes the list when it is done.
  if (!list || isBusy()) return;
  if (isCalm()) await refreshList();
  else if (list.dataset.newer) {
    const html = await ask(list.dataset.newer).catch(() => "");
    const newer = document.getElementById("newer");
    if (newer.innerHTML.trim() !== html.trim()) newer.innerHTML = html;
  }
});

// With something selected, what is new is put on top and all else stays.
async function mergeNewer() {
  const html = await ask(location.href);
  const fresh = parseList(html);
  const list = document.getElementById("conversations");
  const lines = list.querySelector(".conversations");
  const first = lines?.querySelector(".conversation")?.id;
  const come = [];
  for (const line of fresh.querySelectorAll(".conversation")) {
    if (line.id === first) break;
    come.push(line);
  }
  for (const line of come) {
    const old = document.getElementById(line.id);
    line.querySelector('input[name="thread"]').checked = old?.querySelector("input").checked ?? false;
    old?.remove();
    line.classList.add("is-new");
  }
  lines.prepend(...come);
  list.dataset.newer = fresh.dataset.newer;
  list.querySelector('input[name="as_of"]').value = fresh.querySelector('input[name="as_of"]').value;
  document.getElementById("newer").replaceChildren();
  tellSelection();
}
document.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-show-newer]")) return;
  if (picked().length) await mergeNewer().catch(() => {});
  else await refreshList();
  window.scrollTo({ top: 0 });
  document.querySelector(".conversation .about a")?.focus({ preventScroll: true });
});
