/** The pictures of what happened: curves with bands, how often it lasts, bars. Each says in words what it shows. */

import { h, s } from "./dom.js";
import { badgeOf, look, mark, runsOf } from "./teams.js";
import { between, percent, plain, points, whole } from "./words.js";

export const MONTH = 21;
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const path = (xs, ys) => xs.map((x, index) => `${x.toFixed(1)} ${ys[index].toFixed(1)}`);
export const text = (x, y, size, words, more = {}) => s("text", { x, y, "font-size": size, ...more }, words);

export const frame = (width, height, words, ...children) =>
  s("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words }, ...children);

/* curves */

/** Return a step between grid lines and the top of the axis, so that there are few and they are round. */
export function scale(high) {
  const step = [0.05, 0.1, 0.2].find((each) => high / each <= 6) ?? 0.25;
  return [step, Math.ceil(high / step - 1e-9) * step];
}

export function backdrop({ x, y, left, right, bottom, size, step, top, last, end }) {
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  const months = Math.round(last / MONTH);
  const every = months > 12 ? 6 : 3;
  const labels = Array.from({ length: Math.floor(months / every) + 1 }, (_, index) => index * every);
  const month = (number) =>
    text(x(Math.min(last, number * MONTH)), bottom + size * 1.4, size, number ? number : "month 0", { class: "quiet", "text-anchor": number ? "middle" : "start" });
  return [
    end ? s("rect", { class: "support", x: left, y: y(top), width: x(end) - left, height: bottom - y(top) }) : null,
    ticks.map((value) => s("line", { class: "grid", x1: left, x2: right, y1: y(value), y2: y(value) })),
    ticks.map((value) => text(left - size * 0.5, y(value) + size * 0.35, size, whole(value), { class: "quiet", "text-anchor": "end" })),
    labels.map(month),
    end ? text(left + size * 0.5, y(top) + size * 1.1, size, "launch support", { class: "quiet" }) : null,
  ];
}

/** The line that matters; it is named in the margin, where no course runs. */
const threshold = ({ y, left, right }, share) => s("line", { class: "mass", x1: left, x2: right, y1: y(share), y2: y(share) });

const massName = (share) => `critical mass ${whole(share)}`;

const LONGEST = 17;

/** A course's name in lines, cut if it is long, with where the course ends. */
function named(run) {
  const lines = wrap(run.name, LONGEST);
  const cut = lines.length > 2 ? [lines[0], `${lines[1].replace(/[,;:]$/, "")}…`] : lines;
  const end = percent(run.contributors.mean);
  const last = `${cut[cut.length - 1]} ${end}`;
  return last.length > LONGEST + 2 ? [...cut, end] : [...cut.slice(0, -1), last];
}

/** Names of courses where they end, and beside them that of critical mass: [the former, the latter]. */
function endNames(runs, share, { y, right, size, head, bottom }) {
  const ends = [...runs.map((run) => y(run.curve.mean[run.curve.mean.length - 1])), ...(share ? [y(share)] : [])];
  const lines = [...runs.map(named), [massName(share)]].slice(0, ends.length);
  const tall = lines.map((each) => size * (1.12 * each.length + 0.2));
  const places = apart(ends, tall, head, bottom);
  const names = runs.map((run, index) => {
    const middle = places[index];
    const first = middle + size * (0.35 - 0.56 * (lines[index].length - 1));
    return s(
      "g",
      { "--team": run.colour },
      s("line", { class: "leader", x1: right + size * 0.2, x2: right + size * 0.7, y1: ends[index], y2: middle }),
      mark(run, right + size * 1.25, middle, size * 0.85),
      lines[index].map((words, row) => text(right + size * 1.95, first + row * size * 1.12, size, words, { class: "name" })),
    );
  });
  if (!share) return [names, null];
  const middle = places[runs.length];
  return [names, s("g", { class: "mass-name" }, s("line", { class: "leader", x1: right + size * 0.2, x2: right + size * 0.7, y1: y(share), y2: middle }), text(right + size * 0.9, middle + size * 0.35, size, massName(share)))];
}

/** Return heights of labels that don't overlap, as near as can be to where they belong; `tall` is the height of each. */
export function apart(wanted, tall, low, high) {
  const order = wanted.map((y, index) => ({ y, index, half: tall[index] / 2 })).sort((a, b) => a.y - b.y);
  let floor = low;
  for (const each of order) {
    each.at = Math.max(each.y, floor + each.half);
    floor = each.at + each.half;
  }
  let ceiling = high;
  for (const each of order.reverse()) {
    each.at = Math.min(each.at, ceiling - each.half);
    ceiling = each.at - each.half;
  }
  return order.sort((a, b) => a.index - b.index).map((each) => each.at);
}

export const bandOf = (run, x, y) => {
  const xs = run.curve.days.map(x);
  const back = path([...xs].reverse(), [...run.curve.low].reverse().map(y));
  return s("g", { "--team": run.colour }, s("path", { class: "band", d: `M${[...path(xs, run.curve.high.map(y)), ...back].join("L")}Z` }));
};

export const curveOf = (run, x, y, size) =>
  s(
    "g",
    { "--team": run.colour },
    s("path", {
      class: "curve",
      d: `M${path(run.curve.days.map(x), run.curve.mean.map(y)).join("L")}`,
      "stroke-width": size / (run.beside ? 9 : 6),
      "stroke-dasharray": run.dash ? run.dash.split(" ").map((part) => (Number(part) * size) / 24).join(" ") : null,
    }),
  );

const valueAt = ({ days, mean }, day) => {
  const next = Math.max(1, days.findIndex((each) => each >= day));
  const part = Math.min(1, Math.max(0, (day - days[next - 1]) / (days[next] - days[next - 1])));
  return mean[next - 1] + part * (mean[next] - mean[next - 1]);
};

/**
 * Return a picture of who contributes from month 0 to the end, in every course of a reveal, and what plays and ends it.
 * `size` is the text's height in the picture's own units.
 */
export function curves(results, teams, { width, height, size }) {
  const runs = runsOf(results, teams);
  const last = Math.max(...runs.flatMap((run) => run.curve.days));
  const [step, top] = scale(1.04 * Math.max(results.threshold ?? 0, ...runs.flatMap((run) => run.curve.high)));
  const longest = Math.max(results.threshold ? massName(results.threshold).length - 2 : 0, ...runs.flatMap((run) => named(run).map((words) => words.length)));
  const [left, right, bottom, head] = [size * 2.9, width - size * (2.2 + 0.62 * longest), height - size * 1.8, size * 0.5];
  const x = (day) => left + ((right - left) * day) / last;
  const y = (share) => bottom - ((bottom - head) * share) / top;
  const plot = { x, y, left, right, bottom, head, size, step, top, last, end: results.end_of_support };
  const id = `clip-${Math.round(width)}`;
  const cover = s("rect", { x: 0, y: 0, width, height });
  const heads = runs.map((run) => s("g", { "--team": run.colour }, mark(run, 0, 0, size * 0.85)));
  const [ends, mass] = endNames(runs, results.threshold, plot);
  const names = s("g", {}, ends);
  const clock = text((left + right) / 2, bottom - size * 0.7, size * 1.7, "", { class: "over clock", "text-anchor": "middle", "font-weight": 700 });
  const picture = frame(
    width, height, curvesInWords(results),
    s("defs", {}, s("clipPath", { id }, cover)),
    backdrop(plot),
    s("g", { "clip-path": `url(#${id})` }, runs.filter((run) => !run.beside).map((run) => bandOf(run, x, y)), runs.map((run) => curveOf(run, x, y, size))),
    results.threshold ? threshold(plot, results.threshold) : null,
    mass, heads, clock, names,
  );
  const settle = () => {
    cover.setAttribute("width", width);
    clock.textContent = "";
    names.style.opacity = 1;
    heads.forEach((dot) => (dot.style.display = "none"));
    picture.dataset.played = "yes";
  };
  const at = (day) => {
    cover.setAttribute("width", x(day));
    clock.textContent = `month ${Math.floor(day / MONTH)}`;
    names.style.opacity = 0;
    heads.forEach((dot, index) => {
      dot.style.display = "";
      dot.setAttribute("transform", `translate(${x(day)} ${y(valueAt(runs[index].curve, day))})`);
    });
  };
  return { picture, ...player(last, at, settle) };
}

/** Play from the first day to the last in so many seconds; at once for people who asked for less motion. */
function player(last, at, settle, seconds = 9) {
  let running = 0;
  const play = () => {
    cancelAnimationFrame(running);
    if (still()) return settle();
    let began = 0;
    const go = (now) => {
      began ||= now;
      const day = (last * (now - began)) / (1000 * seconds);
      if (day >= last) return settle();
      at(day);
      running = requestAnimationFrame(go);
    };
    at(0);
    running = requestAnimationFrame(go);
  };
  return { play, settle: () => (cancelAnimationFrame(running), settle()) };
}

export const curvesInWords = (results) =>
  `Staff who contribute, month by month. ${[...results.teams, ...(results.shown ?? [])]
    .map((run) => `${run.name} ends at ${percent(run.contributors.mean)} (${between(run.contributors.low, run.contributors.high)})`)
    .join("; ")}.`;

/* how the teams did */

/** Return a table of the courses, best first: the chance to last with its interval, contributors, what it takes. */
export function outcomes(results, teams) {
  const rows = runsOf(results, teams).sort((a, b) => b.critical_mass.share - a.critical_mass.share || b.contributors.mean - a.contributors.mean);
  const priced = results.teams.some((run) => run.hours);
  const row = (run) => {
    const { share, low, high } = run.critical_mass;
    return h(
      "tr",
      { class: run.team && (results.winners ?? [results.winner]).includes(run.team) ? "best" : null },
      h("th", { scope: "row" }, h("span", { class: "row" }, badgeOf(run), run.computer ? h("small", {}, "computer") : null)),
      h("td", { class: "big" }, percent(share)),
      h("td", { class: "scale" }, share === null ? null : interval(run, share, low, high)),
      h("td", {}, percent(run.contributors.mean), h("small", {}, between(run.contributors.low, run.contributors.high))),
      priced ? h("td", {}, run.hours === undefined ? "" : plain(run.hours)) : null,
    );
  };
  const col = (words) => h("th", { scope: "col" }, words);
  const axis = h("td", { "aria-hidden": "true" }, h("span", { class: "ends" }, h("span", {}, "0 %"), h("span", {}, "100 %")));
  return h(
    "table",
    { class: "grid", "--rows": rows.length },
    h("thead", {}, h("tr", {}, h("td", {}), col("Runs that last"), axis, col("Contribute, 95\u00a0% interval"), priced ? col("Hours a month") : null)),
    h("tbody", {}, rows.map(row)),
  );
}

function interval(team, share, low, high) {
  const x = (value) => 16 + 268 * value;
  return s(
    "svg",
    { class: "chart", viewBox: "0 0 300 44", role: "img", "aria-label": `95 % interval ${between(low, high)}`, "--team": team.colour },
    s("line", { class: "grid-line", x1: x(0), x2: x(1), y1: 22, y2: 22 }),
    [0, 0.5, 1].map((value) => s("line", { class: "grid-line", x1: x(value), x2: x(value), y1: 14, y2: 30 })),
    s("line", { class: "span", x1: x(low), x2: x(high), y1: 22, y2: 22 }),
    mark(team, x(share), 22, 24),
  );
}

/* what made the difference */

/** The scale of what was added reaches at least so far: a point or two must not look like much. */
const LEAST_SCALE = 0.05;

/** As many rows as have room for a practice's name in two lines. */
const mostRows = (teams) => (teams > 4 ? 6 : 7);

/** Return a table of what each practice of each team added, bars on one scale, the largest first, and how many are left out. */
export function shapley(why, teams) {
  const names = new Map(why.flatMap((team) => team.values.map((value) => [value.key, value.name])));
  const of = (team, key) => team.values.find((value) => value.key === key);
  const most = (key) => Math.max(...why.map((team) => Math.abs(of(team, key)?.value ?? 0)));
  const sorted = [...names.keys()].sort((a, b) => most(b) - most(a));
  const keys = sorted.slice(0, mostRows(why.length));
  const every = why.flatMap((team) => team.values.flatMap(({ low, high }) => [low, high]));
  const reach = { low: Math.min(0, ...every), high: Math.max(LEAST_SCALE, ...every) };
  const table = h(
    "table",
    { class: why.length > 4 ? "why many" : "why", "--n": why.length, "--rows": keys.length },
    h("thead", {}, h("tr", {}, h("td", {}), why.map((team) => h("th", { scope: "col" }, badgeOf({ ...look(teams, team.team), name: team.name }))))),
    h(
      "tbody",
      {},
      keys.map((key) =>
        h("tr", {}, h("th", { scope: "row" }, names.get(key)), why.map((team) => h("td", {}, added(look(teams, team.team), of(team, key), reach)))),
      ),
    ),
  );
  return { table, leftOut: sorted.length - keys.length };
}

function added(team, value, reach) {
  if (!value) return h("span", { class: "none" }, "not taken");
  const [width, middle] = [150, 20];
  const x = (share) => 2 + ((width - 4) * (share - reach.low)) / (reach.high - reach.low);
  const [zero, end] = [x(0), x(value.value)];
  const [shown, low, high] = points(value.value, value.low, value.high);
  const words = `${shown} points (${low} to ${high})`;
  const picture = s(
    "svg",
    { class: "chart", viewBox: `0 0 ${width} 40`, preserveAspectRatio: "none", role: "img", "aria-label": words, "--team": team.colour },
    s("rect", { class: "bar", x: Math.min(zero, end), y: 6, width: Math.max(1.5, Math.abs(end - zero)), height: 28 }),
    s("path", { class: "whisker", d: `M${x(value.low)} ${middle}H${x(value.high)}M${x(value.low)} ${middle - 6}v12M${x(value.high)} ${middle - 6}v12` }),
    s("line", { class: "axis", x1: zero, x2: zero, y1: 0, y2: 40 }),
  );
  return h("div", { class: "added" }, picture, h("strong", { "aria-hidden": "true" }, shown));
}

export function wrap(label, width) {
  const lines = [""];
  for (const word of label.split(" ")) {
    const tail = lines[lines.length - 1];
    if (tail && `${tail} ${word}`.length > width) lines.push(word);
    else lines[lines.length - 1] = tail ? `${tail} ${word}` : word;
  }
  return lines;
}
