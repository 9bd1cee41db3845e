/** A team's decision: practices, strength and start under a budget; what does not fit is refused in words. */

import { h } from "./dom.js";
import { amount, perTime, plain } from "./words.js";

const factor = (decision, strength) => decision.strengths.find((each) => each.key === strength)?.factor ?? 0;
const strengthName = (decision, strength) => decision.strengths.find((each) => each.key === strength)?.name ?? strength;
const startName = (start) => (start ? `from month ${start}` : "from the launch");

/** Hours are taken by strength; a coin buys a practice at any strength. */
export const cost = (decision, practice, strength) =>
  strength ? practice.hours * (decision.unit.startsWith("hours") ? factor(decision, strength) : 1) : 0;

export const spent = (decision, draft) =>
  decision.practices.reduce((sum, practice) => sum + cost(decision, practice, draft[practice.key]?.strength), 0);

/** Return what the team has sent, as a draft to go on from. */
export const sentDraft = (decision) =>
  Object.fromEntries(
    decision.practices.filter((each) => each.strength).map((each) => [each.key, { strength: each.strength, start: each.start }]),
  );

/** Why a change does not fit the budget, with the numbers that it would take; nothing where it fits. */
export function refusal(decision, draft, practice, strength) {
  const left = decision.budget - spent(decision, { ...draft, [practice.key]: {} });
  const needs = cost(decision, practice, strength);
  if (needs <= left + 1e-9) return "";
  return `This takes ${amount(needs, decision.unit)} and only ${amount(Math.max(0, left), decision.unit)} would be left for it. Put something else down first.`;
}

/** Return the bar that shows what is left of the budget. */
export function budgetBar(decision, draft) {
  const used = spent(decision, draft);
  return h(
    "div",
    { class: "budget" },
    h("p", {}, h("strong", {}, amount(decision.budget - used, decision.unit)), ` ${perTime(decision.unit)} left of ${plain(decision.budget)}`),
    h("div", { class: "rail", "--used": `${Math.min(100, (100 * used) / decision.budget)}%` }, h("i")),
  );
}

function starts(decision, practice, chosen, onChange) {
  if (decision.starts.length < 2) return null;
  const options = decision.starts.map((start) => {
    const option = h("option", { value: start }, startName(start));
    option.selected = start === chosen.start;
    return option;
  });
  const change = (event) => onChange({ ...chosen, start: Number(event.target.value) });
  return h("label", { class: "start" }, "Begins", h("select", { id: `start-${practice.key}`, onchange: change }, options));
}

/** Return one practice as a card: off or a strength, and from when. */
export function practiceCard(decision, draft, practice, refused, onChange) {
  const chosen = draft[practice.key] ?? { strength: null, start: decision.starts[0] };
  const name = `strength-${practice.key}`;
  const alone = decision.strengths.length === 1;
  const level = (key, words) =>
    h(
      "label",
      { class: "level", for: `${name}-${key ?? "off"}` },
      h("input", {
        type: "radio", id: `${name}-${key ?? "off"}`, name, checked: chosen.strength === key,
        onchange: () => onChange({ strength: key, start: chosen.start }),
      }),
      h("span", {}, words, h("small", {}, key ? amount(cost(decision, practice, key), decision.unit) : " ")),
    );
  return h(
    "fieldset",
    { class: chosen.strength ? "practice on" : "practice" },
    h("legend", { class: "break" }, practice.name),
    h("p", { class: "quiet" }, practice.plain),
    h("div", { class: "levels" }, level(null, "Off"), decision.strengths.map((each) => level(each.key, alone ? "On" : each.name))),
    chosen.strength ? starts(decision, practice, chosen, onChange) : null,
    refused ? h("p", { class: "refused", role: "alert" }, refused) : null,
  );
}

/** Return a decision in lines of words. */
export const inWords = (decision, draft) =>
  decision.practices
    .filter((practice) => draft[practice.key])
    .map((practice) => {
      const { strength, start } = draft[practice.key];
      const how = [decision.strengths.length > 1 && strengthName(decision, strength).toLowerCase(), decision.starts.length > 1 && startName(start)];
      return [practice.name, how.filter(Boolean).join(", ")].filter(Boolean).join(": ");
    });
