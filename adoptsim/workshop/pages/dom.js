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

/** Milliseconds that a region waits at most: for a finger to be lifted, for something to be picked from an open list. */
const [FINGER, LIST] = [5000, 15000];
/** Milliseconds after which a finger that was lifted brings no click any more. */
const CLICKED = 80;

const shown = new WeakMap();
const waiting = new Map();
let held = null;
let letGo = 0;

/**
 * Build a region anew only when what it shows has changed, and leave the focus where it was, and lists where they were
 * scrolled to for as long as `place` stays. While a pointer is down in the region it waits: what is pressed or drawn must
 * not be replaced under the finger. `then` is called when it has been built.
 */
export function region(root, what, build, { place = "", then = () => {} } = {}) {
  const key = JSON.stringify(what);
  waiting.delete(root);
  const before = shown.get(root);
  if (before?.key === key) return;
  if (before && held && root.contains(held)) {
    waiting.set(root, [root, what, build, { place, then }]);
    return;
  }
  shown.set(root, { key, place });
  const focused = root.contains(document.activeElement) ? document.activeElement.id : "";
  const scrolled = before?.place === place ? scrolledIn(root) : [];
  root.replaceChildren(...[build()].flat(9).filter(Boolean));
  if (before && before.place !== place) root.scrollTop = 0;
  for (const [name, to] of scrolled) (name ? root.getElementsByClassName(name)[0] : root)?.scrollTo({ top: to, behavior: "instant" });
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  then();
}

/** What is scrolled in a region, by its class, "" for the region itself. */
const scrolledIn = (root) => [root, ...root.querySelectorAll("[class]")].filter((each) => each.scrollTop > 0).map((each) => [each === root ? "" : each.getAttribute("class"), each.scrollTop]);

function release() {
  clearTimeout(letGo);
  held = null;
  for (const each of [...waiting.values()]) region(...each);
}

function releaseIn(milliseconds) {
  clearTimeout(letGo);
  letGo = setTimeout(release, milliseconds);
}

const isList = (element) => Boolean(element?.closest?.("select"));

document.addEventListener(
  "pointerdown",
  (event) => {
    if (event.button > 0) return;
    held = event.target;
    releaseIn(isList(held) ? LIST : FINGER);
  },
  true,
);
for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, () => held && !isList(held) && releaseIn(CLICKED), true);
/** What was waited for has come: its own listeners, which run next, may draw at once, and the rest follows. */
for (const kind of ["click", "change", "focusout"]) {
  document.addEventListener(
    kind,
    (event) => {
      if (!held || (kind === "click" ? isList(held) : held !== event.target || !isList(held))) return;
      held = null;
      releaseIn(0);
    },
    true,
  );
}

/** Say a change of phase to people who listen instead of looking. */
export function announce(words) {
  const said = document.getElementById("said");
  if (said && said.textContent !== words) said.textContent = words;
}
