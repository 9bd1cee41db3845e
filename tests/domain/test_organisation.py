"""An organisation is well formed whether generated or read, and is the same for the same seed and replicate."""

import gzip
import time
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adoptsim.domain.network import find_manager_cycle
from adoptsim.domain.organisation import (
    Organisation,
    PersonRecord,
    build_organisation,
    generate_organisation,
    place_people,
)

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PLACEMENTS = ["random", "connected", "departments", "cluster"]
SEED_PLACEMENTS = ["scattered", "interested", "connected", "departments", "cluster"]

# Five people by hand: Ada leads, Bo manages Cy and Di, Ed manages nobody; one tie goes across.
TINY_PEOPLE = [
    PersonRecord(id="ed", department="sales", manager="ada"),
    PersonRecord(id="cy", department="works", manager="bo"),
    PersonRecord(id="ada", department="sales"),
    PersonRecord(id="bo", department="works", manager="ada"),
    PersonRecord(id="di", department="works", manager="bo"),
]
TINY_TIES = [("ada", "bo"), ("bo", "ada"), ("bo", "cy"), ("di", "cy"), ("ed", "ed")]


def arrays_of(organisation: Organisation) -> dict[str, np.ndarray]:
    values = {field.name: getattr(organisation, field.name) for field in fields(organisation)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def is_same(one: Organisation, other: Organisation) -> bool:
    theirs = arrays_of(other)
    return all(np.array_equal(value, theirs[name]) for name, value in arrays_of(one).items())


def assert_well_formed(organisation: Organisation) -> None:
    n_people, n_departments = organisation.n_people, organisation.n_departments
    assert (np.diff(organisation.department) >= 0).all()
    assert np.unique(organisation.department).tolist() == list(range(n_departments))
    assert organisation.department_start[0] == 0
    assert organisation.department_start[-1] == n_people
    assert find_manager_cycle(organisation.manager) is None
    assert organisation.is_leader[organisation.leader_of_department].all()
    assert organisation.leader_of_department.shape == (n_departments,)
    for rank in (organisation.champion_rank, organisation.seed_rank):
        expected = ((np.arange(n_people) + 0.5) / n_people).astype(np.float32)
        assert np.array_equal(np.sort(rank), expected)
    ends = np.repeat(np.arange(n_people), organisation.degree)
    assert (ends != organisation.neighbours).all()
    codes = ends * n_people + organisation.neighbours
    assert (np.diff(codes) > 0).all()
    assert np.array_equal(np.sort(organisation.neighbours * np.int64(n_people) + ends), codes)


@settings(max_examples=60, deadline=None)
@given(
    n_people=st.integers(20, 700),
    seed=st.integers(0, 2**64 - 1),
    replicate=st.integers(0, 10**6),
    mean_degree=st.floats(1, 60),
    leader_share=st.floats(0.001, 0.3),
    champion_placement=st.sampled_from(PLACEMENTS),
    seed_placement=st.sampled_from(SEED_PLACEMENTS),
)
def test_every_generated_organisation_is_well_formed(n_people, leader_share, **settings_) -> None:
    organisation = generate_organisation(n_people, leader_share=leader_share, **settings_)
    assert_well_formed(organisation)
    assert organisation.n_people == n_people
    assert organisation.is_leader.sum() == max(1, round(leader_share * n_people))
    assert (organisation.manager == -1).sum() == 1
    assert organisation.degree.min() >= 1
    champions = np.argsort(organisation.champion_rank)
    assert organisation.is_leader[champions[-organisation.is_leader.sum() :]].all()


def test_dtypes_are_those_the_engine_expects() -> None:
    for organisation in (
        generate_organisation(30, seed=0, replicate=0),
        build_organisation(TINY_PEOPLE, TINY_TIES, seed=0),
        build_organisation([PersonRecord(id=id_, department="one") for id_ in "abc"], [("a", "b")], seed=0),
    ):
        assert {name: str(value.dtype) for name, value in arrays_of(organisation).items()} == {
            "department": "int32",
            "manager": "int32",
            "is_leader": "bool",
            "leader_of_department": "int32",
            "indptr": "int64",
            "neighbours": "uint32",
            "champion_rank": "float32",
            "seed_rank": "float32",
        }


def test_same_seed_and_replicate_give_the_same_bits() -> None:
    assert is_same(generate_organisation(400, seed=0, replicate=7), generate_organisation(400, seed=0, replicate=7))


@pytest.mark.parametrize(("seed", "replicate"), [(0, 8), (1, 7)])
def test_another_seed_or_replicate_gives_another_organisation(seed: int, replicate: int) -> None:
    base, other = (
        generate_organisation(400, seed=0, replicate=7),
        generate_organisation(400, seed=seed, replicate=replicate),
    )
    assert not np.array_equal(base.neighbours, other.neighbours)
    assert not np.array_equal(base.seed_rank, other.seed_rank)


def test_a_generated_organisation_does_not_depend_on_global_random_state() -> None:
    np.random.seed(1)
    one = generate_organisation(100, seed=5, replicate=0)
    np.random.seed(2)
    assert is_same(one, generate_organisation(100, seed=5, replicate=0))


@pytest.mark.parametrize("placement", PLACEMENTS[1:])
def test_another_placement_changes_nothing_but_the_places(placement: str) -> None:
    base = arrays_of(generate_organisation(300, seed=2, replicate=1))
    other = arrays_of(generate_organisation(300, seed=2, replicate=1, champion_placement=placement))
    assert [name for name in base if not np.array_equal(base[name], other[name])] == ["champion_rank"]


def test_heads_answer_for_their_department_when_there_are_leaders_enough() -> None:
    organisation = generate_organisation(500, seed=1, replicate=0, leader_share=0.1)
    assert np.array_equal(organisation.leader_of_department, organisation.department_start[:-1])


def test_with_few_leaders_each_answers_for_several_departments_and_all_for_some() -> None:
    organisation = generate_organisation(1000, seed=1, replicate=0, leader_share=0.01)
    answered = np.bincount(organisation.leader_of_department, minlength=1000)
    assert set(np.flatnonzero(answered)) == set(np.flatnonzero(organisation.is_leader))
    assert answered.max() <= 8


def test_spans_stay_near_the_observed_range() -> None:
    organisation = generate_organisation(5000, seed=1, replicate=0)
    assert organisation.reports.max() <= 15  # 13, and two own reports of a head who leads heads
    spans = organisation.reports[organisation.reports > 0]
    assert 2 < spans.std() < 4.5  # manufacturing 3.3


@pytest.mark.parametrize(
    ("settings_", "word"),
    [
        ({"n_people": 19}, "n_people"),
        ({"n_people": 1_000_001}, "n_people"),
        ({"leader_share": 0.0}, "leader_share"),
        ({"leader_share": 0.6}, "leader_share"),
        ({"mean_degree": 0.5}, "mean_degree"),
        ({"mean_degree": float("nan")}, "mean_degree"),
        ({"department_size_median": 30.0}, "department sizes"),
        ({"seed": -1}, "seed"),
        ({"champion_placement": "scattered"}, "random, connected, departments, cluster"),
        ({"seed_placement": "random"}, "scattered, interested, connected, departments, cluster"),
    ],
)
def test_an_impossible_setting_is_refused_by_name(settings_: dict, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        generate_organisation(**({"n_people": 100, "seed": 0, "replicate": 0} | settings_))


# --- places ---


@pytest.fixture(scope="module")
def medium() -> Organisation:
    return generate_organisation(400, seed=4, replicate=0)


def first_seeds(organisation: Organisation, placement: str, n: int) -> np.ndarray:
    placed = place_people(organisation, seed=9, seed_placement=placement)
    return np.argsort(placed.seed_rank)[:n]


def first_champions(organisation: Organisation, placement: str, n: int) -> np.ndarray:
    placed = place_people(organisation, seed=9, champion_placement=placement)
    return np.argsort(placed.champion_rank)[:n]


def test_connected_seeds_are_those_with_most_ties(medium: Organisation) -> None:
    chosen = first_seeds(medium, "connected", 40)
    assert (np.diff(medium.degree[chosen]) <= 0).all()
    assert medium.degree[chosen].min() >= np.delete(medium.degree, chosen).max()


def test_connected_champions_are_the_employees_with_most_ties(medium: Organisation) -> None:
    chosen = first_champions(medium, "connected", 20)
    assert not medium.is_leader[chosen].any()
    others = np.setdiff1d(np.flatnonzero(~medium.is_leader), chosen)
    assert medium.degree[chosen].min() >= medium.degree[others].max()


def test_champions_by_department_are_one_of_each_before_a_second_of_any(medium: Organisation) -> None:
    has_employee = np.unique(medium.department[~medium.is_leader])
    chosen = first_champions(medium, "departments", len(has_employee))
    assert np.unique(medium.department[chosen]).tolist() == has_employee.tolist()


def test_a_pilot_takes_whole_departments_one_after_another(medium: Organisation) -> None:
    in_order = medium.department[first_seeds(medium, "departments", medium.n_people)]
    assert np.count_nonzero(np.diff(in_order)) == medium.n_departments - 1


def test_a_cluster_grows_along_ties(medium: Organisation) -> None:
    chosen = first_seeds(medium, "cluster", medium.n_people).tolist()
    for place, person in enumerate(chosen[1:], start=1):
        contacts = medium.neighbours[medium.indptr[person] : medium.indptr[person + 1]]
        assert set(contacts.tolist()) & set(chosen[:place])


def test_a_cluster_keeps_more_ties_inside_than_scattered_seeds(medium: Organisation) -> None:
    def ties_inside(chosen: np.ndarray) -> int:
        inside = np.isin(np.arange(medium.n_people), chosen)
        return int((np.repeat(inside, medium.degree) & inside[medium.neighbours]).sum())

    assert ties_inside(first_seeds(medium, "cluster", 40)) > 2 * ties_inside(first_seeds(medium, "scattered", 40))


def test_a_cluster_reaches_people_without_ties_last_of_all() -> None:
    people = [PersonRecord(id=id_, department="one") for id_ in "abcdef"]
    organisation = build_organisation(people, [("a", "b"), ("b", "c")], seed=0, seed_placement="cluster")
    order = np.argsort(organisation.seed_rank)
    linked = np.flatnonzero(np.isin(order, [0, 1, 2]))
    assert linked.max() - linked.min() == 2  # once one of them is met, the others follow at once


def test_scattered_seeds_are_spread_like_a_random_sample() -> None:
    """A department of share s holds s of the seeds; over 400 draws of half the people, six standard errors."""
    medium = generate_organisation(100, seed=1, replicate=0)
    halves = [place_people(medium, seed=seed).seed_rank < 0.5 for seed in range(400)]
    standard_error = 0.5 / np.sqrt(400)
    assert abs(np.mean(halves, axis=0) - 0.5).max() < 6 * standard_error


# --- from the user's data ---


def test_people_are_ordered_by_department_and_keep_their_ids() -> None:
    organisation = build_organisation(TINY_PEOPLE, TINY_TIES, seed=0)
    assert_well_formed(organisation)
    assert organisation.labels == ("ed", "ada", "cy", "bo", "di")
    assert organisation.department_names == ("sales", "works")
    assert organisation.department.tolist() == [0, 0, 1, 1, 1]
    assert organisation.manager.tolist() == [1, -1, 3, 1, 3]
    assert organisation.reports.tolist() == [0, 2, 0, 2, 0]


def test_ties_become_mutual_and_lose_self_ties_and_repetitions() -> None:
    organisation = build_organisation(TINY_PEOPLE, TINY_TIES, seed=0)
    assert organisation.degree.tolist() == [0, 1, 2, 2, 1]
    assert organisation.neighbours.tolist() == [3, 3, 4, 1, 2, 2]


def test_ties_may_be_given_as_rows() -> None:
    rows = np.array([[2, 3], [3, 1], [4, 1]])
    assert is_same(build_organisation(TINY_PEOPLE, rows, seed=0), build_organisation(TINY_PEOPLE, TINY_TIES, seed=0))


def test_the_top_of_the_tree_leads_where_nobody_is_marked() -> None:
    organisation = build_organisation(TINY_PEOPLE, TINY_TIES, seed=0, leader_share=0.4)
    assert np.flatnonzero(organisation.is_leader).tolist() == [1, 3]
    assert organisation.leader_of_department.tolist() == [1, 3]


def test_a_department_without_a_leader_answers_to_the_first_leader_above_it() -> None:
    organisation = build_organisation(TINY_PEOPLE, TINY_TIES, seed=0, leader_share=0.2)
    assert organisation.leader_of_department.tolist() == [1, 1]


def test_marked_leaders_lead_whatever_the_tree_says() -> None:
    people = [PersonRecord(id=p.id, department=p.department, manager=p.manager, is_leader=p.id == "di") for p in TINY_PEOPLE]
    organisation = build_organisation(people, TINY_TIES, seed=0)
    assert np.flatnonzero(organisation.is_leader).tolist() == [4]
    assert organisation.leader_of_department.tolist() == [4, 4]


def test_among_people_of_one_depth_those_with_more_people_below_lead_first() -> None:
    people = [PersonRecord(id="top", department="x")]
    people += [PersonRecord(id=id_, department="x", manager="top") for id_ in ("few", "many", "none")]
    people += [PersonRecord(id="f1", department="x", manager="few")]
    people += [PersonRecord(id=id_, department="x", manager="many") for id_ in ("m1", "m2")]
    people += [PersonRecord(id="alone", department="x"), PersonRecord(id="alone too", department="x")]
    organisation = build_organisation(people, [], seed=0, leader_share=2 / 9)
    assert organisation.labels is not None
    assert {organisation.labels[i] for i in np.flatnonzero(organisation.is_leader)} == {"top", "many"}


def test_without_managers_the_best_connected_lead_and_a_tree_is_drawn_in_departments() -> None:
    people = [PersonRecord(id=str(i), department="ab"[i % 2]) for i in range(40)]
    ties = [("7", str(i)) for i in range(20)] + [("4", str(i)) for i in range(12)]
    organisation = build_organisation(people, ties, seed=0)
    assert_well_formed(organisation)
    assert organisation.labels is not None
    assert {organisation.labels[i] for i in np.flatnonzero(organisation.is_leader)} == {"7", "4"}
    top = int(np.flatnonzero(organisation.manager == -1)[0])
    assert organisation.labels[top] == "7"
    below = np.delete(np.arange(40), organisation.leader_of_department)
    same = organisation.department[organisation.manager[below]] == organisation.department[below]
    assert same.all()


def test_nearness_to_the_top_counts_before_the_number_of_people_below() -> None:
    above = {"top": None, "deep": "mid", "near": "top", "mid": "high", "high": "top", "n1": "near"}
    above |= {f"d{i}": "deep" for i in range(5)}
    people = [PersonRecord(id=id_, department="x", manager=superior) for id_, superior in above.items()]
    organisation = build_organisation(people, [], seed=0, leader_share=3 / 11)
    assert organisation.labels is not None
    leaders = {organisation.labels[i] for i in np.flatnonzero(organisation.is_leader)}
    assert leaders == {"top", "high", "near"}


def test_the_leader_of_a_department_may_be_several_steps_above_it() -> None:
    chain = [("first", "a", None), ("lead", "a", "first"), ("mid", "b", "lead"), ("low", "c", "mid")]
    people = [
        PersonRecord(id=id_, department=name, manager=superior, is_leader=id_ in {"first", "lead"})
        for id_, name, superior in chain
    ]
    assert build_organisation(people, [], seed=0).leader_of_department.tolist() == [0, 1, 1]


def test_without_managers_the_best_connected_head_their_department() -> None:
    people = [PersonRecord(id=str(i), department="ab"[i % 2]) for i in range(40)]
    ties = [("39", str(i)) for i in range(20)] + [("38", str(i)) for i in range(12)]
    organisation = build_organisation(people, ties, seed=0, leader_share=0.02)
    assert organisation.labels is not None
    busiest = [organisation.labels.index("39"), organisation.labels.index("38")]
    assert organisation.manager[busiest].tolist() == [-1, busiest[0]]


def test_someone_who_reports_to_themselves_is_at_the_top() -> None:
    people = [
        PersonRecord(id="a", department="x", manager="a"),
        PersonRecord(id="b", department="x", manager="a"),
    ]
    assert build_organisation(people, [], seed=0).manager.tolist() == [-1, 0]


@settings(deadline=None)
@given(data=st.data(), n_people=st.integers(2, 25))
def test_any_acyclic_data_give_a_well_formed_organisation(data: st.DataObject, n_people: int) -> None:
    above = [data.draw(st.integers(-1, i - 1)) for i in range(n_people)]
    shuffled = data.draw(st.permutations(range(n_people)))
    marked = data.draw(st.sampled_from([None, False, True]))
    people = [
        PersonRecord(
            id=f"p{i}",
            department=data.draw(st.sampled_from("xyz")),
            manager=f"p{above[i]}" if above[i] >= 0 else "",
            is_leader=marked,
        )
        for i in shuffled
    ]
    ids = st.sampled_from([person.id for person in people])
    ties = data.draw(st.lists(st.tuples(ids, ids), max_size=30))
    placement = data.draw(st.sampled_from(PLACEMENTS))
    organisation = build_organisation(people, ties, seed=1, champion_placement=placement)
    assert_well_formed(organisation)
    assert organisation.labels is not None
    row = {label: i for i, label in enumerate(organisation.labels)}
    for person in people:
        assert organisation.department_names[organisation.department[row[person.id]]] == person.department
        if person.manager:
            assert organisation.manager[row[person.id]] == row[person.manager]


@pytest.mark.parametrize(
    ("people", "ties", "message"),
    [
        (TINY_PEOPLE[:1], [], "has 1 people; at least 2"),
        ([*TINY_PEOPLE, TINY_PEOPLE[0]], [], "more than once: ed"),
        (TINY_PEOPLE, [("ada", "zoe"), ("max", "bo")], "not listed: zoe, max"),
        (TINY_PEOPLE, np.array([[0, 5]]), "outside 0 to 4: 5"),
        (TINY_PEOPLE, np.array([[-1, 2]]), "outside 0 to 4: -1"),
        (TINY_PEOPLE[:2], [], "managers who are not listed: ada, bo"),
        (
            [
                PersonRecord(id="a", department="x", manager="b"),
                PersonRecord(id="b", department="x", manager="c"),
                PersonRecord(id="c", department="x", manager="b"),
            ],
            [],
            "circle: (b -> c -> b|c -> b -> c)",
        ),
    ],
)
def test_faulty_data_are_refused_naming_the_culprits(people, ties, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build_organisation(people, ties, seed=0)


def test_a_long_list_of_culprits_is_cut_short() -> None:
    with pytest.raises(ValueError, match=r"x0, x1, x2, x3, x4 and 3 more$"):
        build_organisation(TINY_PEOPLE, [(f"x{i}", "ada") for i in range(8)], seed=0)


def test_a_real_company_is_read_with_its_hierarchy() -> None:
    """Manufacturing (Michalski 2020): its head reports to itself; below each of the head's reports, a department."""
    if not (DATA / "manufacturing_reports_to.csv").exists():
        pytest.skip(f"published data not here: {DATA}")
    lines = (DATA / "manufacturing_reports_to.csv").read_text().split()[1:]
    above = dict(line.split(",") for line in lines)
    mail = gzip.decompress((DATA / "manufacturing_email.csv.gz").read_bytes()).decode().split()[1:]
    ties = {tuple(line.split(",")[:2]) for line in mail}
    accounts = sorted({id_ for tie in ties for id_ in tie} | set(above))
    head = next(id_ for id_, superior in above.items() if id_ == superior)

    def branch(id_: str) -> str:
        while above.get(id_, head) != head:
            id_ = above[id_]
        return id_ if id_ in above else "elsewhere"

    people = [PersonRecord(id=id_, department=branch(id_), manager=above.get(id_)) for id_ in accounts]
    organisation = build_organisation(people, ties, seed=0, leader_share=0.078)
    assert_well_formed(organisation)
    assert organisation.n_people == 167
    assert organisation.is_leader.sum() == 13
    assert organisation.labels is not None
    leaders = {organisation.labels[i] for i in np.flatnonzero(organisation.is_leader)}
    assert head in leaders
    assert all(above[id_] in leaders for id_ in leaders)  # the top of the tree, in one piece
    assert organisation.reports[organisation.reports > 0].mean() == pytest.approx(4.5)
    assert (organisation.reports > 0).sum() == 34


# --- cost ---


def test_five_hundred_people_take_milliseconds() -> None:
    """Sweeps draw one a replicate; 3 ms as measured, 15 allowed for a busy machine, best of ten."""
    times = []
    for replicate in range(10):
        begin = time.perf_counter()
        generate_organisation(500, seed=0, replicate=replicate)
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.015
