/** The trainer's page: where the room is, what to say, what has come in, and one button for what happens next. */

import { announce, h, region } from "./dom.js";
import { follow, lineBanner, send } from "./live.js";
import { screensOf, shownScreen } from "./screens.js";
import { badge, badgeOf, look, runsOf } from "./teams.js";
import { PHASES, between, count, minutesLeft, percent, spoken } from "./words.js";

const $ = (id) => document.getElementById(id);
const state = { sending: false, trouble: "", sure: "" };
let view = null;
let shown = { round: null, phase: "" }; // what the page shows, which may wait for a finger: the server refuses what was meant for another phase
let ahead = 0;
let line = null;

async function act(action, more = {}) {
  if (state.sending) return;
  const seen = shown;
  Object.assign(state, { sending: true, trouble: "", sure: "" });
  draw();
  const answer = await send("/api/facilitator", { action, ...seen, ...more }, (words) => {
    state.trouble = words;
    draw();
  });
  Object.assign(state, { sending: false, trouble: answer.ok ? "" : answer.said.error ?? "That could not be done." });
  await line.look();
  draw();
}

/** While runs or reasons are computed the one button waits: it would skip them, and become another under the trainer's finger. */
const isComputing = () => view.computing || Boolean(view.debrief?.computing && !view.problem);
const can = (action) => view.actions.includes(action);
const button = (id, words, onclick, more = {}) => h("button", { type: "button", id, onclick, disabled: state.sending, ...more }, words);

/** A step that takes something from somebody is asked for twice. */
function twice(id, words, question, yes, action) {
  if (state.sure !== id) return button(id, words, () => ((state.sure = id), draw()), { class: "quietly", "aria-label": question });
  return h(
    "span",
    { class: "sure", role: "group", "aria-label": question },
    button(`${id}-yes`, yes, action, { class: "danger", "aria-label": `${yes}: ${question}` }),
    button(id, "No", () => ((state.sure = ""), draw()), { class: "quietly" }),
  );
}

/* the top: where we are in the course, and the time */

function course() {
  const here = view.round?.number ?? 0;
  const step = (words, is) => h("li", { class: is, "aria-current": is === "here" ? "step" : null }, words);
  const rounds = view.rounds.map(({ number, title, phases }) => {
    if (number !== here || view.phase === "ended") return step(`Round ${number}`, number < here || view.phase === "ended" ? "past" : "");
    const now = phases.indexOf(view.phase);
    return h(
      "li",
      { class: "round" },
      h("span", {}, `Round ${number}: ${title}`),
      h("ol", {}, phases.map((phase, index) => step(PHASES[phase], index === now ? "here" : index < now ? "past" : ""))),
    );
  });
  return [
    h("span", { class: "title" }, view.workshop.title),
    h("ol", { class: "course" }, step("Join", view.phase === "lobby" ? "here" : "past"), rounds, step("End", view.phase === "ended" ? "here" : "")),
  ];
}

/* the middle: what happens now */

const HEADINGS = {
  lobby: "People are joining",
  introduce: "Tell the story",
  predict: "Everybody guesses",
  decide: "The teams decide",
  reveal: "What happened",
  debrief: "Why, and what of it",
  ended: "The workshop is over",
};

const figure = (number, words, part) =>
  h(
    "div",
    { class: "figure" },
    h("strong", {}, number),
    h("span", {}, words),
    part === undefined ? null : h("span", { class: "rail", "--part": `${100 * part}%` }, h("i")),
  );

function cameIn() {
  const { counts, phase } = view;
  const of = Math.max(1, counts.joined);
  if (phase === "lobby") return [figure(counts.joined, count(counts.joined, "person has joined", "people have joined").replace(/^\d+ /, "")), figure(counts.here, "connected now")];
  if (phase === "predict") {
    return [
      figure(`${counts.guessed} of ${counts.joined}`, "have guessed all", counts.guessed / of),
      h("ul", { class: "came" }, view.questions.map((each) => h("li", {}, h("span", {}, each.text), h("strong", {}, `${each.answered} of ${counts.joined}`)))),
    ];
  }
  if (phase === "decide") return [figure(`${counts.decided} of ${counts.deciding}`, "teams have decided", counts.decided / Math.max(1, counts.deciding)), h("ul", { class: "came" }, view.teams.filter((team) => team.members).map(teamRow))];
  if (phase === "introduce") return h("div", { class: "reading" }, view.story.map((words) => h("p", {}, words)));
  if (phase === "reveal" && view.results) return outcome();
  if (phase === "ended") return afterwards();
  if (phase === "debrief") return h("ol", { class: "came numbered" }, view.debrief.questions.map((words) => h("li", {}, words)));
  return null;
}

/** What is left to do when all is over, as commands to paste. */
const afterwards = () => [
  h("p", {}, `For the last word the plan has ${count(view.clock.minutes, "minute", "minutes")}: one sentence each, what do I take home?`),
  view.afterwards.length
    ? h("dl", { class: "afterwards" }, view.afterwards.map(({ text, command }) => [h("dt", {}, text), h("dd", {}, h("code", {}, command))]))
    : h("p", {}, "Nothing of a rehearsal is kept. Stop it by Ctrl-C in the terminal."),
];

const teamRow = (team) =>
  h(
    "li",
    {},
    badge(view.teams, team.key),
    h(
      "span",
      { class: "state" },
      h("span", { class: team.decided ? "done" : "quiet" }, team.decided ? "✓ decided" : team.computer ? "the computer drew" : view.open ? "not yet" : "the computer draws"),
      team.decided && can("reset_team") ? twice(`reset-${team.key}`, "Reset", `Take back the decision of ${team.name}?`, "Take it back", () => act("reset_team", { team: team.key })) : null,
    ),
  );

const outcome = () =>
  h(
    "ul",
    { class: "came" },
    runsOf(view.results, view.teams).map((run) =>
      h(
        "li",
        {},
        badgeOf(run),
        h("strong", {}, `lasts in ${percent(run.critical_mass.share)} of runs, ${percent(run.contributors.mean)} (${between(run.contributors.low, run.contributors.high)}) contribute`, run.computer ? h("span", { class: "quiet" }, ", drawn by lot") : null),
      ),
    ),
  );

function screens() {
  const all = screensOf(view);
  if (all.length < 2) return null;
  const shown = shownScreen(view);
  return h(
    "div",
    { class: "screens" },
    h("h2", { id: "screens" }, "On the screen"),
    h(
      "ol",
      { "aria-labelledby": "screens" },
      all.map((screen, index) =>
        h("li", {}, button(`screen-${index}`, screen.short, () => act("show", { screen: index + 1 }), { class: index === shown ? "shown" : "", "aria-pressed": String(index === shown) })),
      ),
    ),
  );
}

function mainButton() {
  const all = screensOf(view);
  const shown = shownScreen(view);
  if (can("show") && shown + 1 < all.length) return button("next", [`Show ${all[shown + 1].title}`, h("small", {}, `${shown + 2} of ${all.length}`)], () => act("show", { screen: shown + 2 }), { class: "primary" });
  if (!view.next) return null;
  return button("next", view.next.text, () => act("next"), { class: "primary", disabled: state.sending || isComputing() || !can("next") });
}

const OPENING = [
  "Put the projector's page on the screen, and keep this one to yourself.",
  "People point their phone at the square, or type the address and the code. Start when most are in; who is late can join at any time.",
];

function notes() {
  const lines = view.phase === "lobby" && !view.notes.length ? OPENING : view.notes;
  const heading = view.phase === "lobby" ? "What to do" : "What to say";
  return lines.length ? h("div", { class: "notes", tabindex: 0, role: "region", "aria-label": heading }, h("h2", {}, heading), lines.map((words) => h("p", {}, words))) : null;
}

function now() {
  shown = { round: view.round?.number ?? null, phase: view.phase };
  return [
    h("div", { class: "head" }, h("h1", {}, HEADINGS[view.phase]), h("span", { id: "clock" })),
    notes(),
    isComputing() ? h("p", { class: "computing", role: "status" }, h("span", { class: "turning", "aria-hidden": "true" }), view.results ? "What made the difference is being computed." : "The two years are being run. The page shows them by itself.") : null,
    view.problem ? h("p", { class: "refused", role: "alert" }, view.problem) : null,
    screens(),
    h("div", { class: "figures" }, cameIn()),
    h(
      "div",
      { class: "foot" },
      state.trouble ? h("p", { class: "refused", role: "alert" }, state.trouble) : null,
      mainButton(),
      h(
        "div",
        { class: "others" },
        view.back ? button("back", view.back.text, () => act("back"), { class: "quietly", disabled: state.sending || !can("back") }) : null,
        can("close") ? button("close", "Close answers", () => act("close"), { class: "quietly" }) : null,
        can("open") ? button("open", "Open answers again", () => act("open"), { class: "quietly" }) : null,
      ),
    ),
  ];
}

/* the side: who is there */

function person(each) {
  const guessed = view.phase === "predict" && each.guessed;
  return h(
    "li",
    { class: each.here ? null : "away" },
    h("span", { class: "break" }, each.nickname),
    h("span", { class: "state" }, guessed ? h("span", { class: "done" }, "✓ guessed") : null, each.here ? null : h("span", { class: "quiet" }, "away"), can("remove") ? twice(`remove-${each.id}`, "×", `Remove ${each.nickname}?`, "Remove", () => act("remove", { person: each.id })) : null),
    state.sure === `remove-${each.id}` && can("move") && view.teams.length > 1 ? otherTeam(each) : null,
  );
}

function otherTeam(each) {
  const options = view.teams.map((team) => {
    const own = team.key === each.team;
    const option = h("option", { value: team.key }, own ? "or another team" : `Move to ${team.name}`);
    option.selected = own;
    return option;
  });
  const move = (event) => act("move", { person: each.id, team: event.target.value });
  return h("select", { id: `move-${each.id}`, "aria-label": `Another team for ${each.nickname}`, onchange: move }, options);
}

function room() {
  const { join, people, teams } = view;
  return [
    h(
      "div",
      { class: "joining" },
      h("img", { src: join.qr, alt: "Picture that opens the page to join" }),
      h("div", {}, h("p", { class: "code" }, spoken(join.code)), h("p", { class: "break" }, join.url), h("a", { href: "/projector", target: "_blank", rel: "noopener" }, "Open the projector's page"), h("a", { class: "elsewhere", href: view.projector_url, target: "_blank", rel: "noopener" }, "Link for another computer")),
    ),
    h(
      "div",
      { class: "people", tabindex: people.length > 8 ? 0 : null, role: "region", "aria-label": "People by team" },
      people.length
        ? teams.map((team) => {
            const members = people.filter((each) => each.team === team.key);
            return members.length ? [h("h2", {}, badge(teams, team.key), h("span", { class: "quiet" }, members.length)), h("ul", {}, members.map(person))] : null;
          })
        : h("p", { class: "quiet" }, "Nobody yet. Show the projector's page, and wait until people have joined."),
    ),
  ];
}

function tickClock() {
  if (!view) return;
  const left = minutesLeft(view.clock, ahead);
  const clock = $("clock");
  if (!clock || !left || view.phase === "ended") return;
  clock.textContent = left.words;
  clock.className = left.over ? "over" : "";
}

function draw() {
  if (!view) return;
  document.title = `${HEADINGS[view.phase]}: ${view.workshop.title}`;
  document.body.dataset.phase = view.phase;
  const { version, now: at, clock, people, join, ...rest } = view;
  const names = rest.teams.map((team) => look(rest.teams, team.key));
  region($("top"), [rest.workshop, rest.rounds, rest.round, rest.phase], course);
  region($("now"), [rest, state], now, { place: `${rest.round?.number} ${rest.phase}` });
  region($("room"), [people, join, names, rest.phase, rest.actions, state.sure, state.sending], room);
  tickClock();
  announce(`${view.round ? `Round ${view.round.number}: ` : ""}${HEADINGS[view.phase]}`);
}

setInterval(tickClock, 1000);
line = follow(
  "facilitator",
  (next) => {
    if (view && view.phase !== next.phase) Object.assign(state, { trouble: "", sure: "" });
    view = next;
    ahead = Date.now() / 1000 - next.now;
    draw();
  },
  lineBanner($("line"), "The server does not answer. Start it again with the same command: the room is kept."),
  (words) => location.replace("/refused") ?? words,
);
