/* What can be read on the page, but for what stands in the mail, and for lists of names. */
() => {
  const notOurs = "script, style, pre, .letter dd, .plain, .snippet, option, [lang]:not(html)";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (!parentElement.closest(notOurs)) texts.push(data.replace(/\s+/g, " ").trim());
  }
  return texts;
}
