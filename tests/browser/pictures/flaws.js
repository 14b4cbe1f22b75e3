/* What a person would refuse and a machine can see, as one line each. */
() => {
  const found = [];
  const root = document.documentElement;
  const open = [...document.querySelectorAll("dialog:modal, .dialog:popover-open, #rail:popover-open")].at(-1);
  const within = open ?? document.body;
  const name = (element) =>
    `<${element.localName}> "${(element.innerText || element.title || element.name || "").trim().replace(/\s+/g, " ").slice(0, 50)}"`;
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 2 && box.height > 2
      && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };

  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter(
      (element) => seen(element) && element.getBoundingClientRect().right > root.clientWidth + 1,
    );
    found.push(`wider than the screen by ${root.scrollWidth - root.clientWidth}: ${wide.slice(0, 3).map(name)}`);
  }

  // Nobody can scroll to the left of a page.
  for (const sheet of document.querySelectorAll(".menu-sheet")) {
    if (seen(sheet) && sheet.getBoundingClientRect().left < 0) found.push(`out of the screen: ${name(sheet)}`);
  }

  for (const element of within.querySelectorAll("button, .button, .chip, summary, .rail-link, th")) {
    const style = getComputedStyle(element);
    // An ellipsis is meant, and so are the icons of Django's own pages.
    if (style.textOverflow === "ellipsis" || style.textIndent !== "0px") continue;
    if (seen(element) && element.scrollWidth > element.clientWidth + 1 && element.clientWidth) {
      found.push(`text is cut in ${name(element)}`);
    }
  }

  for (const image of document.images) {
    if (image.complete && image.getAttribute("src") && !image.naturalWidth) found.push(`no image: ${image.src}`);
  }

  // Each control by the boxes of its lines; what floats above a page covers it on purpose.
  const floats = (element) => {
    for (let one = element; one && one !== within; one = one.parentElement) {
      if (["fixed", "sticky"].includes(getComputedStyle(one).position)) return one;
      if (one.matches(".menu-sheet, .toasts")) return one;
    }
    return null;
  };
  // What has been scrolled out of a list inside of the page is not to be seen.
  const boxes = (element) => {
    let found = [...element.getClientRects()];
    for (let one = element.parentElement; one && one !== document.body; one = one.parentElement) {
      if (getComputedStyle(one).overflow === "visible") continue;
      const frame = one.getBoundingClientRect();
      found = found.map((box) => ({
        left: Math.max(box.left, frame.left), right: Math.min(box.right, frame.right),
        top: Math.max(box.top, frame.top), bottom: Math.min(box.bottom, frame.bottom),
      }));
    }
    return found;
  };
  const controls = [...within.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter(seen)
    .map((element) => ({ element, floats: floats(element), boxes: boxes(element) }));
  const meet = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2;
  controls.forEach((one, index) => {
    for (const other of controls.slice(index + 1)) {
      if (one.floats !== other.floats) continue;
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      if (one.boxes.some((box) => other.boxes.some((another) => meet(box, another)))) {
        found.push(`${name(one.element)} lies on ${name(other.element)}`);
      }
    }
  });
  return found;
}
