/** Which pictures a phase shows one after another, so that the projector, the facilitator and the phones agree. */

/** A line that names what follows, as in "Under Blue:". */
export const isHeading = (words) => words.endsWith(":");

/** The projector's box for text, in its units, and what a letter takes of the size of text. */
const [WIDTH, HEIGHT, LETTER] = [1184, 505, 0.58];
/** Size of text and space between lines and paragraphs, in sizes of text: a story is read aloud, a log is read through. */
const STORY = { size: 30, line: 1.35, gap: 0.7 };
const LOG = { size: 24, line: 1.25, gap: 0.25 };

const heightOf = (words, { size, line, gap }) => size * (line * Math.ceil((words.length * LETTER * size) / WIDTH) + gap);

/** Return paragraphs in sections, of which each but the first begins with a heading. */
function sections(paragraphs) {
  const found = [[]];
  for (const words of paragraphs) {
    if (isHeading(words)) found.push([]);
    found[found.length - 1].push(words);
  }
  return found;
}

/** Return paragraphs in parts of which each fits on the projector; a section is taken apart only where it does not. */
function parts(paragraphs, style) {
  const room = HEIGHT + style.size * style.gap;
  const all = (lines) => lines.reduce((sum, words) => sum + heightOf(words, style), 0);
  const found = [[]];
  const last = () => found[found.length - 1];
  for (const section of sections(paragraphs)) {
    if (last().length && all([...last(), ...section]) > room) found.push([]);
    for (const words of section) {
      if (last().length && all([...last(), words]) > room) found.push([]);
      last().push(words);
    }
  }
  return found;
}

const told = (key, title, short, paragraphs, style) =>
  parts(paragraphs, style).map((part, index, all) =>
    all.length > 1 ? { key, part, title: `${title}, ${index + 1} of ${all.length}`, short: `${short} ${index + 1}` } : { key, part, title, short },
  );

const revealed = ({ teams, shown = [], guesses }) => [
  { key: "curves", title: "what happened", short: "curves" },
  ...(teams.length + shown.length > 1 ? [{ key: "outcome", title: "how often it lasts", short: "how often" }] : []),
  ...guesses.map((_, index) =>
    guesses.length > 1
      ? { key: "guess", index, title: `the room's guesses, ${index + 1} of ${guesses.length}`, short: `guesses ${index + 1}` }
      : { key: "guess", index, title: "the room's guesses", short: "guesses" },
  ),
];

const debriefed = ({ why = [], winner, story = [], questions = [] }) =>
  [
    why.some((team) => team.values.length) && { key: "why", title: "what made the difference", short: "the difference" },
    winner?.text && { key: "winner", title: "what the winners did", short: "the winners" },
    ...(story.length ? told("story", "one person's story", "story", story, LOG) : []),
    questions.length && { key: "questions", title: "the questions", short: "questions" },
  ].filter(Boolean);

/**
 * Return the screens of a phase in order, none while they are being computed: {key, title and short name (what the trainer turns to)}, with the index of a
 * guess and the part of a text.
 */
export function screensOf(view) {
  if (view.phase === "introduce") return told("introduce", "the story", "story", view.story, STORY);
  if (view.phase === "reveal" && view.results) return revealed(view.results);
  if (view.phase === "debrief" && view.debrief) return view.debrief.computing && !view.problem ? [] : debriefed(view.debrief);
  return [{ key: view.phase, title: "", short: "" }];
}

/** Return the place of the screen that is shown, from 0; -1 while there is none. */
export const shownScreen = (view) => Math.min(screensOf(view).length, view.screen) - 1;

/** Phones say what came of it no sooner than the front of the room does. */
export const resultsShown = (view) => shownScreen(view) >= 1 || screensOf(view).length === 1;

/** Return the guesses that have been held against the simulation at the front by now. */
export const guessesShown = (view) =>
  screensOf(view)
    .slice(0, shownScreen(view) + 1)
    .filter((screen) => screen.key === "guess")
    .map((screen) => view.results.guesses[screen.index]);
