"""`adoptsim explain` as somebody at a terminal meets it, and who is unheard in `run`, `compare` and `results`."""

import json

import numpy as np
import pytest

import adoptsim as ad
from adoptsim import cli
from adoptsim.analysis.explain import explain, middle_run, practice_named

USED = "critical_mass: true, act_on_contributions: true, safe_space: 0.5"
SCENARIO = """
name: small
title: A small one
organisation: {people: 60}
parameters: {prompt_rate: 0.8, lurker_share: 0.4, activation_base: 2.0}
practices: {USED}
horizon: {days: 80, support_until: 30}
critical_mass: {held_days: 21, after_support_days: 21}
""".replace("USED", USED)
EXPERIMENT = """
name: tiny
title: A tiny one
question: Which?
scenario: small.yaml
replicates: 2
vary:
  practices.critical_mass: on_off
"""
FEW = ("--replicates", "4", "-q", "--threads", "1")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs a command in a folder of its own: its code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    files = {
        "small": SCENARIO,
        "other": SCENARIO.replace("name: small", "name: other").replace("safe_space", "negative_comments"),
        "larger": SCENARIO.replace("people: 60", "people: 70"),
        "bare": SCENARIO.replace(USED, ""),
    }
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "tiny.yaml").write_text(EXPERIMENT)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(list(arguments))
        return code, *capsys.readouterr()

    return command


def test_explain_answers_from_the_whole_down_to_one_person(run):
    code, out, err = run("explain", "small.yaml", *FEW, "--share-replicates", "2", "--plot", "why.png")
    assert (code, err) == (0, "plot: why.png\n")
    parts = ["What each practice adds", "The same people and luck, without practice", "Where the two first part"]
    places = [out.index(part) for part in [*parts, "How the difference spreads", "One person's story"]]
    assert places == sorted(places)


def test_explain_as_json_is_one_object_and_the_same_every_time(run):
    first = run("explain", "small.yaml", *FEW, "--no-shares", "--without", "7", "--json")
    again = run("explain", "small.yaml", *FEW, "--no-shares", "--without", "act_on_contributions", "--json")
    assert first == again
    found = json.loads(first[1])
    assert found["against"]["practice"] == "act_on_contributions"
    assert found["shares"] is None
    assert set(found) >= {"first_parting", "spread", "story", "seed", "replicates"}
    assert found["first_parting"]["day"] <= found["story"]["parted"]


def test_two_scenarios_that_do_the_same_never_part(run):
    code, out, _ = run("explain", "small.yaml", "--against", "small.yaml", *FEW, "--no-shares")
    assert code == 0
    assert "the same to the end" in out


def test_another_scenario_of_the_same_people_can_be_held_against_it(run):
    _, out, _ = run("explain", "small.yaml", "--against", "other.yaml", *FEW, "--no-shares", "--json")
    found = json.loads(out)
    assert (found["against"]["name"], found["against"]["practice"]) == ("under other", None)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("small.yaml", "--against", "larger.yaml"), "organisation: small and small differ"),
        (("small.yaml", "--without", "3"), "leadership_and_champions is not in use"),
        (("small.yaml", "--without", "safe_spaec"), "did you mean 'safe_space'?"),
        (("small.yaml", "--without", "7", "--against", "other.yaml"), "give --against or --without, not both"),
        (("small.yaml", "--person", "60"), "give a number from 0 to 59"),
        (("small.yaml", "--run", "4"), "give a number from 0 to 3"),
        (("bare.yaml",), "name another scenario with --against"),
    ],
)
def test_what_cannot_be_explained_is_said(run, arguments, says):
    code, out, err = run("explain", *arguments, *FEW, "--no-shares")
    assert (code, out) == (2, "")
    assert says in err


def test_by_default_the_practice_is_left_out_whose_loss_costs_most_contributors():
    scenario = ad.Scenario.parse(SCENARIO)
    found = explain(scenario, replicates=4, shares=False, threads=1)
    gains = {
        name: explain(scenario, without=name, replicates=4, shares=False, threads=1).other.gain.value
        for name in scenario.practices
    }
    assert found.other.practice == max(gains, key=gains.__getitem__)
    assert found.other.gain.value == max(gains.values())


def test_the_run_that_is_told_is_the_one_in_the_middle():
    assert middle_run(np.array([0.9, 0.1, 0.5])) == 2
    assert middle_run(np.array([0.3])) == 0


def test_a_practice_is_known_by_name_and_number():
    assert practice_named("7", ("act_on_contributions",)) == practice_named(
        "act_on_contributions", ("act_on_contributions",)
    )


def test_run_and_compare_say_who_is_heard(run):
    _, out, _ = run("run", "small.yaml", *FEW)
    assert [part for part in ("Who is heard", "Senior leaders", "Worst-off department") if part not in out] == []
    _, out, _ = run("compare", "small.yaml", "other.yaml", *FEW)
    assert "Contribute, worst-off department" in out


def test_results_can_be_ranked_by_the_worst_off(run):
    run("sweep", "tiny.yaml", "-q")
    _, out, _ = run("results", "tiny.db", "--rank-by", "lowest", "--json")
    ranked = [row["worst_department_contributors"]["mean"] for row in json.loads(out)["ranked"]]
    assert ranked == sorted(ranked, reverse=True)
    _, out, _ = run("results", "tiny.db", "--rank-by", "lowest")
    assert "Worst off" in out
