/** The room's guesses against the simulation: stacks of people, rows, drawn curves. Each says in words what it shows. */

import { MONTH, backdrop, bandOf, curveOf, frame, path, scale, text, wrap } from "./charts.js";
import { s } from "./dom.js";
import { plain, simulatedInWords, unbroken } from "./words.js";

/**
 * Return the guesses as stacks of people, one block each, with the simulation in its own colour.
 * A guess with `edges` stands on an axis of numbers; what is picked from a list lies in rows beside its name.
 */
export const histogram = (guess, canvas) => frame(canvas.width, canvas.height, histogramInWords(guess), drawingOf(guess)(guess, canvas));

const drawingOf = ({ drawn, edges }) => (drawn ? sketches : edges?.length ? columns : rows);

/** Everybody's curve as a thin line, and before them the simulation with its band. */
function sketches({ drawn, months, simulated }, { width, height, size }) {
  const run = { curve: simulated.curve, colour: "var(--truth)" };
  const last = Math.max(months[months.length - 1] * MONTH, ...run.curve.days);
  const [step, top] = scale(Math.min(1, 1.04 * Math.max(0.1, ...run.curve.high, ...drawn.flat().map((value) => value / 100))));
  const [left, right, bottom, head] = [size * 2.9, width - size * 7.5, height - size * 1.8, size * 0.5];
  const x = (day) => left + ((right - left) * day) / last;
  const y = (share) => bottom - ((bottom - head) * share) / top;
  const lineOf = (values) => `M${path(months.map((month) => x(month * MONTH)), values.map((value) => y(value / 100))).join("L")}`;
  return [
    backdrop({ x, y, left, right, bottom, size, step, top, last, end: null }),
    drawn.map((values) => s("path", { class: "sketched", d: lineOf(values) })),
    bandOf(run, x, y),
    curveOf(run, x, y, size),
    text(right + size * 0.5, y(run.curve.mean[run.curve.mean.length - 1]) + size * 0.35, size, "simulation", { class: "truth-name" }),
  ];
}

/** The blocks of one stack from `from` on: one a person as long as each can be seen. */
function stack(number, unit) {
  const blocks = unit >= 5 ? number : Math.min(1, number);
  const long = blocks === number ? unit : unit * number;
  const gap = Math.min(3, long * 0.2);
  return Array.from({ length: blocks }, (_, block) => ({ at: long * block, long: Math.max(1, long - gap) }));
}

function columns(guess, { width, height, size }) {
  const most = Math.max(4, ...guess.counts);
  const [left, right, bottom, head] = [size * 0.5, width - size * 0.5, height - size * 1.8, size * 3];
  const slot = (right - left) / guess.counts.length;
  const unit = (bottom - head) / most;
  const plot = { left, right, bottom, size };
  return [
    truth(guess, plot),
    s("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }),
    guess.counts.map((number, index) => {
      const x = left + slot * (index + 0.03);
      return [
        stack(number, unit).map(({ at, long }) => s("rect", { class: "guess", x, y: bottom - at - long, width: slot * 0.94, height: long, rx: 2 })),
        number ? text(x + slot * 0.47, bottom - unit * number - size * 0.3, size, number, { class: "over", "text-anchor": "middle", "font-weight": 700 }) : null,
      ];
    }),
    edgeNames(guess, plot),
  ];
}

function rows(guess, { width, height, size }) {
  const most = Math.max(4, ...guess.counts);
  const longest = Math.max(...guess.labels.map((label) => label.length));
  const [left, right] = [Math.min(width * 0.5, size * (1 + 0.6 * longest)), width - size * 3];
  const slot = Math.min(height / guess.labels.length, size * 7);
  const unit = (right - left) / most;
  return guess.labels.map((label, index) => {
    const [number, middle, thick] = [guess.counts[index], slot * (index + 0.5), Math.min(slot * 0.7, size * 3)];
    const isRight = index === guess.simulated.index || Boolean(guess.simulated.tied?.includes(label));
    const lines = wrap(label, Math.floor(left / (size * 0.545))).slice(0, 2);
    return [
      lines.map((words, row) =>
        text(left - size * 0.6, middle + size * (0.35 + 1.1 * row - 0.55 * (lines.length - 1)), size, words, { "text-anchor": "end", class: isRight ? "truth-label" : null }),
      ),
      s("line", { class: "axis", x1: left, x2: left, y1: middle - slot / 2, y2: middle + slot / 2 }),
      stack(number, unit).map(({ at, long }) =>
        s("rect", { class: isRight ? "guess right" : "guess", x: left + at + 1, y: middle - thick / 2, width: long, height: thick, rx: 2 }),
      ),
      text(left + unit * number + size * 0.4, middle + size * 0.35, size, number, { "font-weight": 700, class: number ? null : "quiet" }),
    ];
  });
}

const inUnit = (guess, value) => (guess.unit.startsWith("%") ? `${plain(value)} %` : plain(value));

function place({ edges }, left, right) {
  const [low, high] = [edges[0], edges[edges.length - 1]];
  return (value) => left + ((right - left) * (Math.min(high, Math.max(low, value)) - low)) / (high - low);
}

function truth(guess, { left, right, bottom, size }) {
  const x = place(guess, left, right);
  const { value, low, high, short } = guess.simulated;
  const middle = x(value);
  const words = unbroken(`simulation ${short}`);
  const half = words.length * size * 0.34;
  const anchor = middle + half > right ? "end" : middle - half < left ? "start" : "middle";
  return [
    s("rect", { class: "truth-band", x: x(low), width: Math.max(3, x(high) - x(low)), y: size * 1.7, height: bottom - size * 1.7 }),
    s("line", { class: "truth", x1: middle, x2: middle, y1: size * 1.7, y2: bottom, "stroke-width": size / 6 }),
    text(middle, size * 1.2, size * 1.15, words, { class: "truth-name", "text-anchor": anchor }),
  ];
}

function edgeNames(guess, { left, right, bottom, size }) {
  const x = place(guess, left, right);
  const last = guess.edges.length - 1;
  const every = Math.ceil(last / 6);
  const anchor = (index) => (index === 0 ? "start" : index === last ? "end" : "middle");
  return guess.edges.map((edge, index) =>
    index % every ? null : text(x(edge), bottom + size * 1.4, size, inUnit(guess, edge), { class: "quiet", "text-anchor": anchor(index) }),
  );
}

export const histogramInWords = (guess) => (guess.drawn ? sketchesInWords(guess) : stacksInWords(guess));

const sketchesInWords = (guess) => `${guess.text} Curves that the room drew: ${guess.drawn.length}. Simulation: ${simulatedInWords(guess)}.`;

const stacksInWords = (guess) =>
  `${guess.text} The room's guesses: ${guess.labels.map((label, index) => `${label}: ${guess.counts[index]}`).join(", ")}. Simulation: ${simulatedInWords(guess)}.`;
