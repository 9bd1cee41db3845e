"""Statistics of what no platform's export holds, from a replicate's own record: silence, safety, what was posted about."""

from __future__ import annotations

import numpy as np

from adoptsim.engine.log import LOG_POST
from adoptsim.engine.state import CONCERN, COUNT, CURSOR, IDEA, LEVELS, PLACE, TALLY, TRAIT, World
from adoptsim.validation.estimators import MONTH, Floats, share

VOICE = (COUNT.posts_question + IDEA, COUNT.posts_question + CONCERN)
SILENCE = (COUNT.silence_idea, COUNT.silence_concern)
WORK = (COUNT.posts_question, COUNT.posts_knowledge, *VOICE)
SAFETY = LEVELS.index("safety")


def _posts(world: World, window: slice, columns: tuple[int, ...]) -> float:
    """Return how many posts of some kinds a hundred people and month."""
    counts = world.counts[window]
    return share(float(counts[:, columns].sum()) * MONTH * 100, len(counts) * world.place.shape[1])


def work_posts(world: World, window: int) -> float:
    """Return posts about work a hundred people and month: all but leisure and what leaders announce."""
    return _posts(world, slice(-window, None), WORK)


def voice(world: World, window: int) -> float:
    """Return ideas and concerns posted a hundred people and month."""
    return _posts(world, slice(-window, None), VOICE)


def silence(world: World, window: int) -> float:
    """Return the share of voice people were moved to that stopped at the gate."""
    counts = world.counts[-window:]
    silent = float(counts[:, SILENCE].sum())
    return share(silent, silent + float(counts[:, VOICE].sum()))


def critical_at_first(world: World, window: int) -> float:
    """Return critical posts a hundred people and month in the first days of the run, as many as the window has."""
    return _posts(world, slice(None, window), (COUNT.critical_posts,))


def safety(world: World, window: int) -> float:
    """Return mean psychological safety [0, 1] in the window."""
    return float(world.climate[-window:, SAFETY].mean())


# --- pattern 10: are voice and silence two things? ---------------------------------------------------------------


def _without(values: Floats, cause: Floats) -> Floats:
    """Return what a straight line through the cause doesn't explain."""
    centred = cause - cause.mean()
    left = values - values.mean()
    return np.asarray(left - centred * (centred @ left) / (centred @ centred))


def voice_and_silence(world: World, window: int) -> float:
    """Return the partial correlation over employees who looked of voice and silence, given how often they could have either.

    Over all days of the run. Both counts grow with having something to say and being there: the common cause taken out is
    the expected number of occasions, visits times the chance of a prompt a day. Nobody is left out for what came of them:
    among those with some voice or silence, who has none of the one must have some of the other, so that even two
    independent counts are negatively related (a collider; Berkson 1946).
    """
    log, visits = world.log[: world.cursor[CURSOR.logged]], world.tally[TALLY.visits].astype(np.float64)
    kind, person = log[:, 2], log[:, 1]
    spoken = np.bincount(person[(kind == LOG_POST) & (log[:, 3] >= IDEA)], minlength=len(visits)).astype(np.float64)
    silent = world.tally[TALLY.silences].astype(np.float64)
    occasions = world.trait[TRAIT.prompt_prob] * visits
    there = (world.place[PLACE.is_leader] == 0) & (visits > 0)
    if there.sum() < 3:
        return float("nan")
    one, other = (_without(counts[there], occasions[there]) for counts in (spoken, silent))
    return share(float(one @ other), float(one @ one) ** 0.5 * float(other @ other) ** 0.5)
