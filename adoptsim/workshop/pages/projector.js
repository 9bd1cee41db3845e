/** The projector's page: what the whole room sees, one picture at a time, large; opened from the trainer's, a clicker turns it. */

import { curves, outcomes, shapley } from "./charts.js";
import { announce, h, region } from "./dom.js";
import { fit, fits } from "./fit.js";
import { histogram } from "./guesses.js";
import { follow, lineBanner, send } from "./live.js";
import { isHeading, screensOf, shownScreen } from "./screens.js";
import { badge, look } from "./teams.js";
import { PHASES, amount, count, minutesLeft, percent, perTime, simulatedInWords, spoken, unbroken } from "./words.js";

const main = document.getElementById("main");
const top = document.getElementById("top");
const LEAST = 24;
const REPLAY = "r";

let view = null;
let ahead = 0;
let line = null;
let turning = null;
let leads = true;
let drawing = null;
let playing = null;

const title = (words, more = null) => h("div", { class: "head" }, h("h1", {}, words), more);
const teamRow = (team, ...children) => h("li", { "--team": look(view.teams, team.key).colour }, badge(view.teams, team.key), children);

/** Leave room for a picture, which is drawn to measure once it is known how much room there is. */
function picture(draws) {
  drawing = draws;
  return h("div", { class: "fill", id: "picture" });
}

/* one function a screen */

function lobby() {
  const { url, code, qr } = view.join;
  return [
    h(
      "div",
      { class: "lobby fill" },
      h(
        "div",
        {},
        h("h1", {}, view.workshop.title),
        h(
          "div",
          { class: "how" },
          h("p", { class: "kicker" }, "Point your phone's camera at the square, or open"),
          h("p", { class: "url" }, address(url)),
          h("p", { class: "kicker" }, "Code"),
          h("p", { class: "code" }, spoken(code)),
        ),
      ),
      h("img", { class: "qr", src: qr, alt: `Picture that opens ${url} with the code` }),
    ),
    h(
      "ul",
      { class: "rooms", "--n": Math.min(view.teams.length, view.teams.length > 4 ? 3 : 4) },
      view.teams.map((team) => teamRow(team, h("span", { class: "members" }, team.members, h("span", { class: "unseen" }, team.members === 1 ? " person" : " people")))),
    ),
  ];
}

const introduce = ({ part }) => [title(view.round.title), h("div", { class: "telling fill", "data-fit": 44 }, part.map((words) => h("p", {}, words)))];

function predict() {
  const of = view.counts.joined;
  const row = (question, index) =>
    h(
      "li",
      {},
      h("span", { class: "numeral" }, index + 1),
      h("span", {}, question.text),
      h(
        "span",
        { class: "progress", id: `progress-${index}` },
        h("span", {}, `${question.answered} of ${of}`),
        h("span", { class: "rail", "--part": `${of ? (100 * question.answered) / of : 0}%` }, h("i")),
      ),
    );
  return [
    title(view.open ? "What do you think will happen?" : "The guesses are in."),
    h("ol", { class: "asked fill", "data-fit": 38 }, view.questions.map(row)),
    h("p", { class: "quiet" }, view.open ? "On your phone, each for yourself. Nobody sees a guess before the reveal." : "They are shown beside the simulation."),
  ];
}

function decide() {
  const { decision } = view;
  const one = new Set(decision.practices.map((practice) => practice.hours)).size === 1;
  const status = (team) => h("span", { class: team.decided ? "done" : "quiet" }, team.decided ? "✓ decided" : team.computer ? "the computer drew" : view.open ? "deciding" : "the computer draws");
  return [
    title(`Each team has ${[amount(decision.budget, decision.unit), perTime(decision.unit)].filter(Boolean).join(" ")}.`),
    h(
      "div",
      { class: "menu fill" },
      h(
        "ul",
        { class: "prices", "data-fit": 40 },
        decision.practices.map((practice) => h("li", {}, h("span", {}, practice.name, h("small", {}, practice.plain)), one ? null : h("span", {}, amount(practice.hours, decision.unit)))),
      ),
      h("ul", { class: "sides" }, view.teams.filter((team) => team.members).map((team) => teamRow(team, status(team)))),
    ),
    one ? h("p", { class: "quiet" }, `Each practice takes ${amount(decision.practices[0].hours, decision.unit)}.`) : strengthsInWords(decision),
  ];
}

const strengthsInWords = ({ strengths, unit }) =>
  strengths.length > 1 && unit.startsWith("hours")
    ? h("p", { class: "quiet" }, `Hours are at full strength. ${strengths.filter(({ factor }) => factor < 1).map(({ name, factor }) => `${name} strength takes ${Math.round(100 * factor)} %`).join(", ")}.`)
    : null;

const waiting = (words, ...more) => h("div", { class: "waiting fill" }, h("span", { class: "turning", "aria-hidden": "true" }), h("h1", {}, words), more);

function curvesScreen() {
  const together = view.results.teams.length > 1 ? "Same people, same luck for every team. " : "";
  const bands = `${together}Lines are means; nine of ten runs lie within a band.`;
  const draws = (canvas) => {
    playing = curves(view.results, view.teams, canvas);
    return playing.picture;
  };
  return [title("Who contributes, month by month"), picture(draws), h("p", { class: "note" }, bands)];
}

const outcomeScreen = () => [title("How often it lasts"), h("div", { class: "fill" }, outcomes(view.results, view.teams))];

function guess({ index }) {
  const each = view.results.guesses[index];
  const answers = each.counts.reduce((sum, number) => sum + number, 0);
  return [
    title(each.text),
    picture((canvas) => histogram(each, canvas)),
    h("p", {}, h("strong", {}, `Simulation: ${simulatedInWords(each)}.`), h("span", { class: "quiet" }, ` ${count(answers, "guess", "guesses")}.`)),
  ];
}

function why() {
  const { table, leftOut } = shapley(view.debrief.why.filter((team) => team.values.length), view.teams);
  const more = leftOut ? ` ${count(leftOut, "practice that changed less is", "practices that changed less are")} left out.` : "";
  return [
    title("What made the difference"),
    h("div", { class: "fill" }, table),
    h("p", { class: "quiet" }, `Points that each practice added to the share of staff who contribute; the thin line is the 95 % interval.${more}`),
  ];
}

function winner() {
  const { winner: best } = view.debrief;
  const result = view.results.teams.find((team) => team.team === best.team);
  const colour = look(view.teams, best.team).colour;
  const chosen = result.practices.length ? result.practices : [{ name: "No practice at all" }];
  return [
    title(`What ${best.name ?? "the best"} did`, h("p", { class: "quiet" }, `${percent(result.contributors.mean)} contribute at the end`)),
    h(
      "div",
      { class: "telling fill", "data-fit": 38, "--team": colour },
      h("ul", { class: chosen.length > 5 ? "policy two" : "policy" }, chosen.map((practice) => h("li", {}, h("span", {}, practice.name), h("span", {}, howInWords(practice))))),
      h("p", {}, unbroken(best.text)),
    ),
  ];
}

/** A strength is worth a word where there is more than one. */
const strengthsUsed = () => new Set(view.results.teams.flatMap((team) => team.practices.map((practice) => practice.strength)));

const howInWords = ({ strength, start }) => [strengthsUsed().size > 1 && strength, start ? `from month ${start}` : ""].filter(Boolean).join(", ");

const story = ({ part }) => [title("One person's two years"), h("div", { class: "telling log fill", "data-fit": 30 }, part.map((words) => h("p", { class: isHeading(words) ? "heading" : null }, words)))];
const questions = () => [title("Talk it over"), h("ol", { class: "discuss fill", "data-fit": 46 }, view.debrief.questions.map((words) => h("li", {}, h("span", {}, words))))];

const SCREENS = { lobby, introduce, predict, decide, curves: curvesScreen, outcome: outcomeScreen, guess, why, winner, story, questions };

function screen() {
  drawing = null;
  playing = null;
  if (view.phase === "ended") return h("div", { class: "waiting fill" }, h("h1", {}, "Thank you."), h("p", { class: "quiet" }, view.workshop.title));
  if (view.phase === "reveal" && !view.results) return view.problem ? waiting("It could not be run.", h("p", {}, view.problem)) : waiting("Two years are being run", h("p", { class: "quiet" }, "the same people and the same luck for every team"));
  const screens = screensOf(view);
  if (view.phase === "debrief" && !screens.length) return waiting("Looking for what made the difference");
  const current = screens[shownScreen(view)];
  return SCREENS[current.key](current);
}

/**
 * Turn the room's screen, phones too, as the trainer's page does: a clicker or arrow keys where the trainer's cookie is.
 * Elsewhere the server refuses once, and keys do nothing from then on.
 */
async function turn(by) {
  const [last, from] = [screensOf(view).length - 1, turning ?? shownScreen(view)];
  const to = Math.min(last, Math.max(0, from + by));
  if (!leads || to === from) return;
  turning = to;
  const answer = await send("/api/facilitator", { action: "show", round: view.round?.number ?? null, phase: view.phase, screen: to + 1 });
  leads = answer.status !== 403;
  await line.look();
  if (turning === to) turning = null;
}

const address = (url) => url.replace(/^https?:\/\//, "").replace(/\/$/, "");

function header() {
  const { round, phase, join, counts } = view;
  if (!round || phase === "ended") return [h("span", {}, round ? view.workshop.title : `${count(counts.joined, "person is", "people are")} in`)];
  return [
    h("span", {}, `Round ${round.number} of ${round.of} · ${PHASES[phase]}`),
    h("span", { id: "clock", hidden: true }),
    h("span", {}, `Join at ${address(join.url)}, code ${spoken(join.code)}`),
  ];
}

function tickClock() {
  const clock = document.getElementById("clock");
  if (!clock || !view) return;
  const left = ["introduce", "predict", "decide", "debrief"].includes(view.phase) && minutesLeft(view.clock, ahead);
  clock.hidden = !left || left.over;
  if (left) clock.textContent = left.words;
}

function draw() {
  if (!view?.teams) return;
  document.title = `${view.workshop.title}: projector`;
  document.body.dataset.phase = view.phase;
  const { version, now, clock, people, ...rest } = view;
  const { here, ...counts } = rest.counts;
  region(top, [view.round, view.phase, view.join, counts.joined, view.workshop], header);
  tickClock();
  const live = ["lobby", "predict", "decide"].includes(view.phase);
  const drawn = view.phase === "reveal" || view.phase === "debrief" ? [rest.results ? rest.teams.map((team) => team.key) : null, rest.results, rest.debrief, rest.problem] : [rest.teams, rest.story, rest.questions, rest.decision, live && counts, rest.join];
  const key = `${view.round?.number} ${view.phase} ${screensOf(view).length ? shownScreen(view) : ""}`;
  const fresh = main.dataset.key !== key;
  region(main, [key, view.open, drawn], screen, { then: () => settle(fresh) });
  if (!fresh) return;
  main.dataset.key = key;
  announce(`${view.round ? `Round ${view.round.number}, ` : ""}${PHASES[view.phase]}. ${main.querySelector("h1")?.textContent ?? ""}`);
}

/** Fit what depends on the room that there is: texts as large as they can be, a picture in units of which 24 can be read. */
function measure() {
  main.querySelectorAll("[data-fit]").forEach((each) => {
    const from = Number(each.dataset.fit);
    each.classList.remove("terse");
    fit(each, { from });
    if (fits(each)) return;
    each.classList.add("terse"); // a long list is named, and explained on phones
    fit(each, { from });
  });
  const box = document.getElementById("picture");
  if (!box) return;
  const unit = Math.min(innerWidth / 1280, innerHeight / 720);
  box.replaceChildren(drawing({ width: box.clientWidth / unit, height: box.clientHeight / unit, size: LEAST }));
}

function settle(fresh) {
  measure();
  main.classList.remove("fade");
  if (!fresh) return playing?.settle();
  void main.offsetWidth; // begins the animation anew
  main.classList.add("fade");
  return playing?.play();
}

document.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 }[event.key];
  if (event.key.toLowerCase() === REPLAY) playing?.play();
  if (!by || !view) return;
  event.preventDefault();
  turn(by);
});
window.addEventListener("resize", () => settle(false));
setInterval(tickClock, 1000);

line = follow(
  "projector",
  (next) => {
    view = next;
    ahead = Date.now() / 1000 - next.now;
    draw();
  },
  lineBanner(document.getElementById("line"), "No connection to the trainer's computer. It comes back by itself."),
  (words) => main.replaceChildren(h("div", { class: "waiting fill" }, h("h1", {}, words || "Open this page from the facilitator's page."))),
);
