"""A workshop's file: what is shipped is whole, and what is wrong with a file is said with its line and field."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from adoptsim import files
from adoptsim.domain.errors import InputError
from adoptsim.domain.practices import PRACTICES
from adoptsim.workshop.plan import Workshop, is_well_used, json_schema, offered
from tests.workshop.small_round import PLAN, SCENARIO, small_workshop

SHIPPED = files.shipped("workshops")


def test_three_workshops_of_half_an_hour_an_hour_and_an_hour_and_a_half_are_shipped():
    assert sorted(Workshop.load(name).minutes for name in SHIPPED) == [30, 60, 90]
    assert not set(SHIPPED) & set(files.shipped("scenarios"))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_workshop_has_all_that_a_trainer_needs(name):
    workshop = Workshop.load(name)
    assert workshop.name == name
    assert all((workshop.title, workshop.audience, workshop.story))
    assert len(workshop.lessons) >= 3
    for turn in workshop.rounds:
        assert len(turn.debrief) == 3
        assert turn.introduce
        assert all(getattr(turn.notes, phase) for phase in turn.phases)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_workshop_survives_being_written_down(name):
    workshop = Workshop.load(name)
    assert Workshop.model_validate(workshop.model_dump(mode="json")) == workshop


@pytest.mark.parametrize("name", files.shipped("scenarios"))
def test_every_scenario_makes_a_workshop_of_one_round(name):
    (turn,) = Workshop.load(name).rounds
    assert turn.phases == ("introduce", "predict", "decide", "reveal", "debrief")
    assert [question.kind for question in turn.predict] == ["lasts", "contributors", "practice"]


def test_a_workshop_about_a_scenario_sells_nothing_that_is_done_already():
    for name in files.shipped("scenarios"):
        workshop = Workshop.load(name)
        decide, used = workshop.rounds[0].decide, workshop.scenario(0).practices
        assert all(not is_well_used(used.get(one)) for one in decide.practices) or len(decide.practices) == len(PRACTICES)
    assert "critical_mass" not in Workshop.load("launch-only").rounds[0].decide.practices


def test_a_scenario_that_ends_too_soon_to_tell_what_lasts_makes_no_workshop(tmp_path):
    small_workshop(tmp_path)
    (tmp_path / "small-office.yaml").write_text(SCENARIO.replace("days: 252", "days: 140"))
    for name in ("small-office.yaml", "small-round.yaml"):
        with pytest.raises(InputError, match="before anybody can tell whether contribution lasts; give 148 or more"):
            Workshop.load(tmp_path / name)


def test_a_scenario_far_down_in_folders_makes_a_workshop_that_survives_being_written_down(tmp_path):
    far = tmp_path.joinpath(*["a-long-name-of-a-folder"] * 14)
    far.mkdir(parents=True)
    own = small_workshop(far)
    for workshop in (own, Workshop.load(far / "small-office.yaml")):
        assert Workshop.model_validate_json(workshop.model_dump_json()) == workshop


def test_a_scenario_file_makes_a_workshop_too(tmp_path):
    small_workshop(tmp_path)
    assert Workshop.load(tmp_path / "small-office.yaml").title == "A small office"


def test_scenarios_are_read_from_the_folder_of_the_workshop(tmp_path, monkeypatch):
    workshop = small_workshop(tmp_path)
    monkeypatch.chdir("/")
    assert workshop.scenario(0).organisation.people == 60


def test_what_the_story_does_well_is_not_on_offer_and_a_misuse_is(tmp_path):
    workshop = small_workshop(tmp_path)
    decide = workshop.rounds[0].decide.model_copy(update={"practices": ()})
    assert set(PRACTICES) - set(offered(decide, workshop.scenario(0))) == {"critical_mass"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("minutes: 30", "minutes: 31", ":3, minutes: 31 minutes are promised, but opening 3, rounds 25 and"),
        ("kind: lasts,", "kind: last,", "rounds[0].predict[0].kind: 'last' is not one of the choices; did you mean"),
        ("[leadership_and_champions, safe_space]}", "[safe_spaces, safe_space]}", "unknown practice 'safe_spaces'"),
        ("[leadership_and_champions, safe_space]}", "[safe_space]}", "needs two or more to choose from"),
        ("decide: 5,", "", "rounds[0].minutes.decide: teams decide in this round; give the minutes they have"),
        ("of: as-it-is, below", "of: as-it-was, below", "no policy of this file and no scenario is called 'as-it-was'"),
        ("scenario: small-office.yaml\n    minutes", "scenario: smal\n    minutes", "no scenario is called 'smal'"),
        ("scenario: small-office.yaml\n    minutes", "scenario: no.yaml\n    minutes", "no.yaml: there is no such file"),
        ("unit: changes", "unit: changes\n      starts: [0, 4]", "4 is after launch support has ended; give a month from 0"),
        ("below: 1.01", "", "claims nothing; give above or below"),
        ("title: One", "titel: One", "there is no field 'titel' here; did you mean 'title'?"),
        ("key: end", "key: lasts", "'lasts' is used twice in this round"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_and_field(tmp_path, old, new, says):
    assert old in PLAN
    (tmp_path / "small-office.yaml").write_text(SCENARIO)
    (tmp_path / "wrong.yaml").write_text(PLAN.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        Workshop.load(tmp_path / "wrong.yaml")
    assert "wrong.yaml" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("key", "right", "wrong"), [("lasts", "yes", "maybe"), ("end", 40, 101), ("best", "safe_space", "x")]
)
def test_a_guess_that_is_no_answer_is_refused(tmp_path, key, right, wrong):
    question = next(each for each in small_workshop(tmp_path).rounds[0].predict if each.key == key)
    assert question.checked(right) == right
    for value in (wrong, None, True, [right], float("nan")):
        with pytest.raises(InputError, match=key):
            question.checked(value)


def test_the_schema_knows_every_field_of_a_workshop():
    assert set(json_schema()["properties"]) == set(Workshop.model_fields)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shown_beside_the_teams_has_a_name_that_is_read_whole(name):
    workshop = Workshop.load(name)
    titles = {workshop.title_of(shown) for each in workshop.rounds for shown in each.show}
    assert [title for title in titles if len(textwrap.wrap(title, 17)) > 2] == []  # as `charts.js` breaks lines


def test_a_curve_is_asked_of_two_years_and_answered_by_a_number_for_each_of_its_months(tmp_path):
    curve = Workshop.load("why-did-our-network-die").rounds[0].predict[1]
    assert curve.checked([0, 20, 10.5, 100, 3]) == (0.0, 20.0, 10.5, 100.0, 3.0)
    for wrong in ([0, 1, 2, 3], [0, 1, 2, 3, 101], [0, 1, 2, 3, "4"], [0, 1, 2, 3, True], [[]] * 5, 7, "01234", None):
        with pytest.raises(InputError, match=r"give a number"):
            curve.checked(wrong)
    (tmp_path / "small-office.yaml").write_text(SCENARIO)
    asks = "{key: end, kind: curve, text: How many contribute at the end?}"
    (tmp_path / "x.yaml").write_text(
        PLAN.replace("{key: end, kind: contributors, text: How many contribute at the end?}", asks)
    )
    with pytest.raises(InputError, match="ends on day 252, so ask for a number"):
        Workshop.load(tmp_path / "x.yaml")


def test_the_example_of_the_manual_is_a_workshop(tmp_path):
    manual = (Path(__file__).parents[2] / "docs" / "workshop.md").read_text()
    (tmp_path / "our-scenario.yaml").write_text("name: our-scenario\n")
    (tmp_path / "our-own.yaml").write_text(manual.partition("```yaml\n")[2].partition("```")[0])
    assert Workshop.load(tmp_path / "our-own.yaml").name == "our-own"
