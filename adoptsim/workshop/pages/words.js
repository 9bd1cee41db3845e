/** Numbers and states in the words that a room reads. */

/** What belongs together stays on one line. */
export const unbroken = (words) => words.replace(/ (%|hours?\b)/g, "\u00a0$1").replace(/(\d)-(\d)/g, "$1\u2011$2");

/** A number with so many digits after the point; a half goes to the even neighbour, as in the reports: 12.5 is 12. */
export function fixed(number, places) {
  const shown = number.toFixed(places);
  const isHalf = Math.abs(number * 2 ** (places + 1)) % 2 === 1;
  if (!isHalf || Number(shown[shown.length - 1]) % 2 === 0) return shown;
  return (Math.trunc(number * 10 ** places) / 10 ** places).toFixed(places);
}

/** Digits after the point that a share deserves by the largest that it stands beside: one below 10 %. */
const digits = (...shares) => {
  const largest = 100 * Math.max(...shares.map(Math.abs));
  return largest >= 10 || largest === 0 ? 0 : 1;
};
const hundredths = (share, places) => {
  const shown = fixed(100 * share, places);
  return Number(shown) === 0 ? "0" : shown;
};

/** A share [0, 1] in per cent. */
export const percent = (share) => (share === null ? "not known" : `${hundredths(share, digits(share))}\u00a0%`);
/** A share that was chosen round, as on an axis. */
export const whole = (share) => `${Math.round(100 * share)}\u00a0%`;
/** An interval of a share. */
export const between = (low, high) => {
  const bounds = [Math.max(0, low), low > 1 ? high : Math.min(1, high)];
  return `${bounds.map((share) => hundredths(share, digits(...bounds))).join(" to ")}\u00a0%`;
};
/** A difference of shares with its interval, in percentage points: ["+2.6", "+2.2", "+3.1"]. */
export const points = (...shares) => {
  const kept = shares.map((share) => Math.min(1, Math.max(-1, share)));
  const signed = (shown) => (shown === "0" ? shown : shown.startsWith("-") ? `−${shown.slice(1)}` : `+${shown}`);
  return kept.map((share) => signed(hundredths(share, digits(...kept))));
};
export const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;
export const list = (words) =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;

/** A number without digits that say nothing. */
export const plain = (number) => String(Number(fixed(number, Math.abs(number) < 10 ? 1 : 0)));

/** A number with its unit, per cent close to it, as in "12 % of staff". */
export const withUnit = (number, unit) => unbroken(unit ? `${plain(number)} ${unit}` : plain(number));

/** An amount of a budget in its unit: "12 hours", "1 coin"; what comes after the unit's first word is about time. */
export const amount = (number, unit) => {
  const [many] = unit.split(" ");
  return count(Number(plain(number)), many.replace(/s$/, ""), many);
};
export const perTime = (unit) => unit.split(" ").slice(1).join(" ");

/** A code as it is read aloud: three digits and three. */
export const spoken = (code) => code.replace(/^(\d{3})(\d{3})$/, "$1 $2");

export const PHASES = {
  lobby: "Join",
  introduce: "Introduce",
  predict: "Predict",
  decide: "Decide",
  reveal: "Reveal",
  debrief: "Debrief",
  ended: "End",
};

/** What a guess says, as a person would say it. */
export function said(question, value) {
  if (value === null || value === undefined) return "no guess";
  const option = question.options?.find((each) => each.key === value);
  if (Array.isArray(value)) return unbroken(`${value.join(", ")} ${question.unit}`);
  return option ? option.text : typeof value === "number" ? withUnit(value, question.unit) : String(value);
}

/** What the simulation answers to a question, with its 95 % interval where it is a number of the question's own unit. */
export function simulatedInWords({ kind, months, simulated: { value, low, high, label, interval, tied = [] } }) {
  if (kind === "practice") return tied.length ? `as near as luck can tell: ${[label, ...tied].join(", ")}` : label;
  if (kind === "lasts") return value === null ? label : `it lasts in ${percent(value)} of the runs (${between(low, high)})`;
  return unbroken(kind === "curve" ? `${label} in month ${months[months.length - 1]} (${interval})` : `${label} (${interval})`);
}

/** Minutes and seconds left of a phase, or how long over, by the server's clock: `ahead` is that of this machine. */
export function minutesLeft(clock, ahead) {
  if (!clock?.minutes) return null;
  const seconds = clock.since + clock.minutes * 60 - (Date.now() / 1000 - ahead);
  const size = Math.abs(seconds);
  const shown = `${Math.floor(size / 60)}:${String(Math.floor(size % 60)).padStart(2, "0")}`;
  return { over: seconds < 0, words: seconds < 0 ? `${shown} over` : `${shown} left` };
}
