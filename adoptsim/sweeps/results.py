"""What a sweep found: frames of its runs and points, ranked, and the practices' part in it. Reads; runs nothing."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.intervals import CONFIDENCE, mean_interval, wilson
from adoptsim.simulation import FINAL, most_possible
from adoptsim.sweeps.batches import OF_A_RUN, outcomes_in, run_batches
from adoptsim.sweeps.gains import gains, spent
from adoptsim.sweeps.series import unpacked
from adoptsim.sweeps.store import read_meta, reading

MAIN = (*FINAL, "worst_department_contributors", "hours_per_person_month")
"""Outcomes that get an interval beside their mean."""
SUFFICIENT = 0.5
THRESHOLD = "critical_mass.threshold"


def load_results(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Return the points of a sweep's file, finished or not; see `point_frame`. Raises ``InputError``."""
    with reading(path) as connection:
        return point_frame(connection)


def load_runs(path: str | os.PathLike[str], measures: Sequence[str] | None = None) -> pd.DataFrame:
    """Return one row a finished run: point, the factors' levels, replicate, outcomes; in the design's order.

    ``measures``: only those outcomes of them that the file has; all when absent.
    """
    with reading(path) as connection:
        points = _points(connection)
        kept = [name for name in outcomes_in(connection) if measures is None or name in measures]
        runs = pd.concat(run_batches(connection, kept), ignore_index=True)
        factors = points[_factors(connection)]
        frame = pd.concat(
            [runs[["point"]], factors.loc[runs["point"]].reset_index(drop=True), runs.drop(columns="point")], axis=1
        )
        frame.attrs.update(_attrs(connection))
        return frame


def load_failures(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Return one row a run that raised: point, replicate, error, traceback; point -1: a baseline that is no point."""
    query = (
        "SELECT COALESCE(point, -1) AS point, replicate, error, traceback "
        "FROM failure LEFT JOIN point USING (point_key) ORDER BY 1, replicate"
    )
    with reading(path) as connection:
        return pd.read_sql_query(query, connection)


def load_series(path: str | os.PathLike[str], points: Sequence[int] | None = None) -> pd.DataFrame:
    """Return the days that a sweep has kept, one row a run and day: point, replicate, day, and each series.

    ``points``: places in the design, all when absent (200,000 runs of a year are 50 million rows). Raises ``InputError``
    if the sweep has kept none.
    """
    with reading(path) as connection:
        names = json.loads(read_meta(connection).get("series", "[]"))
        if not names:
            raise InputError(Problem("has kept no days; sweep with series=True, or --series", file=str(path)))
        query = "SELECT point, replicate, days FROM point JOIN run USING (point_key) JOIN series USING (run_key)"
        chosen = None if points is None else set(points)
        rows = [
            row for row in connection.execute(f"{query} ORDER BY point, replicate") if chosen is None or row[0] in chosen
        ]
    frames = []
    for point, replicate, blob in rows:
        days = pd.DataFrame(unpacked(blob, len(names)), columns=names)
        days.insert(0, "point", point)
        days.insert(1, "replicate", replicate)
        days.insert(2, "day", np.arange(len(days)))
        frames.append(days)
    columns = ["point", "replicate", "day", *names]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def point_frame(connection: sqlite3.Connection) -> pd.DataFrame:
    """Return one row a point, in the design's order.

    Columns: the factors, named as the experiment varies them; ``n_practices`` in use; ``n`` finished runs; ``reached``,
    the probability of critical mass, with its Wilson interval ``reached_low``, ``reached_high``; the median
    ``reached_day`` of the runs that reached it; the main outcomes' means with ``_low`` and ``_high`` (95 %, Student);
    the other outcomes' means; where a precision was asked for, the ``gain`` over the base scenario in that outcome with
    ``gain_low`` and ``gain_high``. NaN where nothing was measured. ``attrs`` say where it comes from.
    """
    points, attrs = _points(connection), _attrs(connection)
    outcome = attrs["precision"]["outcome"] if "precision" in attrs else None
    parts = [_summary(connection, runs, outcome) for runs in run_batches(connection, outcomes_in(connection))]
    summary = pd.concat(parts).reindex(points.index)
    summary["n"] = summary["n"].fillna(0).astype(int)
    frame = pd.concat([points, summary], axis=1)
    if outcome is not None:
        attrs["precision"] |= spent(frame, attrs)
    frame.attrs.update(attrs)
    return frame


def _summary(connection: sqlite3.Connection, runs: pd.DataFrame, gain_in: str | None) -> pd.DataFrame:
    """Return one row a point of some points' runs: how many, each outcome's columns, and the gain where one is asked for."""
    grouped = runs.groupby("point", sort=True)
    columns: dict[str, Any] = {"n": grouped.size()}
    for name in runs.columns.drop(list(OF_A_RUN)):
        columns |= _summaries(name, grouped[name])
    summary = pd.DataFrame(columns)
    return summary if gain_in is None else summary.join(gains(connection, runs, gain_in))


RANKINGS = {
    "chance": ("reached", "contributors", "n_practices"),
    "lowest": ("worst_department_contributors", "reached", "n_practices"),
}
"""What points are ranked by: the chance of critical mass, or contributors in the department where they are fewest."""


def rank(frame: pd.DataFrame, by: str = "chance") -> pd.DataFrame:
    """Return the points best first, by one of RANKINGS; of equals the one with fewer practices."""
    known = [name for name in RANKINGS[by] if name in frame]
    if RANKINGS[by][0] not in frame and by != "chance":
        raise InputError(Problem(f"{RANKINGS[by][0]} was not measured; add it to the experiment's measures", "measure"))
    ascending = [name == "n_practices" for name in known]
    return frame.sort_values(known, ascending=ascending, kind="stable", na_position="last")


def over_worlds(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row a policy: means over the worlds it was tried in, every world counting alike.

    As `point_frame`, with the policies' levels only, and ``worlds``: how many; ``reached_worst``: the probability of
    critical mass in the worst of them; ``worlds_enough``: in what share of them it is at least a half. Intervals are
    Student's over the worlds' values (worlds are what was sampled, not runs). A frame without worlds stays as it is.
    """
    uncertain = [name for name in frame.attrs.get("uncertain", ()) if name in frame]
    if not uncertain:
        return frame
    policies = [name for name in frame.attrs["factors"] if name not in uncertain]
    bounds = [name for name in frame if str(name).endswith(("_low", "_high"))]
    values = frame.drop(columns=[*uncertain, *bounds])
    grouped = values.groupby(policies, sort=False, dropna=False) if policies else values.groupby(lambda _: 0)
    made = grouped.mean()
    made["n"] = grouped["n"].sum()
    made["n_practices"] = grouped["n_practices"].first()
    made["worlds"] = grouped.size()
    made["reached_worst"] = grouped["reached"].min()
    made["worlds_enough"] = grouped["reached"].agg(lambda reached: (reached >= SUFFICIENT).mean())
    for name in {str(bound).removesuffix("_low").removesuffix("_high") for bound in bounds}:
        known, spread = grouped[name].count(), grouped[name].std()
        half = stdtrit(known - 1.0, 0.5 + CONFIDENCE / 2.0) * spread / np.sqrt(known)
        least, most = (-np.inf, np.inf) if name == "gain" else (0.0, most_possible(name))
        made[f"{name}_low"] = (made[name] - half).clip(least, most)
        made[f"{name}_high"] = (made[name] + half).clip(least, most)
    counted = [
        wilson(round(float(p) * int(n)) if p == p else 0, int(n) if p == p else 0)
        for p, n in zip(made["reached"], made["n"], strict=True)
    ]
    made["reached_low"] = np.fmin(made["reached_low"], [each.low for each in counted])  # never narrower than runs allow
    made["reached_high"] = np.fmax(made["reached_high"], [each.high for each in counted])
    made = made.reset_index(drop=not policies)
    made.index.name = "point"
    order = [name for name in frame.columns if name in made] + ["worlds", "reached_worst", "worlds_enough"]
    made = made[order]
    made.attrs.update(frame.attrs | {"factors": policies, "uncertain": [], "worlds": int(made["worlds"].max())})
    return made


def smallest_sufficient(frame: pd.DataFrame, probability: float = SUFFICIENT, *, bound: str = "low") -> pd.DataFrame:
    """Return the bundles that suffice while none of their sub-bundles does, fewest practices first.

    Where other factors than practices vary, such as the size of the organisation, bundles are held against those with the
    same levels of them.

    Parameters
    ----------
    probability
        What the probability of critical mass must be at least.
    bound
        Of its interval: ``low`` (sure of it), ``value`` (best guess) or ``high`` (cannot be ruled out).
    """
    column = {"low": "reached_low", "value": "reached", "high": "reached_high"}[bound]
    switches = on_off_factors(frame)
    if not switches:
        raise InputError(Problem("no factor is on or off, so there are no bundles to compare; vary something with on_off"))
    enough = frame[frame[column] >= probability]
    masks = _masks(enough, switches)
    others = [name for name in _factor_columns(frame) if name not in switches]
    levels = list(enough[others].itertuples(index=False, name=None)) if others else [()] * len(enough)
    minimal: list[int] = []
    for place in np.argsort([mask.bit_count() for mask in masks], kind="stable"):
        beside = [kept for kept in minimal if levels[kept] == levels[place]]
        if not any(masks[kept] & ~masks[place] == 0 and masks[kept] != masks[place] for kept in beside):
            minimal.append(int(place))
    return rank(enough.iloc[minimal]).sort_values("n_practices", kind="stable")


def practice_effects(runs: pd.DataFrame, outcome: str = "reached") -> pd.DataFrame:
    """Return what each on/off factor adds to an outcome: with it minus without, the others alike.

    Averaged over all pairs of points that differ in that factor only; the interval is over replicates, whose people and
    luck both points of a pair share; of those only that every pair has, since where a precision was asked for the pairs that
    are left for long are the noisy ones. Columns ``factor``, ``effect``, ``low``, ``high``, ``n_pairs``; largest first.
    """
    switches = on_off_factors(runs)
    wide = runs.pivot(index="point", columns="replicate", values=outcome)
    levels = runs.drop_duplicates("point").set_index("point").loc[wide.index]
    factors = _factor_columns(runs)
    rows = []
    for switch in switches:
        with_it, without = _pairs(levels, switch, [name for name in factors if name != switch])
        added = wide.loc[with_it].to_numpy() - wide.loc[without].to_numpy()
        whole = ~np.isnan(added).any(axis=0) if len(with_it) else np.zeros(0, np.bool_)
        by_replicate = added[:, whole].mean(axis=0) if whole.any() else []
        rows.append((switch, *mean_interval(by_replicate), len(with_it)))
    effects = pd.DataFrame(rows, columns=["factor", "effect", "low", "high", "n_pairs"])
    return effects.sort_values("effect", ascending=False, kind="stable", ignore_index=True)


def on_off_factors(frame: pd.DataFrame) -> list[str]:
    """Return the factors that are on or off, in the experiment's order."""
    return [name for name in _factor_columns(frame) if frame[name].dtype == bool]


def export(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a frame as CSV or Parquet, by the file's ending, whole or not at all. Raises ``InputError``."""
    where = Path(path).expanduser()
    part = where.with_name(f".{where.stem}.{os.getpid()}.part{where.suffix}")
    try:
        if where.suffix == ".csv":
            frame.to_csv(part, index=False, lineterminator="\n")
            part.replace(where)
        elif where.suffix == ".parquet":
            storable(frame).to_parquet(part, index=False)
            part.replace(where)
        else:
            raise InputError(Problem("ends in neither .csv nor .parquet; give one of the two", file=str(where)))
    except ImportError:
        message = "Parquet needs pyarrow, which is not installed: pip install pyarrow; or give a .csv file"
        raise InputError(Problem(message, file=str(where))) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(Problem(f"cannot be written: {reason}", file=str(where))) from None
    finally:
        part.unlink(missing_ok=True)


def storable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame that Parquet can hold: columns of mixed levels, such as on and 0.5, as text."""
    return frame.astype({name: str for name in frame if frame[name].dtype == object})


def _points(connection: sqlite3.Connection) -> pd.DataFrame:
    """Return one row a point: its factors, on/off ones as bool, and the number of practices."""
    rows = connection.execute("SELECT point, factors, n_practices FROM point ORDER BY point").fetchall()
    index = pd.Index([row[0] for row in rows], name="point")
    factors = pd.DataFrame([json.loads(row[1]) for row in rows], index=index)
    return factors.assign(n_practices=[row[2] for row in rows])


def _factors(connection: sqlite3.Connection) -> list[str]:
    asked = json.loads(read_meta(connection)["experiment"])
    return [*asked["vary"], *(asked.get("uncertain") or ())]


def _attrs(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return where a frame comes from, as plain data."""
    meta = read_meta(connection)
    experiment, scenario = json.loads(meta["experiment"]), json.loads(meta["scenario"])
    ((failed,),) = connection.execute("SELECT count(*) FROM failure")
    ((finished,),) = connection.execute("SELECT count(*) FROM run")
    ((keys,),) = connection.execute("SELECT count(DISTINCT point_key) FROM point")
    ((beside,),) = connection.execute("SELECT count(*) FROM run WHERE point_key NOT IN (SELECT point_key FROM point)")
    precision, factors = json.loads(meta.get("precision", "null")), _factors(connection)
    ended = meta.get("ended") is not None and precision is not None
    return {
        "experiment": experiment["name"],
        "title": experiment["title"],
        "factors": factors,
        "uncertain": list(experiment.get("uncertain") or ()),
        "scenario": scenario["name"],
        "base_practices": [name for name, use in scenario["practices"].items() if use["intensity"] > 0],
        "people": int(meta["people"]),
        "threshold": None if THRESHOLD in factors else scenario["critical_mass"]["threshold"],
        "seed": int(meta["seed"]),
        "replicates": int(meta["replicates"]),
        "model_version": meta["model_version"],
        "runs": finished + failed if ended else keys * int(meta["replicates"]),
        "finished": finished,
        "failed": failed,
        "keys": keys,
        "baseline_runs": beside,
    } | ({"precision": precision} if precision else {})


def _summaries(name: str, grouped: Any) -> dict[str, pd.Series]:
    """Return the columns of one outcome."""
    if name == "reached":
        known, hits = grouped.count(), grouped.sum()
        bounds = [wilson(int(k), int(n)) for k, n in zip(hits, known, strict=True)]
        columns = {
            "reached": [b.value for b in bounds],
            "reached_low": [b.low for b in bounds],
            "reached_high": [b.high for b in bounds],
        }
        return {column: pd.Series(values, index=known.index, dtype=float) for column, values in columns.items()}
    if name == "reached_day":
        return {name: grouped.median()}
    mean = grouped.mean()
    if name not in MAIN:
        return {name: mean}
    n = grouped.count()
    half = stdtrit(n - 1.0, 0.5 + CONFIDENCE / 2.0) * grouped.std() / np.sqrt(n)
    most = most_possible(name)
    return {name: mean, f"{name}_low": (mean - half).clip(0.0, most), f"{name}_high": (mean + half).clip(0.0, most)}


def _factor_columns(frame: pd.DataFrame) -> list[str]:
    """Return the factors: as the frame says, or all columns before ``n_practices``, ``replicate`` or ``n``."""
    if "factors" in frame.attrs:
        return [name for name in frame.attrs["factors"] if name in frame]
    ends = ("n_practices", "replicate", "n")
    return [name for name in itertools.takewhile(lambda column: column not in ends, frame.columns) if name != "point"]


def _masks(frame: pd.DataFrame, switches: Sequence[str]) -> list[int]:
    """Return each row's bundle as a number, a bit a factor."""
    return [sum(1 << bit for bit, on in enumerate(row) if on) for row in frame[list(switches)].to_numpy()]


def _pairs(levels: pd.DataFrame, switch: str, others: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return points with a factor and, in the same order, their twins without it."""
    twins: dict[Any, dict[bool, int]] = {}
    for point, on, *rest in zip(levels.index, levels[switch], *(levels[name] for name in others), strict=True):
        twins.setdefault(tuple(rest), {})[bool(on)] = int(point)
    both = [pair for pair in twins.values() if len(pair) == 2]
    return [pair[True] for pair in both], [pair[False] for pair in both]
