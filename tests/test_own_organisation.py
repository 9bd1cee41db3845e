"""`NAME@FOLDER`: shipped scenarios and experiments in an organisation of one's own."""

from pathlib import Path

import pytest

import adoptsim as ad
from adoptsim.domain.errors import InputError
from adoptsim.sweeps.experiment import Experiment

PEOPLE = 40


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "Our Staff"
    folder.mkdir()
    people = ["id,manager,department", "p0,,d0", *(f"p{i},p{i // 6},d{i % 4}" for i in range(1, PEOPLE))]
    (folder / "people.csv").write_text("\n".join(people) + "\n")
    (folder / "ties.csv").write_text("source,target\n" + "".join(f"p{i},p{(i * 7 + 3) % PEOPLE}\n" for i in range(PEOPLE)))
    return folder


def test_a_shipped_scenario_is_set_in_the_folders_organisation(own):
    scenario = ad.Scenario.load(f"lean-bundle@{own}")
    assert ad.simulate(scenario, replicates=1).summary()["people"] == PEOPLE
    assert scenario.name == "lean-bundle-in-our-staff"
    assert scenario.practices == ad.Scenario.load("lean-bundle").practices


def test_who_champions_are_and_where_a_launch_begins_stays_as_the_scenario_has_it(own):
    assert ad.Scenario.load(f"pilot-departments@{own}").organisation.seed_placement == "departments"


def test_an_experiment_is_asked_of_the_folders_organisation(own, tmp_path):
    asked = Experiment.load(f"pilot-or-big-bang@{own}")
    assert asked.base().organisation.people_file == str(own / "people.csv")
    frame = ad.sweep(asked, out=tmp_path / "s.db", replicates=1)
    assert frame.attrs["experiment"] == "pilot-or-big-bang-in-our-staff"


def test_what_files_say_themselves_is_not_varied(own):
    varied = set(Experiment.load("where-it-holds").vary) - set(Experiment.load(f"where-it-holds@{own}").vary)
    assert varied == {"organisation.people", "organisation.mean_degree"}


def test_where_nothing_would_be_left_to_vary_that_is_said(own):
    file = own.parent / "sizes.yaml"
    file.write_text("name: sizes\nscenario: typical\nuncertain: {organisation.people: [100, 200]}\nworlds: 2\n")
    with pytest.raises(InputError, match=r"has already: organisation\.people"):
        Experiment.load(f"{file}@{own}")
    file.write_text(file.read_text() + "vary: {practices.safe_space: on_off}\n")
    left = Experiment.load(f"{file}@{own}")
    assert Experiment.made(**dict(left)) == left
    assert left.n_points == 2


def test_no_answer_of_another_organisation_is_carried_along(own):
    assert Experiment.load("pilot-or-big-bang").answer
    assert not Experiment.load(f"pilot-or-big-bang@{own}").answer


def test_an_experiments_own_file_may_name_the_folder_from_where_it_lies(own):
    file = own.parent / "asked.yaml"
    file.write_text("name: asked\nscenario: typical@Our Staff\nvary: {practices.safe_space: on_off}\n")
    assert Experiment.load(file).base().organisation.people_file == str(own / "people.csv")


def test_a_file_whose_name_holds_the_sign_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a@b.yaml").write_text("name: odd\n")
    assert ad.Scenario.load("a@b.yaml").name == "odd"


def test_a_folder_whose_path_holds_the_sign_is_a_folder(own, tmp_path, monkeypatch):
    home = own.rename(tmp_path / "anna@firm")
    assert ad.Scenario.load(f"typical@{home}").organisation.people_file == str(home / "people.csv")
    monkeypatch.chdir(home)
    assert Experiment.load("ten-practices@.").base().organisation.ties_file == str(home / "ties.csv")
    (home / "asked.yaml").write_text("name: asked\nscenario: typical@.\nvary: {practices.safe_space: on_off}\n")
    assert Experiment.load(home / "asked.yaml").base().organisation.people_file == str(home / "people.csv")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("typical@~nobody-of-this-name/staff", "no people.csv"),
        (f"typical@{'x' * 5000}", "no people.csv"),
        ("typical@nowhere", "nowhere: no people.csv and no ties.csv there"),
        ("typical@", "names no folder"),
        ("@nowhere", "names no scenario"),
    ],
)
def test_what_is_missing_is_said(given, told):
    with pytest.raises(InputError, match=told):
        ad.Scenario.load(given)


def test_a_misspelt_name_is_corrected_before_the_folder_matters(own):
    with pytest.raises(InputError, match="did you mean 'typical'"):
        ad.Scenario.load(f"typcal@{own}")
