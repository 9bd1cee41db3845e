"""Every number of the model that a practice does not move: symbol, meaning, unit, default, range, source, grade, prior.

Docs, schema, sampler and validation read this table; the rules take the values as arguments and hold none. What the
generated organisation is made of stands in ``structure.py``, what words mean in ``definitions.py``.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Grade = Literal["V", "C", "R", "I", "D"]
Prior = Literal["uniform", "log-uniform"]
GRADES: dict[Grade, str] = {
    "V": "the source was read in a public copy; where it gives only a direction, the size is by design",
    "C": "computed from data",
    "R": "recalled from the literature, not read again",
    "I": "our inference: the source gives a direction or a neighbouring fact",
    "D": "design: chosen, or fitted by hand, without a source for the number",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the model: sweeps and calibration may draw it from ``low`` to ``high``, by ``prior``.

    The prior is uniform, or log-uniform where even the order of magnitude is open: rates, factors and times whose range
    spans more than a factor of five.
    """

    name: str
    symbol: str
    default: float
    low: float
    high: float
    unit: str
    meaning: str
    source: str
    grade: Grade
    prior: Prior = "uniform"


LOG: Prior = "log-uniform"

# fmt: off
_TRAITS = (
    Parameter("propensity_sd", "sigma_a", 1.69, 1.1, 1.7, "ln", "spread of the propensity to post (lognormal)",
              "Gini .57-.76 of posters, Superset and Slashdot data", "C"),
    Parameter("manager_propensity", "m_mgr", 1.85, 1.0, 2.5, "x", "propensity of people with reports, against others",
              "Michalski 2020: managers send 1.65 times as much", "C"),
    Parameter("lurker_share", "f_lurk", 0.502, 0.4, 0.9, "share of staff", "people for whom reading is enough: it takes more to move them to contribute",
              "Nonnecke & Preece 2000: 46-82 % of members of online groups lurk; Nielsen 2006: 90 % of users", "R"),
    Parameter("lurker_reluctance", "z_lurk", 8.09, 2.0, 12.0, "logit", "how much more it takes to move a lurker to speak or reply",
              "Nonnecke & Preece 2000 (direction); size calibrated to the patterns", "I"),
    Parameter("prompt_rate", "pi", 0.219, 0.02, 0.8, "a person and day", "something to say arises, mean over people", "calibrated to the patterns", "D", LOG),
    Parameter("threshold_mean", "theta", 0.324, 0.10, 0.40, "share of contacts", "share of contacts active that social proof needs",
              "Centola et al. 2018", "V"),
    Parameter("threshold_sd", "sd_theta", 0.12, 0.05, 0.20, "share of contacts", "spread of that threshold", "Granovetter 1978", "R"),
    Parameter("reachable_share", "reach", 0.871, 0.5, 0.95, "share of staff", "people who would ever look", "SWOOP 2016-2022: 80-85 % access", "V"),
    Parameter("climate_sd", "sd_ST", 0.8, 0.3, 1.5, "logit", "spread of personal levels of trust and safety",
              "Detert & Edmondson 2011: stable personal baselines; size by design", "I"),
    Parameter("climate_correlation", "rho_ST", 0.6, 0.4, 0.8, "r", "correlation of initial trust and safety", "Joo et al. 2023", "V"),
    Parameter("permission_sd", "sd_perm", 0.8, 0.0, 1.5, "logit", "spread of line managers' tolerance", "design", "D"),
)
_COMING = (
    Parameter("first_visit_rate", "p", 0.009, 0.003, 0.08, "a month", "spontaneous first visit", "Superset data; Bass 1969", "C", LOG),
    Parameter("imitation_rate", "q", 0.206, 0.005, 0.5, "a month", "first visit by imitation, per share of contacts using it",
              "Superset data; Bass 1969", "C", LOG),
    Parameter("habit_visit_prob", "v_h", 0.416, 0.3, 1.0, "a day", "visit of a person whose habit is 1", "calibrated to the patterns", "D"),
    Parameter("next_day_visit_prob", "v_d", 0.568, 0.0, 0.8, "a day", "extra visit on the day after a visit: people look in runs of days",
              "Barabási 2005 (direction); size calibrated to a day's of a week's visitors", "I"),
    Parameter("contact_visit_prob", "v_c", 0.063, 0.0, 0.3, "a day", "extra visit if all contacts contribute", "HP 2009 (direction)", "I"),
    Parameter("leader_visit_prob", "v_l", 0.002, 0.0, 0.1, "a day", "extra visit while the department's leader is active", "HP 2009 (direction)", "I"),
    Parameter("champion_visit_prob", "v_ch", 0.30, 0.0, 0.8, "a day", "extra visit of a champion: models use", "design: daily over weekly active .375", "D"),
    Parameter("notified_visit_prob", "v_n", 0.74, 0.05, 0.8, "a day", "visit on the day after a reply, a leader's answer or an invitation", "design", "D", LOG),
    Parameter("trial_habit", "h0", 0.327, 0.02, 0.6, "0-1", "habit after the first visit: the trial", "Foote, Treem & van den Hooff 2024 (stages)", "I"),
    Parameter("seed_habit", "h_s", 0.6, 0.1, 0.9, "0-1", "habit of those brought in at the launch", "design", "D"),
    Parameter("start_habit", "h_a", 0.7, 0.3, 0.9, "0-1", "habit of those who begin as active contributors", "design", "D"),
)
_SPEAKING = (
    Parameter("activation_base", "a0", 1.32, -4.0, 2.0, "logit", "activation at average expectations", "calibrated to the patterns", "D"),
    Parameter("reward_weight", "w_R", 3.69, 0.0, 6.0, "logit per unit", "expected replies -> speaking; times reward_rate it is the log-odds that a replied-to post adds",
              "Joyce & Kraut 2006: OR 1.62 on Usenet; none to 1.4 elsewhere", "V"),
    Parameter("responsiveness_slope", "b_I", 0.60, 0.4, 0.8, "logit/SD", "perceived responsiveness -> voice", "Sherf et al. 2021 (direction)", "R"),
    Parameter("safety_slope", "b_S", 0.90, 0.6, 1.1, "logit/SD", "safety -> less silence", "Joo et al. 2023: r = -.464", "V"),
    Parameter("trust_slope", "b_T", 0.45, 0.3, 0.6, "logit/SD", "trust in leaders -> voice", "Sherf et al. 2021 (direction)", "R"),
    Parameter("state_sd", "sd_x", 0.20, 0.15, 0.25, "0-1", "one standard deviation of a 0-1 state", "design: five-point scales", "I"),
    Parameter("nonvoice_weight", "w_nv", 0.5, 0.0, 1.0, "x", "share of the two slopes above that acts on other posts", "HP 2009 (direction)", "I"),
    Parameter("purpose_weight", "b_F", 1.2, 0.0, 3.0, "logit per unit", "purpose fit -> speaking", "Dromey 2016 (direction)", "I"),
    Parameter("permission_weight", "b_P", 0.8, 0.0, 3.0, "logit per unit", "line manager's tolerance -> speaking", "Dromey 2016 (direction)", "I"),
    Parameter("proof_weight", "b_N", 2.03, 0.0, 3.0, "logit", "contacts contributing far over one's threshold -> speaking", "Granovetter 1978; size by design", "R"),
    Parameter("threshold_softness", "s_theta", 0.06, 0.005, 0.2, "share of contacts", "how gradually the threshold acts", "design", "D", LOG),
    Parameter("manager_active_weight", "b_M", 0.30, 0.0, 0.8, "logit", "line manager has contributed lately -> speaking", "HP 2009", "V"),
    Parameter("leader_active_weight", "b_L", 0.15, 0.0, 0.6, "logit", "department's leader is active -> speaking", "HP 2009 (direction)", "I"),
    Parameter("leisure_spillover", "b_leis", 0.10, 0.0, 0.3, "logit", "leisure tolerated -> work posts", "Huang, Singh & Ghose (sign)", "V"),
    Parameter("gate_base", "g0", 1.4, -1.0, 3.0, "logit", "voice passes the gate at average safety, unwatched and sure", "calibrated to the patterns", "D"),
    Parameter("critical_penalty", "g_c", 0.9, 0.0, 2.0, "logit", "criticism is harder to voice", "Milliken et al. 2003 (direction)", "R"),
    Parameter("surveillance_weight", "g_w", 1.2, 0.0, 3.0, "logit per unit", "feeling watched -> silence", "Dromey 2016 (direction)", "I"),
    Parameter("uncertainty_weight", "g_u", 1.2, 0.0, 3.0, "logit per unit", "doubt about sanctions -> silence", "Dromey 2016 (direction)", "I"),
    Parameter("anonymity_bonus", "g_a", 1.5, 0.0, 3.0, "logit", "anonymous voice passes the gate more easily", "Detert & Burris 2016 (direction)", "I"),
)
_CONTENT = (
    Parameter("question_share", "k_q", 0.28, 0.1, 0.5, "share", "prompts that are questions", "design", "D"),
    Parameter("knowledge_share", "k_k", 0.27, 0.1, 0.5, "share", "prompts that share knowledge", "design", "D"),
    Parameter("leisure_share", "k_l", 0.2, 0.0, 0.4, "share", "prompts that are leisure", "Huang, Singh & Ghose", "I"),
    Parameter("idea_share", "k_i", 0.13, 0.05, 0.3, "share", "prompts that are ideas; concerns are the rest", "design", "D"),
    Parameter("critical_idea_prob", "c_i", 0.20, 0.05, 0.4, "probability", "an idea is critical", "design", "D"),
    Parameter("critical_concern_prob", "c_c", 0.70, 0.4, 0.9, "probability", "a concern is critical; share of critical posts .05-.17",
              "Superset data, crude", "C"),
)
_READING = (
    Parameter("attention_decay", "delta", 2.25, 1.0, 2.5, "a day", "decay of a thread's attention", "Superset data", "C"),
    Parameter("least_attention", "a_min", 0.01, 0.002, 0.05, "share", "below this share of its first attention a thread has sunk",
              "design: keeps a day's work bounded", "D", LOG),
    Parameter("contact_attention", "s_c", 0.957, 0.3, 1.0, "probability", "a visiting contact sees a fresh thread", "design", "D"),
    Parameter("open_reach", "s_o", 9.05, 0.0, 400.0, "persons a day", "people besides contacts to whom the feed shows a fresh thread", "design", "D"),
    Parameter("reply_base", "r0", 0.521, 0.02, 1.0, "probability", "a fully engaged person of average propensity replies to a question seen", "calibrated to the patterns", "D", LOG),
    Parameter("react_base", "e0", 0.0281, 0.005, 0.9, "probability", "the same for a reaction", "calibrated to the patterns", "D", LOG),
    Parameter("reply_propensity_power", "eta", 0.842, 0.3, 1.0, "power", "replying rises with propensity to this power", "design", "D"),
    Parameter("knowledge_reply_factor", "f_k", 0.6, 0.2, 1.5, "x", "replies to knowledge, against a question", "design", "D", LOG),
    Parameter("leisure_reply_factor", "f_l", 0.7, 0.2, 1.5, "x", "replies to leisure, against a question", "design", "D", LOG),
    Parameter("voice_reply_factor", "f_v", 0.7, 0.2, 1.5, "x", "replies to ideas and concerns, against a question", "design", "D", LOG),
    Parameter("broadcast_reply_factor", "f_b", 0.03, 0.0, 0.5, "x", "replies to announcements, against a question", "design", "D"),
    Parameter("anonymous_reply_factor", "f_a", 0.5, 0.2, 1.0, "x", "replies to anonymous posts; also how useful an answer to one is",
              "Detert & Burris 2016 (direction)", "I"),
    Parameter("converse_prob", "c_v", 0.72, 0.0, 0.8, "probability", "an author who is there answers a reply", "Superset data (messages a thread)", "I"),
    Parameter("value_half", "K", 4.7, 0.2, 8.0, "relevant items", "relevant items at which a visit is half worth it, median over people",
              "Oliver, Marwell & Teixeira 1985: n^h / (n^h + K^h)", "R", LOG),
    Parameter("value_steepness", "h", 3.7, 1.0, 4.0, "power", "how steeply a visit's worth rises with relevant items; above 1 the first ones add more and more",
              "Oliver, Marwell & Teixeira 1985: accelerating production", "R"),
    Parameter("value_half_sd", "sd_K", 1.02, 0.3, 1.6, "ln", "spread of what people need to find a visit worth it (lognormal)", "design: relevance differs by job", "I"),
    Parameter("value_propensity_correlation", "rho_K", 0.585, 0.0, 0.8, "r", "those with more to say need less to come", "Foote, Treem & van den Hooff 2024 (motives); size by design", "I"),
    Parameter("leisure_value", "u_l", 0.5, 0.0, 1.0, "items", "worth of a leisure post seen", "Huang, Singh & Ghose (sign)", "I"),
    Parameter("reply_value", "u_r", 1.19, 0.0, 4.0, "items", "worth of a reply to one's own post", "Joyce & Kraut 2006 (direction)", "I"),
    Parameter("broadcast_value", "u_b", 0.02, 0.0, 1.0, "items", "worth of an announcement seen", "Dromey 2016 (direction)", "I"),
)
_LEARNING = (
    Parameter("habit_rate", "alpha_h", 0.0816, 0.03, 0.3, "a visit", "learning rate of habit", "Rescorla & Wagner 1972; size recalled", "R", LOG),
    Parameter("reward_rate", "alpha", 0.10, 0.03, 0.3, "an event", "learning rate of reward", "Rescorla & Wagner 1972; size recalled", "R", LOG),
    Parameter("responsiveness_rate", "alpha_I", 0.10, 0.03, 0.3, "an event", "learning rate of perceived responsiveness", "King 2015 (direction)", "R", LOG),
    Parameter("climate_rate", "alpha_TS", 0.06, 0.01, 0.1, "an event", "learning rate of trust and safety", "design", "D", LOG),
    Parameter("climate_drift", "d_TS", 0.01, 0.002, 0.05, "a day", "drift of trust and safety to their level", "Detert & Edmondson 2011: slow", "I", LOG),
    Parameter("safety_follows_trust", "k_ST", 0.3, 0.0, 0.7, "share", "how much safety's level follows trust", "Joo et al. 2023", "V"),
    Parameter("observed_weight", "w_obs", 0.3, 0.1, 0.6, "x", "weight of an observed against an own outcome", "Madsen & Johansen 2019 (qualitative)", "I"),
    Parameter("leader_answer_weight", "w_L", 2.0, 1.0, 4.0, "x", "weight of a leader's answer against a peer's", "Riemer et al. 2015", "V"),
    Parameter("initial_reward", "R0", 0.435, 0.2, 0.8, "0-1", "initial expectation of a reply", "design", "D"),
    Parameter("initial_responsiveness", "I0", 0.45, 0.2, 0.7, "0-1", "initial expectation of being answered by leaders", "design", "D"),
)
_LEADERS = (
    Parameter("inbox_patience", "A", 15.0, 5.0, 40.0, "working days", "age at which an unanswered contribution is too old", "design", "D", LOG),
    Parameter("reward_window", "t_R", 5.0, 2.0, 8.0, "working days", "no reply by then counts as none", "Superset data (reply latency)", "I"),
)
_MINUTES = (
    Parameter("post_minutes", "m_p", 6.0, 2.0, 15.0, "minutes", "writing a post", "design", "D", LOG),
    Parameter("reply_minutes", "m_r", 3.0, 1.0, 8.0, "minutes", "writing a reply", "design", "D", LOG),
    Parameter("read_minutes", "m_s", 0.7, 0.2, 2.0, "minutes", "reading a thread", "design", "D", LOG),
    Parameter("visit_minutes", "m_v", 1.0, 0.2, 3.0, "minutes", "a visit besides reading", "design", "D", LOG),
    Parameter("item_minutes", "m_i", 10.0, 3.0, 30.0, "minutes", "a leader deals with one contribution", "design", "D", LOG),
)
_SHOCKS = (
    Parameter("reorganised_share", "f_reorg", 0.3, 0.05, 0.8, "share of those who manage nobody", "who changes places in a reorganisation, unless it names its size", "design", "D", LOG),
    Parameter("moved_habit_loss", "l_move", 0.5, 0.1, 0.9, "share", "habit lost by whoever changes places",
              "Wood, Tam & Guerrero Witt 2005: habits survive a transfer only where their context does; size by design", "V", LOG),
    Parameter("departing_leader_share", "f_exit", 0.04, 0.01, 0.3, "share of leaders", "senior leaders who leave, at least one, unless the shock names its size", "design: one of 25", "D", LOG),
    Parameter("vacancy_days", "t_vac", 63.0, 10.0, 126.0, "working days", "until a leader who left is replaced", "design: three months", "D", LOG),
    Parameter("punishment_reach", "r_pun", 0.5, 0.1, 1.0, "share of staff", "who hears of a visible punishment besides the contacts of the one punished, unless it names its size",
              "design", "D", LOG),
    Parameter("talk_weight", "w_talk", 3.0, 1.0, 10.0, "x", "how much more a punishment weighs that everybody talks about than a sanction in a thread",
              "Milliken et al. 2003: people keep silent for what befell others; size by design", "R", LOG),
    Parameter("complaint_reach", "r_viral", 0.8, 0.2, 1.0, "share of staff", "who hears of a viral complaint, unless it names its size", "design", "D"),
    Parameter("complaint_urge", "u_viral", 1.5, 0.0, 4.0, "logit", "how much a viral complaint moves to speak beyond an ordinary concern",
              "Brady et al. 2017: moral emotion spreads messages; size by design", "R"),
)
# fmt: on

PARAMETER_GROUPS: dict[str, tuple[Parameter, ...]] = {
    "Traits of people": _TRAITS,
    "Coming": _COMING,
    "Speaking": _SPEAKING,
    "What is said": _CONTENT,
    "Reading and replying": _READING,
    "Learning": _LEARNING,
    "Leaders": _LEADERS,
    "Minutes of work": _MINUTES,
    "Shocks": _SHOCKS,
}
PARAMETERS: dict[str, Parameter] = {row.name: row for rows in PARAMETER_GROUPS.values() for row in rows}

ParameterIndex = namedtuple("ParameterIndex", list(PARAMETERS))  # type: ignore[misc]  # fields are data
PARAMETER: Any = ParameterIndex(*range(len(PARAMETERS)))
"""Position of each parameter in a vector of all: ``values[PARAMETER.reward_rate]``."""


def parameter_values(changed: Mapping[str, float] | None = None) -> npt.NDArray[np.float64]:
    """Return the defaults with ``changed`` put in, float64[parameters]; an unknown name raises ``KeyError``."""
    unknown = set(changed or {}) - set(PARAMETERS)
    if unknown:
        raise KeyError(f"not a parameter: {', '.join(sorted(unknown))}")
    merged = {name: parameter.default for name, parameter in PARAMETERS.items()} | dict(changed or {})
    return np.array([float(merged[name]) for name in PARAMETERS])
