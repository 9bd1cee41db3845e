"""What is read is what was written; shipped names, the user's own organisation, and public data of the same form."""

from __future__ import annotations

import csv
import gzip
import re
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adoptsim import files
from adoptsim.domain.errors import InputError
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.organisation import Organisation
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.files import Scenario

PUBLIC_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

RICH = """\
name: rich
title: "Safe: but late"
story: |
  First nothing happens.
  Then it does.
organisation: {people: 120, champion_placement: cluster}
practices:
  safe_space: {start: 21, ramp: 10, variant: with_anonymity, departments: ["1", sales]}
  act_on_contributions: 0.5
  critical_mass: true
  negative_comments: false
levers: {answer_prob: 0.3}
parameters: {reward_rate: 0.2}
horizon: {days: 252}
critical_mass: {threshold: 0.2}
"""


def organisation_files(folder: Path, people: str, ties: str) -> OrganisationSpec:
    """Return a spec of two files written into a folder."""
    (folder / "people.csv").write_text(people, encoding="utf-8")
    (folder / "ties.csv").write_text(ties, encoding="utf-8")
    return OrganisationSpec(people_file=str(folder / "people.csv"), ties_file=str(folder / "ties.csv"))


PEOPLE = "id,manager,department,role\nann,,top,leader\nbob,ann,sales,\ncyd,ann,sales,employee\ndee,bob,sales,champion\n"
TIES = "source,target,weight\nann,bob,1\nbob,cyd,0.5\ndee,dee,1\ncyd,dee,\n"


def read(spec: OrganisationSpec) -> Organisation:
    """Return the organisation of a spec for seed 1."""
    return files.read_organisation(spec, seed=1, replicate=0)


# --- scenarios -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", files.shipped("scenarios"))
def test_every_shipped_scenario_loads_under_its_own_name(name: str) -> None:
    assert Scenario.load(name).name == name


def test_shipped_names_are_sorted_and_found() -> None:
    names = files.shipped("scenarios")
    assert "no-support" in names
    assert names == sorted(names)


def test_in_an_installed_package_shipped_files_lie_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "adoptsim" / "_shipped" / "scenarios"
    inside.mkdir(parents=True)
    Scenario(name="travelled").save(inside / "travelled.yaml")
    monkeypatch.setattr(resources, "files", lambda package: tmp_path / package)
    assert files.shipped("scenarios") == ["travelled"]
    assert Scenario.load("travelled").name == "travelled"


@pytest.mark.parametrize("name", files.shipped("scenarios"))
def test_shipped_scenarios_survive_saving_and_loading(name: str, tmp_path: Path) -> None:
    scenario = Scenario.load(name)
    scenario.save(tmp_path / "copy.yaml")
    assert Scenario.load(tmp_path / "copy.yaml") == scenario


def test_a_rich_scenario_survives_saving_and_loading(tmp_path: Path) -> None:
    scenario = Scenario.parse(RICH)
    scenario.save(tmp_path / "rich.yaml")
    assert Scenario.load(tmp_path / "rich.yaml") == scenario


def test_a_saved_scenario_reads_as_a_person_would_write_it(tmp_path: Path) -> None:
    Scenario.parse(RICH).save(tmp_path / "rich.yaml")
    written = (tmp_path / "rich.yaml").read_text(encoding="utf-8")
    assert written.startswith("name: rich\n")
    assert "  critical_mass: true\n" in written
    assert "  act_on_contributions: 0.5\n" in written
    assert "support_until" not in written, "defaults are left out"


@pytest.mark.parametrize("story", ["a: b # c", "- x", "\ttab", "two\n\nparagraphs\n", " lead", "é ☃", "x\n  y", "#", "1"])
def test_any_story_survives_saving_and_loading(story: str, tmp_path: Path) -> None:
    scenario = Scenario(name="story", story=story)
    scenario.save(tmp_path / "story.yaml")
    assert Scenario.load(tmp_path / "story.yaml").story == story


def test_saving_into_a_missing_folder_is_a_friendly_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        Scenario(name="x").save(tmp_path / "missing" / "x.yaml")
    assert list(tmp_path.iterdir()) == []


def test_text_that_cannot_be_encoded_leaves_the_old_file(tmp_path: Path) -> None:
    Scenario(name="old").save(tmp_path / "x.yaml")
    with pytest.raises(InputError):
        files.write_text(tmp_path / "x.yaml", "\udc80")
    assert Scenario.load(tmp_path / "x.yaml").name == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]


def test_files_of_an_organisation_are_found_from_the_scenarios_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation_files(tmp_path, PEOPLE, TIES)
    (tmp_path / "own.yaml").write_text("name: own\norganisation: {people_file: people.csv, ties_file: ./ties.csv}\n")
    monkeypatch.chdir(tmp_path.parent)
    scenario = Scenario.load(f"{tmp_path.name}/own.yaml")
    assert scenario.organisation.people_file == str(tmp_path / "people.csv")
    assert read(scenario.organisation).n_people == 4


def test_a_scenario_saved_beside_its_files_names_them_from_there(tmp_path: Path) -> None:
    spec = organisation_files(tmp_path, PEOPLE, TIES)
    Scenario(name="own", organisation=spec).save(tmp_path / "own.yaml")
    assert "people_file: people.csv\n" in (tmp_path / "own.yaml").read_text()
    assert Scenario.load(tmp_path / "own.yaml").organisation == spec


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xef\xbb\xbf" + RICH.replace("\n", "\r\n").encode())
    assert Scenario.load(tmp_path / "x.yaml") == Scenario.parse(RICH)


def test_practices_off_in_shorthand_have_no_intensity() -> None:
    assert Scenario.parse(RICH).practices["negative_comments"].intensity == 0


def test_the_schema_names_every_practice_and_refuses_others() -> None:
    practices = files.json_schema()["properties"]["practices"]
    assert set(practices["properties"]) == set(PRACTICES)
    assert practices["additionalProperties"] is False


@pytest.mark.parametrize(("name", "table"), [("parameters", PARAMETERS), ("levers", LEVERS)])
def test_the_schema_says_of_every_number_what_it_is_in_which_range_and_from_where(name: str, table: Any) -> None:
    numbers = files.json_schema()["properties"][name]["properties"]
    assert list(numbers) == list(table)
    for row in table.values():
        number = numbers[row.name]
        assert (number["minimum"], number["maximum"], number["default"]) == (row.low, row.high, row.default)
        said = (row.meaning, f"({row.unit})", f"{row.low:g} to {row.high:g}", row.source, f"({row.grade}: ")
        assert all(part in number["description"] for part in said)


def test_the_schema_says_of_every_practice_what_it_moves_and_on_what_evidence() -> None:
    described = files.json_schema()["properties"]["practices"]["properties"]
    for practice in PRACTICES.values():
        said = (practice.says, practice.source, f"({practice.evidence}: ", *practice.to)
        assert all(part in described[practice.name]["description"] for part in said)


def test_the_schema_describes_every_field() -> None:
    schema = files.json_schema()
    owners = [schema, *schema["$defs"].values()]
    bare = [name for owner in owners for name, field in owner["properties"].items() if not field.get("description")]
    assert bare == []


def test_a_scenario_that_was_loaded_is_the_domains_scenario_to_the_bit() -> None:
    assert Scenario.parse(RICH).digest() == Scenario(**Scenario.parse(RICH).model_dump()).digest()


# --- the user's own organisation -------------------------------------------------------------------------------


def test_people_ties_and_leaders_are_those_of_the_files(tmp_path: Path) -> None:
    organisation = read(organisation_files(tmp_path, PEOPLE, TIES))
    assert organisation.labels == ("ann", "bob", "cyd", "dee")
    assert organisation.manager.tolist() == [-1, 0, 0, 1]
    assert organisation.is_leader.tolist() == [True, False, False, False]
    assert organisation.degree.tolist() == [1, 2, 2, 1], "ties are mutual and the self tie is ignored"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_detected(delimiter: str, tmp_path: Path) -> None:
    people, ties = (text.replace(",", delimiter) for text in (PEOPLE, TIES))
    assert read(organisation_files(tmp_path, people, ties)).n_people == 4


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_are_accepted(end: str, tmp_path: Path) -> None:
    spec = organisation_files(tmp_path, "", "")
    for name, text in (("people.csv", PEOPLE), ("ties.csv", TIES)):
        (tmp_path / name).write_bytes(text.replace("\n", end).encode())
    assert read(spec).n_people == 4


def test_a_spreadsheets_habits_are_accepted(tmp_path: Path) -> None:
    people = "\ufeff Department ;ID; note;Manager\nsales;ann;;\n\n;;;\nsales; bob ;x;ann\n"
    organisation = read(organisation_files(tmp_path, people, "source;target;weight\nann;bob;0,5\n"))
    assert organisation.labels == ("ann", "bob")


def test_ids_are_opaque_even_if_they_look_like_formulas_or_numbers(tmp_path: Path) -> None:
    people = 'id,manager,department\n=1+1,,a\n007,=1+1,a\n7,007,"b, c"\n'
    organisation = read(organisation_files(tmp_path, people, "source,target\n=1+1,007\n7,007\n"))
    assert organisation.labels == ("=1+1", "007", "7")
    assert organisation.department_names == ("a", "b, c")


def test_who_manages_themselves_is_a_top(tmp_path: Path) -> None:
    people = "id,manager,department\na,a,x\nb,a,x\n"
    assert read(organisation_files(tmp_path, people, "source,target\na,b\n")).manager.tolist() == [-1, 0]


def test_a_cell_with_a_line_end_leaves_later_lines_their_numbers(tmp_path: Path) -> None:
    spec = organisation_files(tmp_path, 'id,manager,department\na,,"x\ny"\nb,nobody,x\n', "source,target\na,b\n")
    with pytest.raises(InputError, match=r"people\.csv:4, manager: 'nobody'"):
        read(spec)


def test_the_digest_follows_the_content_not_the_place(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = (organisation_files(tmp_path / name, PEOPLE, TIES) for name in ("one", "two"))
    assert files.content_digest(one) == files.content_digest(two) != ""
    (tmp_path / "two" / "ties.csv").write_text(TIES + "ann,cyd,\n")
    assert files.content_digest(one) != files.content_digest(two)
    assert files.content_digest(OrganisationSpec()) == ""


def test_problems_of_both_files_come_together_and_the_rest_are_counted(tmp_path: Path) -> None:
    ties = "source,target,weight\n" + "".join(f"ann,nobody{number},-1\n" for number in range(30))
    with pytest.raises(InputError) as caught:
        read(organisation_files(tmp_path, PEOPLE.replace("bob,ann", "bob,zoe"), ties))
    shown = [str(problem) for problem in caught.value.problems]
    assert len(shown) == 21
    assert "people.csv:3, manager: 'zoe'" in shown[0]
    assert shown[-1] == "and 41 more problems"


# --- public data -----------------------------------------------------------------------------------------------


def public(name: str) -> list[list[str]]:
    """Return the rows of a public data set without its header, or skip the test."""
    path = PUBLIC_DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not here; it is public data that is not part of the project")
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return list(csv.reader(text.splitlines()))[1:]


def test_email_eu_core_is_read_as_published(tmp_path: Path) -> None:
    departments, edges = public("email_eu_core_departments.csv"), public("email_eu_core_edges.csv.gz")
    people = "id,manager,department\n" + "".join(f"{id_},,{department}\n" for id_, department in departments)
    ties = "source,target\n" + "".join(f"{one},{other}\n" for one, other in edges)
    organisation = read(organisation_files(tmp_path, people, ties))
    assert (organisation.n_people, organisation.n_departments) == (1005, 42)
    assert organisation.degree.sum() / 2 == len({frozenset(edge) for edge in edges if edge[0] != edge[1]})


def test_manufacturing_is_read_with_its_reporting_tree(tmp_path: Path) -> None:
    reports, mails = public("manufacturing_reports_to.csv"), public("manufacturing_email.csv.gz")
    above = {id_: superior if re.fullmatch(r"\d+", superior) else "" for id_, superior in reports}
    ids = dict.fromkeys([*above, *above.values(), *(id_ for mail in mails for id_ in mail[:2])])
    people = "id,manager,department\n" + "".join(f"{id_},{above.get(id_, '')},all\n" for id_ in ids if id_)
    ties = "source,target\n" + "".join(f"{one},{other}\n" for one, other in {tuple(mail[:2]) for mail in mails})
    organisation = read(organisation_files(tmp_path, people, ties))
    assert organisation.n_people == len([id_ for id_ in ids if id_])
    assert np.count_nonzero(organisation.manager >= 0) == sum(bool(up) and up != id_ for id_, up in above.items())
