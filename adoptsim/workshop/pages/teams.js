/** A team is told by its colour, its shape, its dash and its name: never by colour alone. */

import { h, s } from "./dom.js";

const SHAPES = [
  "M10 1a9 9 0 1 1 0 18a9 9 0 0 1 0-18z", // disc
  "M2 2h16v16H2z", // square
  "M10 1l9.5 17.5H.5z", // triangle
  "M10 0l9 10-9 10-9-10z", // diamond
  "M7 1h6v6h6v6h-6v6H7v-6H1V7h6z", // cross
  "M10 19L.5 1.5h19z", // triangle, upside down
];
const SHAPES_BESIDE = [
  "M10 1a9 9 0 1 1 0 18a9 9 0 0 1 0-18zM10 5.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9z", // ring
  "M4 1l6 6 6-6 3 3-6 6 6 6-3 3-6-6-6 6-3-3 6-6-6-6z", // saltire
  "M2 1h16l-5 9 5 9H2l5-9z", // hourglass
  "M10 0l2.6 6.9 7.4.3-5.8 4.6 2 7.1-6.2-4.1-6.2 4.1 2-7.1L0 7.2l7.4-.3z", // star
];
const DASHES_BESIDE = ["9 5", "24 6", "3 3", "14 4 3 4 3 4"];
const DASHES = ["", "16 7", "4 6", "16 6 4 6", "9 5", "24 6"];
const ALONE = ["#16191d", "#8a5a00", "#4a5bb0", "#a3164e", "#4d5761"];
const BESIDE = ["#16191d", "#7a858f", "#16191d", "#7a858f"];

const drawnAs = (place) => ({ shape: SHAPES[place % SHAPES.length], dash: DASHES[place % DASHES.length] });

/** Return what draws a team: {key, name, colour, shape, dash}. */
export function look(teams, key) {
  const index = teams.findIndex((team) => team.key === key);
  return { ...(teams[index] ?? { key, name: key ?? "", colour: ALONE[0] }), ...drawnAs(Math.max(index, 0)) };
}

/**
 * Return the courses that a reveal shows, each with what draws it: the teams', then those that stand `beside` them.
 * Those have shapes that no team has. Where nobody decides, the organisation and what stands beside it are equals.
 */
export function runsOf(results, teams) {
  const shown = results.shown ?? [];
  const decided = results.teams.filter((run) => run.team !== null).map((run) => ({ ...run, ...look(teams, run.team) }));
  if (!decided.length) return [...results.teams, ...shown].map((run, index) => ({ ...run, colour: ALONE[index % ALONE.length], ...drawnAs(index) }));
  return [...decided, ...shown.map((run, index) => ({ ...run, beside: true, colour: BESIDE[index % BESIDE.length], shape: SHAPES_BESIDE[index], dash: DASHES_BESIDE[index] }))];
}

/** Return a team's name beside its shape in its colour. */
export const badge = (teams, key) => badgeOf(look(teams, key));

export const badgeOf = (team) =>
  h(
    "span",
    { class: "team", "--team": team.colour },
    s("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, s("path", { d: team.shape })),
    h("span", { class: "break" }, team.name),
  );

/** Return a team's shape as a mark in a chart, centred at x, y. */
export const mark = (team, x, y, size) =>
  s("path", { class: "mark", d: team.shape, transform: `translate(${x - size / 2} ${y - size / 2}) scale(${size / 20})` });
