/** The form by which somebody joins: a code, a nickname, and a team if they care which. */

import { h } from "./dom.js";
import { send } from "./live.js";

const field = (id, label, more, note) => [
  h("label", { for: id }, label),
  h("input", { id, class: "text", autocomplete: "off", spellcheck: "false", "aria-describedby": note ? `${id}-note` : null, ...more }),
  note ? h("p", { id: `${id}-note`, class: "quiet" }, note) : null,
];

function teamChoice(teams) {
  return [
    h("label", { for: "team" }, "Team"),
    h("select", { id: "team" }, h("option", { value: "" }, "Any: the smallest"), teams.map((team) => h("option", { value: team.key }, team.name))),
  ];
}

/** Return the form; `joined` is called when the room has taken somebody in. */
export function joinForm(view, joined) {
  const typed = (id) => document.getElementById(id)?.value; // before this form was drawn anew
  const code = typed("code") ?? new URLSearchParams(location.search).get("code") ?? "";
  const trouble = h("p", { id: "trouble", class: "refused", role: "alert", hidden: !view.notice }, view.notice ?? "");
  const button = h("button", { id: "join", class: "main", type: "submit" }, "Join");
  const say = (words) => {
    trouble.textContent = words;
    trouble.hidden = !words;
  };
  const submit = async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(["code", "nickname", "team"].map((id) => [id, form.querySelector(`#${id}`)?.value.trim() || null]));
    const missing = ["code", "nickname"].find((id) => !given[id]);
    if (missing) {
      say(missing === "code" ? "The code is on the screen at the front." : "Give a name that the others may see.");
      form.querySelector(`#${missing}`).focus();
      return;
    }
    say("");
    button.disabled = true;
    const answer = await send("/api/join", given, say);
    button.disabled = false;
    if (answer.ok) joined();
    else say(answer.said.error ?? "That did not work.");
  };
  const form = h(
    "form",
    { class: "card join", onsubmit: submit, novalidate: true },
    h("p", { class: "step" }, view.workshop.title),
    h("h1", {}, "Join the workshop"),
    field("code", "Code on the screen", { value: code, inputmode: "numeric", maxlength: 12 }),
    field("nickname", "Your name here", { value: typed("nickname") ?? "", maxlength: 24 }, "A nickname will do. Nothing else about you is kept."),
    view.teams.length < 2 ? null : view.phase === "decide" ? h("p", { class: "quiet" }, "Teams are deciding now: you come into the smallest one, and can change later.") : teamChoice(view.teams),
    trouble,
    button,
  );
  return form;
}
