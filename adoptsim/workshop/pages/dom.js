/** Elements made of text, never of markup: what a person typed can be shown but not run. */

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else if (name in { value: 1, checked: 1 }) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Return an HTML element; `onclick` and its like are listeners, `--name` is a custom property. */
export const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/** Return an SVG element. */
export const s = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

const shown = new WeakMap();

/** Build a region anew only when what it shows has changed, and leave the focus where it was. */
export function region(root, what, build) {
  const key = JSON.stringify(what);
  if (shown.get(root) === key) return false;
  shown.set(root, key);
  const focused = root.contains(document.activeElement) ? document.activeElement.id : "";
  root.replaceChildren(...[build()].flat(9).filter(Boolean));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  return true;
}

/** Say a change of phase to people who listen instead of looking. */
export function announce(words) {
  const said = document.getElementById("said");
  if (said && said.textContent !== words) said.textContent = words;
}
