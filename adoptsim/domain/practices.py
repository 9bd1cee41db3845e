"""The ten practices of the Acas report (Dromey 2016), as data: what each moves, what it costs, how sure we are.

A newcomer changes an effect here and nowhere else. ``to`` gives each lever's value at full intensity when the lever
starts from its default; ``misuse`` gives the same for the way the practice goes wrong. Sizes are design assumptions
inside the ranges of the evidence; the directions have the sources named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Evidence = Literal["A", "B", "C", "D"]
EVIDENCE_GRADES: dict[str, str] = {
    "A": "replicated or experimental evidence on online communities",
    "B": "field data or meta-analysis, direction and rough size",
    "C": "survey or case studies, direction only",
    "D": "practitioners' advice, direction only",
}


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours a month at full intensity: ``per_leader``, ``per_champion``, ``per_person``, and ``fixed`` staff time."""

    per_leader: float = 0.0
    per_champion: float = 0.0
    per_person: float = 0.0
    fixed: float = 0.0


@dataclass(frozen=True, slots=True)
class Practice:
    """One practice. ``standing``: it goes on after launch support has ended, unless a scenario says otherwise."""

    number: int
    name: str
    title: str
    says: str
    to: Mapping[str, float]
    misuse_says: str
    misuse: Mapping[str, float]
    hours: Hours
    evidence: Evidence
    source: str
    standing: bool = True
    variants: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


# fmt: off
_TABLE = (
    Practice(
        1, "culture_of_voice", "A positive culture of voice",
        "Speaking up is normal here, with or without a platform; trust and safety start higher and erode more slowly.",
        {"culture_trust": 0.62, "culture_safety": 0.62, "loss_weight": 1.8},
        "Voice is asked for in words and resented in deeds.",
        {"culture_trust": 0.42, "culture_safety": 0.42, "loss_weight": 3.5},
        Hours(per_leader=1.0, per_person=0.05), "B", "Dromey 2016; Joo et al. 2023; Detert & Edmondson 2011",
    ),
    Practice(
        2, "other_voice_platforms", "Integrate with other voice platforms",
        "Meetings, surveys, forums and unions point to the platform, and their answers are echoed on it.",
        {"offline_prompt_prob": 0.003, "echo_rate": 0.4},
        "The platform replaces the other channels: nothing points to it and nothing is echoed.",
        {"offline_prompt_prob": 0.0002, "echo_rate": 0.02, "culture_trust": 0.46},
        Hours(per_leader=0.5, fixed=8.0), "D", "Dromey 2016",
    ),
    Practice(
        3, "leadership_and_champions", "Leadership by senior managers and champions",
        "Senior managers take part visibly and invite exchange; champions reply, coach and invite.",
        {"leader_post_rate": 3.0, "broadcast_share": 0.35, "leader_reply_factor": 1.5, "champion_share": 0.04,
         "champion_reply_factor": 5.0, "champion_invite_rate": 3.0},
        "Leaders only broadcast.",
        {"leader_post_rate": 6.0, "broadcast_share": 0.95, "leader_reply_factor": 0.15},
        Hours(per_leader=3.0, per_champion=4.0), "B", "Riemer et al. 2015; Catz 2013; HP 2009; Dromey 2016",
        variants={"champions_only": {"champion_share": 0.04, "champion_reply_factor": 5.0, "champion_invite_rate": 3.0}},
    ),
    Practice(
        4, "trust_employees", "Trust your employees",
        "Posts appear at once, line managers tolerate time spent, leisure is allowed, people don't feel watched.",
        {"premoderation_prob": 0.01, "moderation_deletion_prob": 0.03, "surveillance": 0.12, "permission": 0.72,
         "leisure_permitted": 0.92},
        "Control: posts are held, deleted and watched, and time spent is frowned upon.",
        {"premoderation_prob": 0.60, "moderation_delay": 4.0, "moderation_deletion_prob": 0.40, "surveillance": 0.75,
         "permission": 0.20, "leisure_permitted": 0.10},
        Hours(fixed=2.0), "B", "Huang, Singh & Ghose; Dromey 2016",
    ),
    Practice(
        5, "social_media_policy", "A social media policy",
        "A short policy says what is fine and what is not, so that doubt and abuse shrink.",
        {"sanction_uncertainty": 0.22, "abuse_prob": 0.02},
        "A restrictive policy: a list of threats.",
        {"sanction_uncertainty": 0.78, "abuse_prob": 0.02, "culture_safety": 0.42, "surveillance": 0.50},
        Hours(fixed=4.0, per_person=0.02), "C", "Dromey 2016; Acas guidance on social media",
    ),
    Practice(
        6, "safe_space", "A safe space",
        "No reprisals for honest views, said and shown.",
        {"sanction_prob": 0.004, "culture_safety": 0.63},
        "Anonymity instead of safety: everyone may hide, nobody is protected.",
        {"anonymity_prob": 0.70, "culture_safety": 0.47},
        Hours(per_leader=0.5, fixed=2.0), "B", "Sherf, Parke & Isaakyan 2021; Frazier et al. 2017; Detert & Burris 2016",
        variants={"with_anonymity": {"sanction_prob": 0.004, "culture_safety": 0.63, "anonymity_prob": 0.40}},
    ),
    Practice(
        7, "act_on_contributions", "Act on contributions",
        "Leaders have time for contributions, answer them, act on some, and explain why not on others.",
        {"inbox_capacity": 2.5, "answer_prob": 0.50, "action_prob": 0.25, "explanation_prob": 0.50},
        "Answers are promised without anybody being given the time for them.",
        {"inbox_capacity": 0.10, "leader_reply_factor": 0.3},
        Hours(per_leader=4.0), "B", "King 2015; Sherf, Parke & Isaakyan 2021; Detert & Burris 2016",
    ),
    Practice(
        8, "negative_comments", "Deal positively with negative comments",
        "Criticism is met with interest: engaged with, not deleted or punished.",
        {"defensive_prob": 0.06, "leader_deletion_prob": 0.005, "moderation_deletion_prob": 0.04},
        "Criticism is deleted.",
        {"defensive_prob": 0.45, "leader_deletion_prob": 0.35, "moderation_deletion_prob": 0.40},
        Hours(per_leader=0.5), "C", "Madsen & Johansen 2019; Catz 2013; Dromey 2016",
    ),
    Practice(
        9, "organisations_purpose", "Focus on the organisation's purpose",
        "Use is tied to the work, so that more of what one sees is worth the visit.",
        {"relevance_prob": 0.70, "purpose_fit": 0.75, "permission": 0.52},
        "Purpose so narrow that anything else is banned.",
        {"relevance_prob": 0.50, "leisure_permitted": 0.02, "purpose_fit": 0.40, "surveillance": 0.45},
        Hours(per_leader=0.5, fixed=4.0), "C", "Dromey 2016; Huang, Singh & Ghose",
    ),
    Practice(
        10, "critical_mass", "Work towards critical mass",
        "People are brought in together, invited, and reminded until the network stands on its own.",
        {"seed_share": 0.25, "invitation_prob": 0.012, "reminder_prob": 0.03},
        "Launched to everyone with a single mail, and then left.",
        # a mail reaches everybody and brings in who sees a benefit unshown: 6 % of non-users (CIPD 2013, in Dromey 2016)
        {"seed_share": 0.06, "reminder_prob": 0.0005},
        Hours(fixed=30.0, per_person=0.05), "A", "Markus 1987; Oliver, Marwell & Teixeira 1985; Centola et al. 2018",
        standing=False,
    ),
)
# fmt: on

PRACTICES: dict[str, Practice] = {practice.name: practice for practice in _TABLE}
