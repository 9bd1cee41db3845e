/** The inputs of a prediction: one of some options, or a number with, for a share of staff, a hundred colleagues. */

import { h } from "./dom.js";
import { sketch } from "./sketch.js";
import { withUnit } from "./words.js";

const choices = (name, question, draft, onChange) =>
  h(
    "div",
    { class: question.options.length === 2 ? "choices two" : "choices" },
    question.options.map(({ key, text }) =>
      h(
        "label",
        { class: "choice", for: `${name}-${key}` },
        h("input", { type: "radio", id: `${name}-${key}`, name, value: key, checked: draft === key, onchange: () => onChange(key) }),
        h("span", {}, text),
      ),
    ),
  );

/** A hundred colleagues, as many of them filled as contribute: what a percentage means. */
function colleagues(filled) {
  const dots = Array.from({ length: 100 }, () => h("i"));
  const set = (number) => dots.forEach((dot, index) => dot.classList.toggle("on", index < Math.round(number)));
  set(filled);
  return { grid: h("div", { class: "colleagues", "aria-hidden": "true" }, dots), set };
}

const stepOf = (low, high) => [0.01, 0.05, 0.1, 0.5].find((step) => (high - low) / step <= 100) ?? 1;

/** Where the thumb waits before anybody has moved it; no guess is made there, so that nobody is led to the middle. */
const middle = ({ low, high }) => {
  const step = stepOf(low, high);
  return Number((Math.round((low + high) / 2 / step) * step).toFixed(2));
};

function slider(name, question, draft, onChange) {
  const { low, high, unit } = question;
  const step = stepOf(low, high);
  const value = draft ?? middle(question);
  const unmoved = draft === undefined;
  const words = unmoved ? "Move the slider" : withUnit(value, unit);
  const people = question.kind === "contributors" ? colleagues(unmoved ? 0 : value) : null;
  const output = h("output", { class: "number", for: name }, words);
  const moved = (next) => {
    box.classList.remove("unmoved");
    const kept = Number(Math.min(high, Math.max(low, next)).toFixed(2));
    input.value = kept;
    output.textContent = withUnit(kept, unit);
    input.setAttribute("aria-valuetext", withUnit(kept, unit));
    people?.set(kept);
    onChange(kept);
  };
  const input = h("input", {
    type: "range", id: name, min: low, max: high, step, "aria-label": question.text, "aria-valuetext": words,
    oninput: () => moved(Number(input.value)),
  });
  input.value = value;
  const nudge = (by, label, sign) =>
    h("button", { type: "button", class: "nudge", "aria-label": label, onclick: () => moved(Number(input.value) + by) }, sign);
  const box = h(
    "div",
    { class: unmoved ? "sliding unmoved" : "sliding" },
    people?.grid,
    output,
    h("div", { class: "slide" }, nudge(-step, "Less", "−"), input, nudge(step, "More", "+")),
  );
  return box;
}

const kindOf = ({ options, months }) => (options.length ? choices : months?.length ? sketch : slider);

/** Return the input of a question; `onChange` gets the answer as the server takes it, when there is one. */
export const input = (question, draft, onChange) => kindOf(question)(`q-${question.key}`, question, draft, onChange);

/** What has to be done before a guess can be sent. */
export const missing = ({ options, months }) => (options.length ? "Choose one first." : months?.length ? "Set a point for each month first." : "Move the slider first.");
