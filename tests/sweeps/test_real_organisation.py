"""The main job on a real organisation: 1,005 people and their e-mail ties, read from files."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

import adoptsim as ad
from adoptsim.report.figures import figure_bundles
from adoptsim.sweeps.results import rank

DATA = Path(__file__).parents[2].parent / "shared" / "data"
VARIED = ("leadership_and_champions", "organisations_purpose", "critical_mass")


@pytest.fixture
def experiment(tmp_path):
    """Return a small sweep on email-Eu-core, its files written as a user would have them."""
    if not DATA.is_dir():
        pytest.skip("the public email-Eu-core files are not here; they are not part of the project")
    with (DATA / "email_eu_core_departments.csv").open() as source, (tmp_path / "people.csv").open("w") as target:
        rows = csv.writer(target)
        rows.writerow(["id", "manager", "department"])
        rows.writerows([row["id"], "", row["department"]] for row in csv.DictReader(source))
    (tmp_path / "ties.csv").write_bytes(gzip.decompress((DATA / "email_eu_core_edges.csv.gz").read_bytes()))
    (tmp_path / "institute.yaml").write_text(
        "name: institute\ntitle: A research institute\nstory: Read from files.\n"
        "organisation: {people_file: people.csv, ties_file: ties.csv}\npractices: {}\n"
    )
    varied = "\n".join(f"  practices.{name}: on_off" for name in VARIED)
    (tmp_path / "few.yaml").write_text(
        f"name: few\ntitle: A few\nquestion: Which of three?\nscenario: institute.yaml\nreplicates: 2\nvary:\n{varied}\n"
    )
    return ad.Experiment.load(str(tmp_path / "few.yaml"))


def test_the_sweep_ends_with_a_ranked_table_and_a_figure(experiment, tmp_path):
    frame = rank(ad.sweep(experiment, out=str(tmp_path / "few.db")))
    assert len(frame) == 8
    assert frame.attrs["people"] == 1005
    assert frame["reached"].is_monotonic_decreasing
    assert frame.iloc[0][[f"practices.{name}" for name in VARIED]].astype(float).sum() >= 2
    figure_bundles(frame).savefig(tmp_path / "few.png")
    assert (tmp_path / "few.png").stat().st_size > 10_000
