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
