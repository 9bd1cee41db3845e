/** A curve drawn with a finger: a point for each month, which a key moves too. */

import { h, s } from "./dom.js";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [340, 270, 40, 322, 14, 236];
const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };

/** Return the input; `onChange` gets a number for each month, null for one that has none yet. */
export function sketch(name, { text, months, low, high, unit }, draft, onChange) {
  const values = draft ? [...draft] : months.map(() => null);
  const last = months[months.length - 1];
  const x = (month) => LEFT + ((RIGHT - LEFT) * month) / last;
  const y = (value) => BOTTOM - ((BOTTOM - TOP) * (value - low)) / (high - low);
  const output = h("output", { class: "number set", for: name }, "Draw your curve");
  const line = s("path", { class: "drawn" });
  const dots = months.map((month, index) =>
    s(
      "g",
      {
        id: `${name}-${month}`, class: "dot", role: "slider", tabindex: 0, "aria-label": `Month ${month}`, "aria-orientation": "vertical",
        "aria-valuemin": low, "aria-valuemax": high, onkeydown: (event) => pressed(event, index),
      },
      s("circle", { r: 22, class: "reach" }),
      s("circle", { r: 9 }),
    ),
  );

  function show() {
    dots.forEach((dot, index) => {
      const value = values[index];
      dot.setAttribute("transform", `translate(${x(months[index])} ${y(value ?? low)})`);
      dot.classList.toggle("unset", value === null);
      dot.setAttribute("aria-valuenow", value ?? low);
      dot.setAttribute("aria-valuetext", value === null ? "not set" : `${value} ${unit}`);
    });
    const set = months.map((month, index) => [month, values[index]]).filter(([, value]) => value !== null);
    line.setAttribute("d", set.map(([month, value], index) => `${index ? "L" : "M"}${x(month)} ${y(value)}`).join(""));
  }
  function put(index, value) {
    values[index] = Math.round(Math.min(high, Math.max(low, value)));
    output.textContent = `Month ${months[index]}: ${values[index]}\u00a0${unit}`;
    show();
    onChange([...values]);
  }
  function pressed(event, index) {
    const by = KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    put(index, (values[index] ?? low) + by);
  }
  function drawn(event) {
    const box = picture.getBoundingClientRect();
    const month = ((((event.clientX - box.left) * WIDTH) / box.width - LEFT) * last) / (RIGHT - LEFT);
    const height = ((event.clientY - box.top) * HEIGHT) / box.height;
    const nearest = months.reduce((best, each, index) => (Math.abs(each - month) < Math.abs(months[best] - month) ? index : best), 0);
    put(nearest, low + ((high - low) * (BOTTOM - height)) / (BOTTOM - TOP));
  }
  const picture = s(
    "svg",
    {
      class: "chart sketch", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": text,
      onpointerdown: (event) => (picture.setPointerCapture(event.pointerId), drawn(event)),
      onpointermove: (event) => event.buttons && drawn(event),
    },
    [0, 0.25, 0.5, 0.75, 1].map((part) => low + (high - low) * part).map((value) => [
      s("line", { class: "grid", x1: LEFT, x2: RIGHT, y1: y(value), y2: y(value) }),
      s("text", { class: "quiet", x: LEFT - 8, y: y(value) + 5, "font-size": 14, "text-anchor": "end" }, value),
    ]),
    months.map((month) => [
      s("line", { class: "grid", x1: x(month), x2: x(month), y1: TOP, y2: BOTTOM }),
      s("text", { class: "quiet", x: x(month), y: BOTTOM + 26, "font-size": 14, "text-anchor": "middle" }, month || "month 0"),
    ]),
    line,
    dots,
  );
  show();
  return h("div", { class: "sliding", id: name }, output, picture);
}
