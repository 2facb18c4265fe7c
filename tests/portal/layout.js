/**
 * What is wrong with the layout of the page as it is now: a list of sentences, empty where nothing is.
 *
 * What axe does not see: a page wider than its window, text that is cut off, targets too small or lying on one another,
 * text on text, what is scrolled over a bar that stays; and two buttons that both say they are the next step. While a
 * dialog is open only it is looked at.
 */
() => {
  const problems = [];
  const root = document.querySelector("dialog[open]") ?? document.body;
  const styles = new Map();
  const style = (element) => styles.get(element) ?? styles.set(element, getComputedStyle(element)).get(element);

  const name = (element) => {
    const text = (element.getAttribute("aria-label") || element.textContent || element.getAttribute("name") || "").trim();
    const classes = element.getAttribute("class");
    return `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}${classes ? `.${classes.replace(/\s+/g, ".")}` : ""} “${text.replace(/\s+/g, " ").slice(0, 40)}”`;
  };
  const isShown = (element) => {
    const box = element.getBoundingClientRect();
    // What a closed <details> holds has a box, too.
    return box.width > 0 && box.height > 0 && element.checkVisibility({ visibilityProperty: true }) && !element.closest(".unseen, .skip");
  };
  /** The box that an element scrolls or is cut in; what is scrolled out of sight is no fault. */
  const seen = (element, box) => {
    let { left, top, right, bottom } = box;
    for (let each = element.parentElement; each && each !== document.documentElement; each = each.parentElement) {
      const { overflowX, overflowY } = style(each);
      if (overflowX === "visible" && overflowY === "visible") continue;
      const around = each.getBoundingClientRect();
      [left, right] = [Math.max(left, around.left), Math.min(right, around.right)];
      [top, bottom] = [Math.max(top, around.top), Math.min(bottom, around.bottom)];
    }
    return right - left > 1 && bottom - top > 1 ? { left, top, right, bottom } : null;
  };
  /** What lies in its own layer may lie on other things. */
  const layer = (element) => {
    for (let each = element; each && each !== root; each = each.parentElement) {
      if (["fixed", "sticky"].includes(style(each).position) || each.matches(".leaflet-pane, .leaflet-control, .map")) return each;
    }
    return root;
  };
  const meets = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;

  const everything = [...root.querySelectorAll("*")].filter(isShown);

  // The window.
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth > width + 1) {
    const wide = everything.filter((one) => one.getBoundingClientRect().right > width + 1 && seen(one, one.getBoundingClientRect())?.right > width + 1);
    problems.push(`the page is ${document.scrollingElement.scrollWidth} wide in a window of ${width}: ${wide.slice(-3).map(name).join(", ")}`);
  }

  // The next step.
  const next = everything.filter((one) => one.matches(".primary"));
  if (next.length > 1) problems.push(`several primary buttons: ${next.map(name).join(", ")}`);

  // Text that is cut off.
  const pen = document.createElement("canvas").getContext("2d");
  const widthOf = (element, text) => {
    pen.font = style(element).font;
    return pen.measureText(text).width;
  };
  const ownText = (element) => [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  for (const element of everything) {
    const { overflowX, overflowY, paddingLeft, paddingRight } = style(element);
    if (element.closest("svg")) continue;
    const hides = (value) => value === "hidden" || value === "clip";
    const cutX = hides(overflowX) && element.scrollWidth > element.clientWidth + 1;
    const cutY = hides(overflowY) && element.scrollHeight > element.clientHeight + 1;
    if ((cutX || cutY) && element.textContent.trim() && !element.matches(".leaflet-container")) problems.push(`cut off: ${name(element)}`);
    const room = element.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    if (element instanceof HTMLSelectElement && !element.multiple && element.selectedOptions.length) {
      // The arrow takes a line's height.
      if (widthOf(element, element.selectedOptions[0].text) > room + 1) problems.push(`a choice is cut off: ${name(element)}`);
    }
    if (element instanceof HTMLInputElement && /^(text|search|tel|number|date|time|email|)$/.test(element.type)) {
      const text = element.value || element.placeholder;
      if (text.length <= 40 && widthOf(element, text) > room + 1) problems.push(`a field is cut off: ${name(element)} “${text}”`);
    }
  }

  // Text beyond the left edge, and text on text.
  const texts = [];
  for (const element of everything) {
    for (const node of ownText(element)) {
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        const part = seen(element, box);
        if (!part) continue;
        if (part.left < -1) problems.push(`beyond the edge: ${name(element)}`);
        texts.push({ element, layer: layer(element), ...part });
      }
    }
  }
  texts.sort((a, b) => a.top - b.top);
  texts.forEach((one, place) => {
    for (const other of texts.slice(place + 1)) {
      if (other.top > one.bottom) break;
      // Lines of text touch; glyphs do not fill their boxes.
      const [a, b] = [one, other].map((box) => ({ ...box, top: box.top + 3, bottom: box.bottom - 3 }));
      if (one.element !== other.element && one.layer === other.layer && meets(a, b)) {
        problems.push(`text on text: ${name(one.element)} and ${name(other.element)}`);
      }
    }
  });

  // Targets.
  const isInText = (element) =>
    style(element).display === "inline" && element.matches("a, summary") && element.parentElement.textContent.trim() !== element.textContent.trim();
  const targets = everything
    .filter((one) => one.matches("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab]"))
    .filter((one) => !isInText(one))
    .map((one) => {
      const label = one.matches("[type=checkbox], [type=radio]") ? one.labels?.[0] ?? one : one;
      return { element: one, box: label.getBoundingClientRect(), layer: layer(one) };
    });
  const least = document.documentElement.clientWidth <= 640 ? 47.5 : 24;
  for (const { element, box } of targets) {
    if (Math.min(box.width, box.height) < 24) problems.push(`too small a target, ${Math.round(box.width)} × ${Math.round(box.height)}: ${name(element)}`);
    else if (box.height < least) problems.push(`too low a target for a finger, ${Math.round(box.height)}: ${name(element)}`);
  }
  targets.forEach((one, place) => {
    for (const other of targets.slice(place + 1)) {
      const nested = one.element.contains(other.element) || other.element.contains(one.element);
      const [a, b] = [seen(one.element, one.box), seen(other.element, other.box)];
      if (!nested && one.layer === other.layer && a && b && meets(a, b)) {
        problems.push(`targets on one another: ${name(one.element)} and ${name(other.element)}`);
      }
    }
  });

  // What stays while the page is scrolled: nothing of the page may be painted over it.
  const stacks = (element) => {
    const { position, zIndex, isolation, opacity, transform, filter } = style(element);
    const isPlaced = position === "fixed" || position === "sticky" || (position !== "static" && zIndex !== "auto");
    return isPlaced || isolation === "isolate" || opacity < 1 || transform !== "none" || filter !== "none";
  };
  /** The elements that make layers, from the outermost to the element's own: a layer is painted within the one around it. */
  const layers = (element) => {
    const found = [];
    for (let each = element; each && each !== document.documentElement; each = each.parentElement) if (stacks(each)) found.unshift(each);
    return found;
  };
  const height = (element) => Number(style(element).zIndex) || 0;
  const placed = everything.filter((one) => height(one) > 0 && stacks(one));
  for (const stays of everything.filter((one) => style(one).position === "sticky")) {
    const below = layers(stays).slice(0, -1);
    for (const one of placed.filter((each) => !stays.contains(each) && !["fixed", "sticky"].includes(style(each).position))) {
      const own = layers(one);
      const beside = own[below.length];
      const isSameLayer = below.every((each, place) => each === own[place]) && !beside.contains(stays);
      if (isSameLayer && height(beside) > height(stays)) problems.push(`over what stays, ${name(stays)}: ${name(one)}`);
    }
  }

  // Maps.
  for (const map of everything.filter((one) => one.matches(".map"))) {
    const { width: wide, height } = map.getBoundingClientRect();
    if (wide < 300 || height < 250) problems.push(`a map of ${Math.round(wide)} × ${Math.round(height)}`);
  }
  return [...new Set(problems)];
}
