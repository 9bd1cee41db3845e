/** The participant's page: one thing at a time, what was sent is said, a lost line comes back by itself. */

import { budgetBar, inWords, practiceCard, refusal, sentDraft, spent } from "./decide.js";
import { announce, h, region } from "./dom.js";
import { joinForm } from "./join.js";
import { follow, lineBanner, send } from "./live.js";
import { input, missing } from "./questions.js";
import { guessesShown, resultsShown } from "./screens.js";
import { badge, look } from "./teams.js";
import { PHASES, amount, between, list, percent, plain, said, simulatedInWords } from "./words.js";

const main = document.getElementById("main");
const who = document.getElementById("who");
const onLine = lineBanner(document.getElementById("line"));
const NOTHING = { drafts: {}, decision: null, revision: 0, editing: null, redeciding: false, refused: null };

let view = null;
let line = null;
let begun = { at: "", sending: false, trouble: "", ...NOTHING };

/** What a person has begun but not sent survives a reload of the page, for as long as the phase lasts. */
const keep = () => sessionStorage.setItem("begun", JSON.stringify(begun));

function recall(at) {
  if (begun.at === at) return;
  let kept = {};
  try {
    kept = JSON.parse(sessionStorage.getItem("begun")) ?? {};
  } catch {
    // a draft that cannot be read is no draft
  }
  begun = { ...NOTHING, drafts: {}, ...(kept.at === at ? kept : {}), at, sending: false, trouble: "" };
}

async function act(path, body, done) {
  if (begun.sending) return;
  Object.assign(begun, { sending: true, trouble: "" });
  draw();
  const { at } = begun;
  const answer = await send(path, { round: view.round?.number ?? null, ...body }, (words) => {
    begun.trouble = words;
    draw();
  });
  if (begun.at === at) {
    Object.assign(begun, { sending: false, trouble: answer.ok ? "" : answer.said.error ?? "That could not be sent." });
    if (answer.ok) done();
    keep();
  }
  await line.look();
  draw();
}

/* pieces */

const card = (...children) => h("section", { class: "card" }, children);
const front = (words = "Look to the front.") => h("p", { class: "front" }, words);
const tick = () => h("span", { class: "tick", "aria-hidden": "true" }, "✓");
const small = (words, onclick, more = {}) => h("button", { type: "button", class: "small", onclick, ...more }, words);
const foot = (button, ...above) =>
  h(
    "div",
    { class: "foot" },
    above,
    begun.trouble ? h("p", { class: "refused", role: "alert" }, begun.trouble) : null,
    h("button", { id: "send", class: "main", type: "submit", disabled: begun.sending }, begun.sending ? "Sending" : button),
  );
const redraw = (change) => () => {
  Object.assign(begun, { trouble: "" }, change);
  draw();
};

/* one screen a phase */

function lobby() {
  const { nickname, team, mates } = view.me;
  return card(
    tick(),
    h("h1", { class: "break" }, `You are in, ${nickname}.`),
    h("p", { class: "large" }, "Your team: ", badge(view.teams, team)),
    h("p", { class: "quiet break" }, mates.length ? `With you: ${list(mates)}.` : "You are the first of your team."),
    view.teams.length > 1 ? h("p", { class: "quiet" }, "To change teams, press your team's name at the top.") : null,
    front("It begins when the trainer starts. Look to the front."),
  );
}

/** One's team; a tap on it changes it, but for while teams decide. */
function ownTeam() {
  const own = badge(view.teams, view.me.team);
  if (view.teams.length < 2 || ["decide", "ended"].includes(view.phase)) return own;
  const options = view.teams.map(({ key, name }) => {
    const option = h("option", { value: key }, name);
    option.selected = key === view.me.team;
    return option;
  });
  const change = async (event) => {
    const answer = await send("/api/join", { team: event.target.value });
    begun.trouble = answer.ok ? "" : answer.said.error ?? "That did not work.";
    await line.look();
    draw();
  };
  return h("span", { class: "own" }, own, h("select", { id: "another", "aria-label": "Your team", onchange: change }, options));
}

const introduce = () =>
  card(h("h1", {}, view.round.title), view.story.map((paragraph) => h("p", { class: "reading" }, paragraph)), front());

const isOpen = (question) => question.answer === null || question.answer === undefined;

function predict() {
  const wanted = (question) => (begun.editing ? question.key === begun.editing : isOpen(question));
  const index = view.open ? view.questions.findIndex(wanted) : -1;
  return index < 0 ? guessed() : asked(view.questions[index], index + 1);
}

function asked(question, number) {
  const { key, text } = question;
  const draft = begun.drafts[key] ?? question.answer ?? undefined;
  const changed = (value) => {
    begun.drafts[key] = value;
    keep();
    if (begun.trouble && !Array.isArray(value)) redraw()(); // what is being drawn must not move away under the finger
  };
  const submit = (event) => {
    event.preventDefault();
    const value = begun.drafts[key] ?? draft;
    if (value === undefined || (Array.isArray(value) && value.includes(null))) return redraw({ trouble: missing(question) })();
    return act("/api/guess", { key, value }, () => {
      delete begun.drafts[key];
      begun.editing = null;
    });
  };
  return h(
    "form",
    { class: "screen", onsubmit: submit },
    h("p", { class: "step" }, `Your guess · ${number} of ${view.questions.length}`),
    h("h1", { id: "asked" }, text),
    h("fieldset", { class: "answer", "aria-labelledby": "asked" }, input(question, draft, changed)),
    foot("Send my guess"),
  );
}

function guessed() {
  const missing = view.questions.filter(isOpen).length;
  const row = (question) =>
    h(
      "li",
      {},
      h("span", { class: "quiet" }, question.text),
      h("strong", { class: "break" }, said(question, question.answer)),
      view.open ? small("Change", redraw({ editing: question.key }), { "aria-label": `Change: ${question.text}` }) : null,
    );
  return card(
    missing ? null : tick(),
    h("h1", {}, missing ? "No more guesses now." : "Sent."),
    h("ul", { class: "rows" }, view.questions.map(row)),
    front(missing ? undefined : "Nobody sees your guess before the reveal. Look to the front."),
  );
}

function decide() {
  const { decision } = view;
  if (view.open && (begun.redeciding || !decision.revision)) return deciding(decision);
  const chosen = sentDraft(decision);
  const lines = inWords(decision, chosen);
  const by = decision.submitted_by === view.me.nickname ? "you" : decision.submitted_by;
  const byLot = view.teams.find((team) => team.key === view.me.team)?.computer;
  const sent = byLot ? "Your team sent nothing, so the computer drew by lot:" : `Sent for your team${by ? ` by ${by}` : ""}.`;
  return card(
    decision.revision && !byLot ? tick() : null,
    h("h1", { class: "break" }, decision.revision ? sent : "No more decisions now."),
    decision.revision
      ? h("ul", { class: "chosen" }, (lines.length ? lines : ["No practice at all"]).map((words) => h("li", {}, words)))
      : h("p", {}, "Your team sent nothing, so the computer draws by lot for it."),
    decision.revision
      ? h("p", { class: "quiet" }, `${amount(spent(decision, chosen), decision.unit)} spent of ${plain(decision.budget)}.${view.open ? " Anybody in your team can change it." : ""}`)
      : null,
    view.open ? small("Change it", redraw({ redeciding: true, decision: chosen, revision: decision.revision })) : null,
    front(),
  );
}

function deciding(decision) {
  const draft = (begun.decision ??= sentDraft(decision));
  if (!decision.revision) begun.revision = 0; // the trainer has taken back what was sent
  const change = (practice) => (next) => {
    const words = refusal(decision, draft, practice, next.strength);
    begun.refused = words ? { key: practice.key, words } : null;
    begun.redeciding = true; // from here on a colleague's decision is told, and does not take this one away
    if (!words && next.strength) draft[practice.key] = next;
    if (!words && !next.strength) delete draft[practice.key];
    keep();
    redraw()();
  };
  const submit = (event) => {
    event.preventDefault();
    act("/api/decide", { revision: begun.revision, practices: draft }, () => Object.assign(begun, { decision: null, redeciding: false, refused: null }));
  };
  const overtaken = decision.revision > begun.revision;
  return h(
    "form",
    { class: "screen", onsubmit: submit },
    h("h1", {}, "What does your team do?"),
    h("p", { class: "quiet" }, "Talk it over. One of you sends it for the team."),
    overtaken
      ? h(
          "p",
          { class: "overtaken", role: "status" },
          `${decision.submitted_by} has sent a decision for the team meanwhile. `,
          small("See it", redraw({ redeciding: false, decision: null, revision: decision.revision })),
        )
      : null,
    decision.practices.map((practice) =>
      practiceCard(decision, draft, practice, begun.refused?.key === practice.key ? begun.refused.words : "", change(practice)),
    ),
    foot("Send for the team", budgetBar(decision, draft)),
  );
}

function computing() {
  return card(
    h("h1", {}, "The two years are being run."),
    h("p", { class: "large turn" }, h("span", { class: "turning", "aria-hidden": "true" }), "The same people and the same luck for every team."),
    front(),
  );
}

function reveal() {
  if (!view.results) return view.computing ? computing() : card(h("h1", {}, "It could not be run."), front());
  if (!resultsShown(view)) return card(h("h1", {}, "Here is what came of it."), front());
  const mine = view.results.teams.find((team) => team.team === view.me.team) ?? view.results.teams[0];
  const { critical_mass: mass, contributors } = mine;
  const own = mine.team === view.me.team; // somebody who came later may be in a team that had nobody when teams decided
  return card(
    h("h1", {}, `${percent(contributors.mean)} contribute at the end.`),
    h("p", { class: "quiet" }, `95 % interval: ${between(contributors.low, contributors.high)}.`),
    h("p", { class: "large" }, mine.team ? badge(view.teams, mine.team) : mine.name),
    h("p", {}, `${own ? "Your network" : "It"} lasts in ${percent(mass.share)} of the runs (${between(mass.low, mass.high)}).`),
    own && mine.computer ? h("p", { class: "quiet" }, "Your team sent nothing, so the computer drew by lot for it.") : null,
    h("ul", { class: "rows" }, guessesShown(view).map(held)),
    front(),
  );
}

const held = (guess) =>
  h(
    "li",
    {},
    h("span", { class: "quiet" }, guess.text),
    h("span", {}, "You: ", h("strong", { class: "break" }, said(guess, guess.mine))),
    h("span", {}, "Simulation: ", h("strong", { class: "break" }, simulatedInWords(guess))),
  );

const debrief = () =>
  card(
    h("h1", {}, "Talk it over."),
    h("ol", { class: "discuss" }, (view.debrief?.questions ?? []).map((words) => h("li", {}, words))),
    front(),
  );

const ended = () => card(tick(), h("h1", {}, "Thank you."), h("p", { class: "large" }, "The workshop is over. You can close this page."));

const SCREENS = { lobby, introduce, predict, decide, reveal, debrief, ended };

const header = () => [
  ownTeam(),
  h("span", { class: "name" }, view.me.nickname),
  view.round ? h("span", { class: "quiet" }, `Round ${view.round.number} of ${view.round.of}`) : null,
];

const heading = () => (view.round ? `${PHASES[view.phase]}, round ${view.round.number} of ${view.round.of}` : PHASES[view.phase]);

function draw() {
  if (!view) return;
  document.title = view.workshop.title;
  document.body.dataset.phase = view.me ? view.phase : "joining";
  who.hidden = !view.me;
  if (!view.me) {
    region(main, ["join", view.notice, view.phase === "decide", view.teams.map((team) => team.name)], () => joinForm(view, start));
    return;
  }
  const at = `${view.workshop.id} ${view.round?.number ?? 0} ${view.phase} ${view.me.team}`;
  const turned = begun.at !== at;
  recall(at);
  const { version, now, clock, counts, teams, me, ...rest } = view;
  const { mates, ...own } = me; // who comes late must not take from anybody what they are drawing
  const seen = { ...rest, own, mates: view.phase === "lobby" ? mates : null, byLot: teams.find((team) => team.key === me.team)?.computer };
  const { drafts, ...state } = begun;
  const drawnTeams = teams.map((team) => look(teams, team.key));
  region(who, [own, view.round, view.phase, drawnTeams], header);
  region(main, [seen, state], () => SCREENS[view.phase]());
  if (!turned) return;
  window.scrollTo(0, 0);
  announce(heading());
}

function start() {
  line?.stop();
  line = follow("participant", (next) => ((view = next), draw()), onLine);
}

start();
