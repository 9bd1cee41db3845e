"""Which patterns the null models miss: each fitted as kindly as may be, then held against the model's own rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from adoptsim.domain.scenario import MONTH_DAYS, OrganisationSpec
from adoptsim.engine.state import COUNT
from adoptsim.simulation import SEED, OrganisationSource, simulate
from adoptsim.validation.activity import Activity
from adoptsim.validation.cases import CASES, LEAVING_DAY, scenario_of
from adoptsim.validation.check import Row, holds, interval_of
from adoptsim.validation.measure import LOG_ESTIMATORS, Floats, Wanted, measure, values_of, wanted_by
from adoptsim.validation.null_models import Bass, Lognormal, NullModel, Threshold, fit_bass, run_null
from adoptsim.validation.patterns import MONTH_WINDOW, NETWORK, PATTERNS, TWO_YEARS, Pattern
from adoptsim.validation.threads import reinforcement_table

PEOPLE, REPLICATES = 500, 24
FIT_STEPS = 60
EDGE = 0.02
"""Of a range's width, at both ends: what is fitted to its very edge may fall off it by rounding."""
FITTED_TO = tuple(row for row in PATTERNS.values() if row.number <= 5 and row.must_hold)
"""What rates and shares can reach: patterns 1 to 5."""
FIRST_STEPS = (0.4, -0.2)
"""Of a round of the fit, in logarithms of the numbers: the second begins where the first ended, from the other side."""
FEWEST = 5.0
"""Fewest people to be expected in each cell of a table, for its odds ratio to mean something (Cochran 1954)."""

Verdict = Literal["holds", "misses", "reported", "given", "not asked"]
Bounds = tuple[float, float]
RATES: Mapping[str, Bounds] = {"messages_a_month": (0.01, 20.0), "reply_share": (0.1, 0.9)}


@dataclass(frozen=True, slots=True)
class Null:
    """A null model where its fit begins, the numbers that are free, and what it is called."""

    title: str
    start: NullModel
    free: Mapping[str, Bounds]


NULLS: Mapping[str, Null] = {
    "bass": Null(
        "Bass",
        Bass(p=0.4, q=0.0001, reach=0.84, look_prob=0.42, messages_a_month=0.84, reply_share=0.55),
        {"look_prob": (0.01, 0.9), **RATES},  # p, q and reach are fitted to adoption alone
    ),
    "threshold": Null(
        "Threshold",
        Threshold(mean=0.4, sd=0.05, instigators=0.18, reach=0.82, look_prob=0.38, messages_a_month=4.0, reply_share=0.535),
        {"mean": (0.10, 0.40), "sd": (0.05, 0.20), "instigators": (0.001, 0.5), "reach": (0.3, 1.0)}
        | {"look_prob": (0.01, 0.9), **RATES},
    ),
    "lognormal": Null(
        "Lognormal",
        Lognormal(sd=2.1, looks_a_month=9.6, messages_a_month=0.76, reply_share=0.44),
        {"sd": (0.5, 3.5), "looks_a_month": (0.1, 60.0), **RATES},
    ),
    "lognormal_readers": Null(
        "Lognormal, some only read",
        Lognormal(sd=2.0, looks_a_month=6.5, messages_a_month=2.7, reply_share=0.48, readers=0.685),
        {"sd": (0.5, 3.5), "looks_a_month": (0.1, 60.0), "readers": (0.05, 0.95), **RATES},
    ),
}
"""The starts are rounded ends of an earlier fit: where a test looks, without fitting again."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One pattern against one null model: ``why`` says why it was not asked, or can't be judged."""

    verdict: Verdict
    row: Row | None = None
    why: str = ""


# --- what can be asked -------------------------------------------------------------------------------------------


def not_asked(pattern: Pattern, model: NullModel) -> Cell | None:
    """Return why a pattern can't be asked of a model; None where it can."""
    if pattern.case == NETWORK:
        same = isinstance(model, Threshold)
        return Cell("given", why="the same networks") if same else Cell("not asked", why="no network: cannot show")
    if pattern.case != "typical" and not CASES[pattern.case].seed_share:
        return Cell("not asked", why="no policy: cannot show")
    if pattern.estimator not in LOG_ESTIMATORS:
        return Cell("not asked", why="no voice or silence: cannot show" if not pattern.against else "no policy: cannot show")
    return None


def cells_of(
    model: NullModel,
    rows: Sequence[Pattern] = tuple(PATTERNS.values()),
    replicates: int = REPLICATES,
    seed: int = SEED,
    source: OrganisationSource | None = None,
) -> dict[str, Cell]:
    """Return every pattern against a null model, by the pattern's name."""
    source = source or OrganisationSource(OrganisationSpec(people=PEOPLE), seed)
    asked = [row for row in rows if not_asked(row, model) is None]
    values = measure_null(model, asked, replicates, source)
    return {row.name: not_asked(row, model) or _judged(row, values[row.name], model, source) for row in rows}


def _judged(pattern: Pattern, values: Floats, model: NullModel, source: OrganisationSource) -> Cell:
    with np.errstate(invalid="ignore"):  # a rank that wrote nothing has the logarithm of no number
        simulated = interval_of(pattern, values)
    row = Row(pattern, values, simulated, holds(pattern, simulated))
    if row.holds is None:
        return Cell("reported", row)
    if pattern.scale == "ratio" and simulated.value == 0.0:
        return Cell("misses", row, "in some run, none of them wrote")
    if pattern.estimator == "reply_reinforcement":
        tables = [reinforcement_table(each, pattern.window) for each in activities_of(model, "typical", len(values), source)]
        if _least_expected(np.sum(tables, axis=0)) < FEWEST:
            return Cell("misses", row, "all write again, answered or not")
        if simulated.low <= 1.0 <= simulated.high:
            return Cell("holds" if row.holds else "misses", row, "the interval includes no effect")
    return Cell("holds" if row.holds else "misses", row)


def _least_expected(table: Any) -> float:
    """Return the smallest count to be expected in a table if its rows and columns had nothing to do with each other."""
    return float((table.sum(axis=1, keepdims=True) * table.sum(axis=0) / max(table.sum(), 1)).min())


# --- measured ----------------------------------------------------------------------------------------------------


def activities_of(model: NullModel, case: str, replicates: int, source: OrganisationSource) -> list[Activity]:
    """Return what is done in each replicate of a case: who begins and who leaves is the case's."""
    given = CASES[case]
    return [
        run_null(
            model,
            source.organisation(replicate),
            seed=source.seed,
            replicate=replicate,
            seed_share=given.seed_share,
            leaver_share=given.leaver_share,
        ).activity()
        for replicate in range(replicates)
    ]


def measure_null(
    model: NullModel, rows: Sequence[Pattern], replicates: int, source: OrganisationSource
) -> dict[str, Floats]:
    """Return each pattern's value by replicate, as ``measure`` does for the model."""
    values: dict[str, list[dict[Wanted, float]]] = {}
    for case, wanted in wanted_by(rows).items():
        found = activities_of(model, case, replicates, source)
        values[case] = [{key: LOG_ESTIMATORS[key[0]](each, key[1]) for key in wanted} for each in found]
    return {row.name: values_of(row, values) for row in rows}


# --- fitted ------------------------------------------------------------------------------------------------------


def typical_adoption(replicates: int = REPLICATES, seed: int = SEED) -> Floats:
    """Return the share of staff who have ever looked by the end of each month: the typical organisation, mean over runs."""
    result = simulate(scenario_of(CASES["typical"]), replicates=replicates, seed=seed, threads=1)
    return np.asarray(result.counts[:, MONTH_DAYS - 1 :: MONTH_DAYS, COUNT.members].mean(axis=0) / result.people)


def half_widths_outside(pattern: Pattern, value: float) -> float:
    """Return how far a value lies out of a range, in half widths of it; in halves of the bound where there is only one."""
    low = -np.inf if pattern.low is None else pattern.low
    high = np.inf if pattern.high is None else pattern.high
    width = high - low if np.isfinite(high - low) else min(abs(low), abs(high))
    return max(0.0, low + EDGE * width - value, value - high + EDGE * width) / (width / 2.0)


def fitted(
    null: Null,
    adoption: Floats,
    steps: int = FIT_STEPS,
    replicates: int = REPLICATES,
    tell: Callable[[str], None] | None = None,
) -> NullModel:
    """Return a null model with the numbers that miss patterns 1 to 5 least, on the very runs that are judged.

    Of Bass, p, q and reach come from the model's own adoption by least squares. The rest by the simplex of Nelder & Mead
    (1965) over logarithms, under common random numbers. The further a pattern is out of reach, the less it counts how far:
    none within reach is given up for it. Without ``steps`` the rest stays as an earlier fit ended.
    """
    from scipy.optimize import minimize

    model: Any = null.start
    if isinstance(model, Bass):
        p, q, reach = fit_bass(1.0 + np.arange(len(adoption)), adoption)
        model = replace(model, p=p, q=q, reach=reach)
    if not steps:
        return model  # type: ignore[no-any-return]
    source = OrganisationSource(OrganisationSpec(people=PEOPLE), SEED)
    limits = np.log(list(null.free.values()))

    def at(point: Floats) -> NullModel:
        changed: NullModel = replace(model, **dict(zip(null.free, np.exp(point).tolist(), strict=True)))
        return changed

    def missed(point: Floats) -> float:
        values = measure_null(at(point), FITTED_TO, replicates, source)
        by = [half_widths_outside(row, float(values[row.name].mean())) for row in FITTED_TO]
        return sum(1.0 if np.isnan(each) else each / (1.0 + each) for each in by)

    best = np.log([getattr(model, name) for name in null.free])
    for first in FIRST_STEPS:
        corners = np.clip(np.vstack([best, best + first * np.eye(len(best))]), *limits.T)
        how = {"initial_simplex": corners, "maxfev": steps, "xatol": 0.02, "fatol": 0.005}
        found = minimize(missed, best, method="Nelder-Mead", bounds=limits, options=how)
        best = found.x
    if tell is not None:
        tell(f"{null.title}: {at(best)}, misses {found.fun:.2f} of {len(FITTED_TO)} patterns")
    return at(best)


# --- as found, without a fit -------------------------------------------------------------------------------------


def filled_by_thresholds(mean: float, sd: float, replicates: int = REPLICATES, seed: int = SEED) -> float:
    """Return the share of organisations in which thresholds alone, nobody made to begin, end above half of staff."""
    null: Any = NULLS["threshold"].start
    model = replace(null, mean=mean, sd=sd, instigators=0.0, reach=1.0)
    source = OrganisationSource(OrganisationSpec(people=PEOPLE), seed)
    rows = [replace(PATTERNS["contributed"], window=TWO_YEARS, estimator="last_month")]
    return float((measure_null(model, rows, replicates, source)["contributed"] > 0.5).mean())


def remaining(model: NullModel | None, replicates: int = REPLICATES, seed: int = SEED) -> float:
    """Return the contributors a year after 60 % of staff left, as a share of those before; of our model without a null."""
    window = TWO_YEARS - LEAVING_DAY + MONTH_WINDOW
    row = replace(PATTERNS["is_sustained"], case="leavers-60", estimator="left_of_start", window=window)
    if model is None:
        values = measure(rows=[row], replicates=replicates, seed=seed)
    else:
        values = measure_null(model, [row], replicates, OrganisationSource(OrganisationSpec(people=PEOPLE), seed))
    return float(np.nanmean(values[row.name]))
