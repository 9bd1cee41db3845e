"""Whatever is wrong with a file: an ``InputError`` in plain English, with file, line and field; never a traceback."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adoptsim import files
from adoptsim.domain.errors import InputError
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.files import Scenario
from adoptsim.sweeps.experiment import Experiment, apply_point, design_points

JARGON = re.compile(
    r"Traceback|pydantic|Input should|valid dictionary|validation error|type=|input_value|unable to parse|https?://"
    r"|NoneType|<class|ruamel|unicode string|errno|Extra inputs|stand-in",
    re.IGNORECASE,
)
USE = "name: x\npractices:\n  safe_space: "


def assert_friendly(error: InputError, file: str, field: str = "", line: int | None = None) -> None:
    """Assert that an error names the file, the field and the line, in words a person understands."""
    assert error.problems
    assert not JARGON.search(str(error)), str(error)
    assert all(problem.message.strip() and len(str(problem)) < 1500 for problem in error.problems)
    assert file in str(error)
    assert field in {problem.field for problem in error.problems}, str(error)
    if line is not None:
        assert (field, line) in {(problem.field, problem.line) for problem in error.problems}, str(error)


# --- scenarios -------------------------------------------------------------------------------------------------

BAD_SCENARIOS: dict[str, tuple[str | bytes, str, int | None]] = {
    "empty": ("", "", None),
    "only blanks": (" \n\n", "", None),
    "only a comment": ("# nothing\n", "", None),
    "only a byte order mark": (b"\xef\xbb\xbf", "", None),
    "a list": ("- a\n- b\n", "", 1),
    "a word": ("hello\n", "", 1),
    "null": ("~\n", "", 1),
    "no name": ("title: x\n", "name", None),
    "null name": ("name:\n", "name", 1),
    "a name that is a number": ("name: 12\n", "name", 1),
    "a name with spaces": ("name: My Scenario\n", "name", 1),
    "too long a title": (f"name: x\ntitle: {'x' * 201}\n", "title", 2),
    "an unknown key": ("name: x\nhorizn: {days: 5}\n", "horizn", 2),
    "an unknown nested key": ("name: x\nhorizon:\n  dais: 5\n", "horizon.dais", 3),
    "an unknown practice": (USE.replace("safe_space", "safe_spice") + "true\n", "practices.safe_spice", 3),
    "an unknown lever": ("name: x\nlevers: {anwser_prob: 0.2}\n", "levers.anwser_prob", 2),
    "an unknown parameter": ("name: x\nparameters:\n  zzz: 0.2\n", "parameters.zzz", 3),
    "an unknown variant": (USE + "{variant: loud}\n", "practices.safe_space.variant", 3),
    "variant and misuse": (USE + "{variant: with_anonymity, misused: true}\n", "practices.safe_space.misused", 3),
    "a launch after its support": (
        "name: x\npractices:\n  critical_mass:\n    start: 200\n",
        "practices.critical_mass.start",
        4,
    ),
    "a start before day 0": (USE + "{start: -3}\n", "practices.safe_space.start", 3),
    "a start after the horizon": (USE + "{start: 600}\n", "practices.safe_space.start", 3),
    "a start after the longest horizon": (USE + "{start: 99999}\n", "practices.safe_space.start", 3),
    "an end before the start": (USE + "{start: 50, end: 20}\n", "practices.safe_space.end", 3),
    "an end on the start": (USE + "\n    start: 50\n    end: 50\n", "practices.safe_space.end", 5),
    "a fraction of a day": (USE + "{start: 1.5}\n", "practices.safe_space.start", 3),
    "a day in words": (USE + "{start: monday}\n", "practices.safe_space.start", 3),
    "a quoted day": (USE + '{start: "3"}\n', "practices.safe_space.start", 3),
    "true as a day": (USE + "{start: true}\n", "practices.safe_space.start", 3),
    "too intense": (USE + "1.5\n", "practices.safe_space.intensity", 3),
    "negative intensity": (USE + "-0.1\n", "practices.safe_space.intensity", 3),
    "NaN as intensity": (USE + ".nan\n", "practices.safe_space.intensity", 3),
    "infinite intensity": (USE + ".inf\n", "practices.safe_space.intensity", 3),
    "a practice in words": (USE + "strongly\n", "practices.safe_space", 3),
    "a practice without a value": (USE + "\n", "practices.safe_space", 3),
    "a practice as a list": (USE + "[1]\n", "practices.safe_space", 3),
    "practices as a list": ("name: x\npractices: [safe_space]\n", "practices", 2),
    "no departments": (USE + "{departments: []}\n", "practices.safe_space.departments", 3),
    "one department as text": (USE + "{departments: sales}\n", "practices.safe_space.departments", 3),
    "departments as numbers": (USE + "{departments: [1, 2]}\n", "practices.safe_space.departments[1]", 3),
    "misused as a number": (USE + "{misused: 2}\n", "practices.safe_space.misused", 3),
    "too few people": ("name: x\norganisation: {people: 3}\n", "organisation.people", 2),
    "too many people": ("name: x\norganisation: {people: 1000001}\n", "organisation.people", 2),
    "a number of 400 digits": (f"name: x\norganisation: {{mean_degree: {'9' * 400}}}\n", "organisation.mean_degree", 2),
    "a number of 5,000 digits": (f"name: x\nlevers: {{answer_prob: {'9' * 5000}}}\n", "levers.answer_prob", 2),
    "no leaders": ("name: x\norganisation: {leader_share: 0}\n", "organisation.leader_share", 2),
    "an unknown placement": (
        "name: x\norganisation: {champion_placement: top}\n",
        "organisation.champion_placement",
        2,
    ),
    "people without ties": ("name: x\norganisation: {people_file: p.csv}\n", "organisation", 2),
    "ties without people": ("name: x\norganisation: {ties_file: t.csv}\n", "organisation", 2),
    "organisation as text": ("name: x\norganisation: big\n", "organisation", 2),
    "a lever out of range": ("name: x\nlevers: {answer_prob: 0.99}\n", "levers.answer_prob", 2),
    "a lever that is NaN": ("name: x\nlevers: {answer_prob: .nan}\n", "levers.answer_prob", 2),
    "a lever in words": ("name: x\nlevers: {answer_prob: often}\n", "levers.answer_prob", 2),
    "a parameter out of range": ("name: x\nparameters: {reward_rate: -.inf}\n", "parameters.reward_rate", 2),
    "no days": ("name: x\nhorizon: {days: 0}\n", "horizon.days", 2),
    "a threshold of nothing": ("name: x\ncritical_mass: {threshold: 0}\n", "critical_mass.threshold", 2),
    "a threshold above all": ("name: x\ncritical_mass: {threshold: 25}\n", "critical_mass.threshold", 2),
    "a share above all": ("name: x\nstart: {contributors: 2}\n", "start.contributors", 2),
    "a key twice": ("name: x\nname: y\n", "name", 2),
    "a nested key twice": ("name: x\nhorizon:\n  days: 5\n  days: 6\n", "horizon.days", 4),
    "a tab": ("name: x\nhorizon:\n\tdays: 5\n", "", 3),
    "an unclosed quote": ("name: 'x\n", "", None),
    "an unclosed bracket": ("name: x\nhorizon: {days: 5\n", "", None),
    "a colon too many": ("name: x: y\n", "", 1),
    "uneven indentation": ("name: x\nhorizon:\n   days: 5\n  support_until: 6\n", "", None),
    "two documents": ("name: x\n---\nname: y\n", "", None),
    "an unknown tag": ("name: !!python/name:os.system x\n", "name", 1),
    "an object tag": ("!!python/object/apply:os.system [ls]\n", "", None),
    "an anchor": ("name: &a x\ntitle: *a\n", "name", 1),
    "an alias to nothing": ("name: *a\n", "", 1),
    "an alias bomb": (
        "a: &a [x, x]\n"
        + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
        "a",
        1,
    ),
    "a list as a key": ("? [a, b]\n: c\n", "", 1),
    "very deep nesting": ("a: " + "[" * 5000, "", None),
    "a broken escape": ('name: "\\UFFFFFFFF"\n', "", None),
    "an unknown YAML version": ("%YAML 9.9\n---\nname: x\n", "", None),
    "a control character": (b"name: x\x07\n", "", 1),
    "a NUL": (b"name: x\x00\n", "", None),
    "Latin-1": ("name: x\ntitle: Zoë\n".encode("latin-1"), "", 2),
    "UTF-16": ("name: x\n".encode("utf-16"), "", None),
    "a zip archive": (b"PK\x03\x04 and so on", "", None),
    "a megabyte": (b"#" * 1_000_001, "", None),
    "more entries than a scenario has": ("a: [" + "1," * 30_000 + "]\n", "", None),
}


@pytest.mark.parametrize("what", BAD_SCENARIOS)
def test_a_bad_scenario_is_refused_in_plain_english(what: str, tmp_path: Path) -> None:
    content, field, line = BAD_SCENARIOS[what]
    path = tmp_path / "bad.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        Scenario.load(path)
    assert_friendly(caught.value, "bad.yaml", field, line)


def test_everything_wrong_with_a_scenario_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(
        "name: Bad Name\ntitel: x\nhorizon: {days: 100}\npractices:\n  safe_space: {start: -3}\n  safe_spice: true\n"
        "  trust_employees: {start: 200}\n  negative_comments: {start: 9, end: 4}\nlevers: {answer_prob: 2, nope: 1}\n"
    )
    with pytest.raises(InputError) as caught:
        Scenario.load(tmp_path / "bad.yaml")
    assert [(problem.line, problem.field) for problem in caught.value.problems] == [
        (1, "name"),
        (2, "titel"),
        (5, "practices.safe_space.start"),
        (6, "practices.safe_spice"),
        (7, "practices.trust_employees.start"),
        (8, "practices.negative_comments.end"),
        (9, "levers.answer_prob"),
        (9, "levers.nope"),
    ]


def test_what_only_follows_from_another_problem_is_not_said(tmp_path: Path) -> None:
    text = "name: x\nhorizon: {days: lots}\norganisation: {people_file: 3, ties_file: t.csv}\n"
    text += "practices: {safe_space: {start: 900}}\n"
    assert fields_refused(text, tmp_path) == ["horizon.days", "organisation.people_file"]
    text = "name: x\nhorizon: {support_until: late}\npractices: {critical_mass: {start: 200}}\n"
    assert fields_refused(text, tmp_path) == ["horizon.support_until"]


def fields_refused(text: str, folder: Path) -> list[str]:
    """Return the fields that are wrong with a scenario's text."""
    (folder / "bad.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        Scenario.load(folder / "bad.yaml")
    return [problem.field for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("no-suport", "did you mean 'no-support'"),
        ("", "no name is given"),
        ("nowhere/x.yaml", "no such file"),
        ("x\0.yaml", "cannot be read"),
        ("x\0", "no scenario is called"),
        ("a" * 5000 + ".yaml", "cannot be read"),
        (".", "is a folder"),
        ("/dev/null/x.yaml", "no such file"),
    ],
)
def test_a_name_or_path_that_leads_nowhere_is_refused(given: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        Scenario.load(given)
    assert not JARGON.search(str(caught.value))


def test_a_mistyped_path_suggests_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "autumn.yaml").write_text("name: x\n")
    with pytest.raises(InputError, match=r"did you mean 'autumn\.yaml'"):
        Scenario.load(tmp_path / "autum.yaml")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("name: x\n")
    (tmp_path / "x.yaml").chmod(0)
    if os.access(tmp_path / "x.yaml", os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(InputError, match="cannot be read"):
        Scenario.load(tmp_path / "x.yaml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(InputError, match="not an ordinary file"):
        Scenario.load(tmp_path / "pipe.yaml")


# --- organisations ---------------------------------------------------------------------------------------------

PEOPLE = "id,manager,department\nann,,top\nbob,ann,sales\ncyd,ann,sales\n"
TIES = "source,target,weight\nann,bob,1\nbob,cyd,2\n"

BAD_PEOPLE: dict[str, tuple[str | bytes, str, int | None]] = {
    "empty": ("", "organisation.people_file", None),
    "only a header": ("id,manager,department\n", "", None),
    "one person": ("id,manager,department\nann,,top\n", "", None),
    "no header": ("ann,,top\nbob,ann,sales\n", "header", 1),
    "a header that is misspelt": (PEOPLE.replace("department", "departement"), "header", 1),
    "no manager column": (PEOPLE.replace("manager", "boss"), "header", 1),
    "a column twice": (PEOPLE.replace("id,manager,department", "id,id,manager,department"), "header", 1),
    "an empty id": (PEOPLE + ",ann,sales\n", "id", 5),
    "an id twice": (PEOPLE + "bob,ann,sales\n", "id", 5),
    "no department": (PEOPLE + "dee,ann,\n", "department", 5),
    "a short row": (PEOPLE + "dee\n", "department", 5),
    "a long row": (PEOPLE + "dee,ann,sales, east\n", "", 5),
    "an unknown manager": (PEOPLE + "dee,zoe,sales\n", "manager", 5),
    "an unknown role": ("id,manager,department,role\nann,,top,boss\nbob,ann,top,\n", "role", 2),
    "two managers of each other": ("id,manager,department\nann,bob,x\nbob,ann,x\ncyd,,x\n", "manager", None),
    "a circle of three": ("id,manager,department\nann,cyd,x\nbob,ann,x\ncyd,bob,x\n", "manager", None),
    "an unclosed quote": (PEOPLE + '"dee,ann,sales\n', "", None),
    "a quote inside a cell": (PEOPLE + '"dee"x,ann,sales\n', "", 5),
    "a huge cell": (PEOPLE + "x" * 200_000 + ",ann,sales\n", "", None),
    "Latin-1": (PEOPLE.encode() + "zoë,ann,sales\n".encode("latin-1"), "", 5),
    "Latin-1 far down": (PEOPLE.encode() + b"\n" * 9000 + b"zo\xeb,ann,sales\n", "", 9005),
    "UTF-16": (PEOPLE.encode("utf-16"), "organisation.people_file", None),
    "an Excel workbook": (b"PK\x03\x04" + bytes(100), "organisation.people_file", None),
    "compressed": (b"\x1f\x8b" + bytes(100), "organisation.people_file", None),
    "binary": (bytes(range(256)), "organisation.people_file", None),
}
BAD_TIES: dict[str, tuple[str | bytes, str, int | None]] = {
    "empty": ("", "organisation.ties_file", None),
    "only a header": ("source,target\n", "", None),
    "only self ties": ("source,target\nann,ann\n", "", None),
    "other columns": ("from,to\nann,bob\n", "header", 1),
    "one column": ("source\nann\n", "header", 1),
    "an unknown person": (TIES + "ann,zoe,1\n", "target", 4),
    "no source": (TIES + ",bob,1\n", "source", 4),
    "no target": (TIES + "ann\n", "target", 4),
    "weight zero": (TIES + "ann,cyd,0\n", "weight", 4),
    "weight negative": (TIES + "ann,cyd,-1\n", "weight", 4),
    "weight NaN": (TIES + "ann,cyd,nan\n", "weight", 4),
    "weight infinite": (TIES + "ann,cyd,inf\n", "weight", 4),
    "weight in words": (TIES + "ann,cyd,often\n", "weight", 4),
    "binary": (b"\x00\x01\x02", "organisation.ties_file", None),
}


def spec_of(folder: Path, people: str | bytes = PEOPLE, ties: str | bytes = TIES) -> OrganisationSpec:
    """Return a spec of two files with the given content."""
    for name, content in (("people.csv", people), ("ties.csv", ties)):
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return OrganisationSpec(people_file=str(folder / "people.csv"), ties_file=str(folder / "ties.csv"))


@pytest.mark.parametrize("what", BAD_PEOPLE)
def test_a_bad_list_of_people_is_refused_in_plain_english(what: str, tmp_path: Path) -> None:
    content, field, line = BAD_PEOPLE[what]
    with pytest.raises(InputError) as caught:
        files.read_organisation(spec_of(tmp_path, people=content), seed=1, replicate=0)
    assert_friendly(caught.value, "people.csv", field, line)


@pytest.mark.parametrize("what", BAD_TIES)
def test_a_bad_list_of_ties_is_refused_in_plain_english(what: str, tmp_path: Path) -> None:
    content, field, line = BAD_TIES[what]
    with pytest.raises(InputError) as caught:
        files.read_organisation(spec_of(tmp_path, ties=content), seed=1, replicate=0)
    assert_friendly(caught.value, "ties.csv", field, line)
    assert "people.csv" not in str(caught.value) or "listed in" in str(caught.value)


def test_a_list_that_breaks_off_does_not_make_strangers_of_the_rest(tmp_path: Path) -> None:
    broken = b"id,manager,department\nann,,top\nbob,ann,x\nb\xff,ann,x\n"
    with pytest.raises(InputError) as caught:
        files.read_organisation(spec_of(tmp_path, people=broken), seed=1, replicate=0)
    assert len(caught.value.problems) == 1


def test_a_circle_of_managers_names_everybody_in_it(tmp_path: Path) -> None:
    people = BAD_PEOPLE["a circle of three"][0]
    with pytest.raises(InputError, match=r"(ann|bob|cyd) -> (ann|bob|cyd) -> (ann|bob|cyd) -> "):
        files.read_organisation(spec_of(tmp_path, people=people), seed=1, replicate=0)


def test_a_misspelt_column_is_told_its_name(tmp_path: Path) -> None:
    people = BAD_PEOPLE["a header that is misspelt"][0]
    with pytest.raises(InputError, match="rename 'departement' to 'department'"):
        files.read_organisation(spec_of(tmp_path, people=people), seed=1, replicate=0)


@pytest.mark.parametrize("read", [files.read_records, files.content_digest])
def test_a_missing_file_of_an_organisation_suggests_its_neighbour(read: object, tmp_path: Path) -> None:
    spec = spec_of(tmp_path).model_copy(update={"ties_file": str(tmp_path / "tie.csv")})
    with pytest.raises(InputError, match=r"organisation\.ties_file: there is no such file; did you mean 'ties\.csv'"):
        read(spec)  # type: ignore[operator]


def test_an_organisation_without_files_cannot_be_read() -> None:
    with pytest.raises(InputError, match="people_file"):
        files.read_organisation(OrganisationSpec(), seed=1, replicate=0)


# --- experiments -----------------------------------------------------------------------------------------------

TOP = "name: x\nscenario: no-support\n"
BAD_EXPERIMENTS: dict[str, tuple[str, str, int | None]] = {
    "empty": ("", "", None),
    "nothing varied": (TOP, "vary", None),
    "an empty vary": (TOP + "vary: {}\n", "vary", 3),
    "no scenario": ("name: x\nvary: {practices.safe_space: on_off}\n", "scenario", None),
    "an unknown scenario": ("name: x\nscenario: no-suport\nvary: {practices.safe_space: on_off}\n", "scenario", 2),
    "an unknown target": (TOP + "vary:\n  practices.safe_spice: on_off\n", "vary.practices.safe_spice", 4),
    "a word for levels": (TOP + "vary:\n  practices.safe_space: onoff\n", "vary.practices.safe_space", 4),
    "no levels": (TOP + "vary:\n  practices.safe_space: []\n", "vary.practices.safe_space", 4),
    "a level twice": (TOP + "vary:\n  practices.safe_space: [0, 0.0]\n", "vary.practices.safe_space", 4),
    "a level out of range": (TOP + "vary:\n  practices.safe_space: [0, 1.2]\n", "vary.practices.safe_space", 4),
    "a level that is NaN": (TOP + "vary:\n  levers.answer_prob: [.nan]\n", "vary.levers.answer_prob", 4),
    "a level that is a mapping": (TOP + "vary:\n  levers.answer_prob: [{a: 1}]\n", "vary.levers.answer_prob", 4),
    "a level of 400 digits": (TOP + f"vary:\n  levers.answer_prob: [{'9' * 400}]\n", "vary.levers.answer_prob", 4),
    "on and off for a number": (TOP + "vary:\n  levers.answer_prob: on_off\n", "vary.levers.answer_prob", 4),
    "a detail of what is not used": (
        TOP + "vary:\n  practices.safe_space.start: [1]\n",
        "vary.practices.safe_space.start",
        4,
    ),
    "a file as a target": (TOP + "vary:\n  organisation.people_file: [a.csv]\n", "vary.organisation.people_file", 4),
    "an unknown design": (TOP + "design: sobl\nvary: {practices.safe_space: on_off}\n", "design", 3),
    "no replicates": (TOP + "replicates: 0\nvary: {practices.safe_space: on_off}\n", "replicates", 3),
    "a negative seed": (TOP + "seed: -1\nvary: {practices.safe_space: on_off}\n", "seed", 3),
    "an unknown key": (TOP + "replicate: 3\nvary: {practices.safe_space: on_off}\n", "replicate", 3),
    "the same thing twice": (
        TOP + "vary:\n  practices.safe_space: on_off\n  practices.safe_space.intensity: [0.2]\n",
        "vary.practices.safe_space.intensity",
        5,
    ),
}


@pytest.mark.parametrize("what", BAD_EXPERIMENTS)
def test_a_bad_experiment_is_refused_in_plain_english(what: str, tmp_path: Path) -> None:
    content, field, line = BAD_EXPERIMENTS[what]
    (tmp_path / "bad.yaml").write_text(content)
    with pytest.raises(InputError) as caught:
        Experiment.load(tmp_path / "bad.yaml")
    assert_friendly(caught.value, "bad.yaml", field, line)


def test_a_level_that_begins_a_launch_after_its_support_is_refused_with_its_value() -> None:
    base = Scenario.load("launch-only")
    assert apply_point(base, {"practices.critical_mass.start": 188}).practices["critical_mass"].start == 188
    with pytest.raises(InputError, match=r"critical_mass.start: 200 is not before launch support ends on day 189"):
        apply_point(base, {"practices.critical_mass.start": 200})


# --- anything at all -------------------------------------------------------------------------------------------

VALID_SCENARIO = (
    b"name: rich\ntitle: 'a: b'\nstory: |\n  one\n  two\norganisation: {people: 120, champion_placement: cluster}\n"
    b"practices:\n  safe_space: {start: 21, variant: with_anonymity, departments: ['1', b]}\n  critical_mass: true\n"
    b"  trust_employees: 0.5\nlevers: {answer_prob: 0.3}\nparameters: {reward_rate: 0.2}\nhorizon: {days: 252}\n"
)
VALID_EXPERIMENT = (
    b"name: x\nscenario: no-support\nreplicates: 4\nseed: 0\nmeasure: [contributors]\nvary:\n"
    b"  practices.safe_space: on_off\n  practices.safe_space.start: [0, 21]\n  levers.answer_prob: [0.1, 0.2]\n"
)
SPICE = (
    b"\x00",
    b"\xff",
    b"\t",
    b"\n",
    b":",
    b"- ",
    b"'",
    b'"',
    b"{",
    b"[",
    b"&a ",
    b"*a",
    b"!!",
    b",",
    b";",
    b".nan",
    b"-1",
    b"9" * 30,
)

Edit = tuple[str, float, bytes]
edits = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "replace", "drop line", "double line", "cut"]),
        st.floats(0, 1, exclude_max=True),
        st.one_of(st.sampled_from(SPICE), st.binary(min_size=1, max_size=3)),
    ),
    min_size=1,
    max_size=4,
)
mutations = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def mutated(content: bytes, changes: list[Edit]) -> bytes:
    """Return content with some bytes or lines changed; places are shares of its length."""
    for kind, share, piece in changes:
        place, lines = int(share * (len(content) + 1)), content.split(b"\n")
        row = int(share * len(lines))
        if kind == "insert":
            content = content[:place] + piece + content[place:]
        elif kind == "delete":
            content = content[:place] + content[place + len(piece) :]
        elif kind == "replace":
            content = content[:place] + piece + content[place + len(piece) :]
        elif kind == "cut":
            content = content[:place]
        else:
            content = b"\n".join(lines[:row] + lines[row : row + 1] * (2 * (kind == "double line")) + lines[row + 1 :])
    return content


@mutations
@given(changes=edits)
@example(changes=[("insert", 0.0, b"\xef\xbb\xbf")])
def test_a_scenario_with_random_damage_loads_or_is_refused(changes: list[Edit], tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(mutated(VALID_SCENARIO, changes))
    try:
        scenario = Scenario.load(path)
    except InputError as error:
        assert not JARGON.search(str(error)), str(error)
    else:
        scenario.save(tmp_path / "again.yaml")
        assert Scenario.load(tmp_path / "again.yaml") == scenario


@mutations
@given(changes=edits)
def test_an_experiment_with_random_damage_loads_or_is_refused(changes: list[Edit], tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(mutated(VALID_EXPERIMENT, changes))
    try:
        experiment = Experiment.load(path)
    except InputError as error:
        assert not JARGON.search(str(error)), str(error)
    else:
        apply_point(experiment.base(), design_points(experiment)[0])


@mutations
@given(people=st.one_of(st.just([]), edits), ties=edits)
def test_an_organisation_with_random_damage_is_read_or_refused(people: list[Edit], ties: list[Edit], tmp_path: Path) -> None:
    spec = spec_of(tmp_path, mutated(PEOPLE.encode(), people), mutated(TIES.encode(), ties))
    try:
        organisation = files.read_organisation(spec, seed=1, replicate=0)
    except InputError as error:
        assert not JARGON.search(str(error)), str(error)
    else:
        assert organisation.n_people >= 2


@mutations
@given(content=st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_or_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(content)
    with pytest.raises(InputError):
        Scenario.load(tmp_path / "x.yaml")
    with pytest.raises(InputError):
        files.read_organisation(spec_of(tmp_path, people=content), seed=1, replicate=0)
