"""Ranking, smallest sufficient bundles and effects have known answers on frames made by hand."""

from __future__ import annotations

import itertools
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sweeps.sweeping import as_csv, small_experiment

from adoptsim.commands import sweep as command
from adoptsim.domain.errors import InputError
from adoptsim.sweeps import results
from adoptsim.sweeps.measures import MEASURES
from adoptsim.sweeps.plan import make_plan
from adoptsim.sweeps.results import (
    export,
    load_results,
    load_runs,
    on_off_factors,
    over_worlds,
    practice_effects,
    rank,
    smallest_sufficient,
)
from adoptsim.sweeps.runner import sweep
from adoptsim.sweeps.runs import Run
from adoptsim.sweeps.store import open_store

FACTORS = ("practices.a", "practices.b", "practices.c")


def bundles(reached: dict[str, float]) -> pd.DataFrame:
    """Return all bundles of a, b and c; ``reached`` by the letters of the bundle, 0 where not given."""
    rows = []
    for levels in itertools.product((False, True), repeat=3):
        name = "".join(letter for letter, on in zip("abc", levels, strict=True) if on)
        chance = reached.get(name, 0.0)
        numbers = {"n_practices": sum(levels), "n": 16, "reached": chance, "contributors": chance / 2}
        bounds = {"reached_low": max(0.0, chance - 0.2), "reached_high": min(1.0, chance + 0.2)}
        rows.append(dict(zip(FACTORS, levels, strict=True)) | numbers | bounds | {"name": name})
    return pd.DataFrame(rows)


def test_the_best_come_first_then_more_contributors_then_fewer_practices() -> None:
    frame = bundles({"a": 0.8, "ab": 0.8, "abc": 0.9, "b": 0.8, "c": 0.1})
    frame.loc[frame["name"] == "b", "contributors"] = 0.6
    frame.loc[frame["name"] == "bc", "reached"] = np.nan
    assert list(rank(frame)["name"])[:5] == ["abc", "b", "a", "ab", "c"]
    assert list(rank(frame)["name"])[-1] == "bc"


def test_points_can_be_ranked_by_their_worst_off_department() -> None:
    frame = bundles({"abc": 0.9}).assign(worst_department_contributors=0.1)
    frame.loc[frame["name"] == "c", "worst_department_contributors"] = 0.3
    frame.loc[frame["name"] == "a", "worst_department_contributors"] = np.nan
    ranked = list(rank(frame, "lowest")["name"])
    assert (ranked[:3], ranked[-1]) == (["c", "abc", ""], "a")


def test_what_was_not_measured_ranks_nothing() -> None:
    with pytest.raises(InputError, match="worst_department_contributors was not measured"):
        rank(bundles({}), "lowest")


def test_a_bundle_with_a_sufficient_part_is_not_among_the_smallest() -> None:
    frame = bundles({"a": 0.8, "ab": 0.9, "ac": 0.95, "bc": 0.75, "abc": 1.0, "b": 0.6})
    assert list(smallest_sufficient(frame)["name"]) == ["a", "bc"]


def test_how_sure_and_how_likely_can_be_asked() -> None:
    frame = bundles({"a": 0.8, "b": 0.6, "bc": 0.75, "abc": 1.0})
    assert list(smallest_sufficient(frame, 0.5, bound="value")["name"]) == ["a", "b"]
    assert list(smallest_sufficient(frame, 0.75, bound="low")["name"]) == ["abc"]
    assert list(smallest_sufficient(frame, 0.75, bound="high")["name"]) == ["a", "b"]
    assert smallest_sufficient(bundles({})).empty


def test_no_practice_at_all_can_be_enough() -> None:
    assert list(smallest_sufficient(bundles({"": 0.9, "a": 1.0, "abc": 1.0}))["name"]) == [""]


def test_without_on_off_factors_there_are_no_bundles() -> None:
    frame = pd.DataFrame({"levers.answer_prob": [0.1, 0.2], "n": [2, 2], "reached": [0.0, 1.0]})
    assert on_off_factors(frame) == []
    with pytest.raises(InputError, match="vary something with on_off"):
        smallest_sufficient(frame)


def test_effects_are_differences_of_pairs_with_intervals_over_replicates() -> None:
    """``a`` adds 0.4 and 0.6 in the two replicates, ``b`` nothing, ``c`` takes 0.1."""
    rows = []
    for point, (a, b, c) in enumerate(itertools.product((False, True), repeat=3)):
        for replicate, gain in enumerate((0.4, 0.6)):
            values = {"replicate": replicate, "reached": 0.3 + a * gain - 0.1 * c}
            rows.append({"point": point, **dict(zip(FACTORS, (a, b, c), strict=True)), **values})
    effects = practice_effects(pd.DataFrame(rows)).set_index("factor")
    assert list(effects.index) == ["practices.a", "practices.b", "practices.c"]
    assert effects["effect"].to_numpy() == pytest.approx([0.5, 0.0, -0.1])
    assert effects.loc["practices.a", "low"] == pytest.approx(0.5 - 12.7062 * 0.1, abs=1e-4)
    assert effects.loc["practices.c", ["low", "high"]].to_numpy(float) == pytest.approx([-0.1, -0.1])
    assert set(effects["n_pairs"]) == {4}


def test_a_missing_run_drops_its_pair_only() -> None:
    rows = [
        {"point": point, "practices.a": bool(point), "replicate": replicate, "reached": float(point)}
        for point in (0, 1)
        for replicate in (0, 1, 2)
    ][:-1]
    (effect,) = practice_effects(pd.DataFrame(rows)).to_dict("records")
    assert effect["effect"] == 1.0
    assert effect["low"] == 1.0


def test_a_csv_is_the_frame_and_reads_back(tmp_path: Path) -> None:
    frame = sweep(small_experiment(tmp_path), out=tmp_path / "small.db")
    export(frame, tmp_path / "points.csv")
    assert (tmp_path / "points.csv").read_text() == as_csv(load_results(tmp_path / "small.db"))
    again = pd.read_csv(tmp_path / "points.csv")
    assert list(again.columns) == list(frame.columns)
    np.testing.assert_array_equal(again["trust"], frame["trust"])


def test_parquet_keeps_what_csv_keeps(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="Parquet needs pyarrow: pip install pyarrow")
    frame = bundles({"a": 0.5})
    export(frame, tmp_path / "points.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "points.parquet"), frame)


def test_an_unknown_ending_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ends in neither \.csv nor \.parquet"):
        export(bundles({}), tmp_path / "points.xlsx")
    with pytest.raises(InputError, match="cannot be written"):
        export(bundles({}), tmp_path / "none" / "points.csv")


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*args: object, **how: object) -> None:
        raise ImportError("no pyarrow")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", missing)
    with pytest.raises(InputError, match="pip install pyarrow"):
        export(bundles({}), tmp_path / "points.parquet")


def test_factors_keep_the_order_of_the_experiment(tmp_path: Path) -> None:
    frame = sweep(small_experiment(tmp_path, "trust_employees", "safe_space", replicates=1))
    assert list(frame.columns[:4]) == ["practices.trust_employees", "practices.safe_space", "n_practices", "n"]
    assert frame.attrs["factors"] == ["practices.trust_employees", "practices.safe_space"]
    assert (frame.attrs["runs"], frame.attrs["finished"], frame.attrs["failed"]) == (4, 4, 0)


def test_what_is_read_is_of_one_moment_though_a_sweep_grows_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, read = tmp_path / "small.db", results._points
    vary = {"practices.safe_space": [False, True], "practices.critical_mass": [False]}
    sweep(small_experiment(tmp_path, vary=vary), out=out)
    plan = make_plan(small_experiment(tmp_path))
    new = [job for job in plan.jobs() if job.point_key == plan.points[-1].key]

    with open_store(out) as store:

        def then_it_grows(connection: sqlite3.Connection) -> pd.DataFrame:
            points = read(connection)
            store.redesign(store.meta(), plan)
            store.add([Run(job, 0.1, (0.5,) * len(MEASURES)) for job in new])
            return points

        with monkeypatch.context() as patched:
            patched.setattr(results, "_points", then_it_grows)
            assert len(load_runs(out)) == 6
        assert len(load_runs(out)) == 9


def test_a_file_of_results_is_not_written_over_the_sweep(tmp_path: Path) -> None:
    out = tmp_path / "small.csv"  # a sweep's file may be called anything
    sweep(small_experiment(tmp_path), out=out)
    (tmp_path / "link.csv").symlink_to(out)
    before = out.read_bytes()
    for table in (out, tmp_path / "link.csv"):
        with pytest.raises(InputError, match=r"--csv: is the sweep that is read, and would be lost; give another file"):
            command.results(out, csv=table)
    assert out.read_bytes() == before


def test_where_the_threshold_is_varied_no_number_is_said_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, page = tmp_path / "small.db", tmp_path / "page.html"
    sweep(small_experiment(tmp_path, vary={"critical_mass.threshold": [0.1, 0.5]}), out=out)
    command.results(out, report=page, plot=tmp_path / "p.png")
    said = " ".join(capsys.readouterr().out.split())
    assert "Lasts: contributors reach the share of staff asked for at each point (critical_mass.threshold) and stay" in said
    assert "10 % of staff" not in said
    assert "Critical mass in the base scenario, varied here" in page.read_text()


def test_a_bundle_is_held_against_those_in_the_same_circumstances_only() -> None:
    """Where people are few nothing need be done; where they are many, one practice is the least that is enough."""
    few = bundles(dict.fromkeys(("", "a", "b", "c", "ab", "ac", "bc", "abc"), 0.9)).assign(people=100)
    many = bundles({"a": 0.9, "ab": 0.9}).assign(people=1000)
    frame = pd.concat([few, many], ignore_index=True)
    frame.attrs["factors"] = [*FACTORS, "people"]
    found = smallest_sufficient(frame)
    assert sorted(zip(found["people"], found["name"], strict=True)) == [(100, ""), (1000, "a")]


def test_where_some_points_have_more_replicates_their_pairs_count_no_more() -> None:
    """One pair of no effect that stopped after 4 runs and a noisy one of .5 that went on: .25 on average."""
    rows = [
        {"point": 2 * where + on, "practices.a": bool(on), "where": where, "replicate": each, "n_practices": on}
        | {"reached": 0.5 * on * where + 0.01 * each * on}
        for where, n in ((0, 4), (1, 64))
        for on in (0, 1)
        for each in range(n)
    ]
    frame = pd.DataFrame(rows)
    frame.attrs["factors"] = ["practices.a", "where"]
    assert practice_effects(frame)["effect"].item() == pytest.approx(0.25 + 0.01 * 1.5)


def test_over_worlds_a_loss_keeps_an_interval_below_nothing() -> None:
    frame = pd.DataFrame(
        {"practices.a": [True, True], "world": [0, 1], "n_practices": 1, "n": 16, "reached": [0.1, 0.2]}
        | {"reached_low": 0.0, "reached_high": 0.5, "gain": [-0.3, -0.2], "gain_low": -0.4, "gain_high": -0.1}
    )
    frame.attrs.update({"factors": ["practices.a", "world"], "uncertain": ["world"]})
    found = over_worlds(frame).iloc[0]
    assert found["gain_low"] < found["gain"] == pytest.approx(-0.25)
    assert found["gain"] < found["gain_high"] != 0.0


def test_a_table_that_cannot_be_written_whole_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "t.csv"
    out.write_text("before")

    def fails(_: pd.DataFrame, where: Path, **__: object) -> None:
        where.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", fails)
    with pytest.raises(InputError, match="no space left"):
        export(bundles({}), out)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("t.csv", "before")]
