"""The networks of a generated organisation look like those observed, and are described correctly."""

import gzip
import io
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adoptsim.domain.network import (
    NetworkStatistics,
    describe_network,
    draw_reporting_tree,
    find_manager_cycle,
    tie_codes,
    tie_table,
)
from adoptsim.domain.organisation import Organisation, PersonRecord, build_organisation, generate_organisation

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
N_EMAIL_EU = 1005
SEEDS = range(6)


def read_rows(name: str) -> list[list[str]]:
    """Return the rows of a file of published data, without its header."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"published data not here: {path}")
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    return [line.split(",") for line in io.StringIO(text).read().split()[1:]]


@pytest.fixture(scope="module")
def email_eu() -> Organisation:
    departments = read_rows("email_eu_core_departments.csv")
    people = [PersonRecord(id=person, department=department) for person, department in departments]
    ties = [(source, target) for source, target in read_rows("email_eu_core_edges.csv.gz")]
    return build_organisation(people, ties, seed=0)


@pytest.fixture(scope="module")
def observed(email_eu: Organisation) -> NetworkStatistics:
    return describe_network(email_eu, path_sample=N_EMAIL_EU)


@pytest.fixture(scope="module")
def generated() -> list[NetworkStatistics]:
    return [describe_network(generate_organisation(N_EMAIL_EU, seed=seed, replicate=0)) for seed in SEEDS]


def mean_of(statistics: list[NetworkStatistics], name: str) -> float:
    return float(np.mean([getattr(each, name) for each in statistics]))


def test_the_published_statistics_of_email_eu_are_recovered(observed: NetworkStatistics) -> None:
    """Leskovec et al. 2007 as in the SNAP collection; here without direction and self ties."""
    assert observed.n_people == N_EMAIL_EU
    assert observed.n_departments == 42
    assert observed.mean_degree == pytest.approx(31.97, abs=0.01)
    assert observed.within_share == pytest.approx(0.336, abs=0.001)
    assert observed.clustering == pytest.approx(0.399, abs=0.001)
    assert observed.mean_path == pytest.approx(2.587, abs=0.001)
    assert observed.density_ratio == pytest.approx(10.3, abs=0.1)


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        ("mean_degree", 0.02),
        ("within_share", 0.05),
        ("clustering", 0.07),
        ("mean_path", 0.05),
        ("density_ratio", 0.20),
        ("department_size_mean", 0.05),
        ("department_size_median", 0.20),
        ("degree_sd", 0.10),
    ],
)
def test_generated_organisations_resemble_email_eu_on_average(
    name: str, tolerance: float, generated: list[NetworkStatistics], observed: NetworkStatistics
) -> None:
    assert mean_of(generated, name) == pytest.approx(getattr(observed, name), rel=tolerance)


@pytest.mark.parametrize("seed_at", range(len(SEEDS)))
def test_every_generated_organisation_is_within_pattern_8(seed_at: int, generated: list[NetworkStatistics]) -> None:
    each = generated[seed_at]
    assert each.within_share == pytest.approx(0.34, abs=0.02)
    assert each.clustering == pytest.approx(0.40, abs=0.06)
    assert each.mean_path == pytest.approx(2.6, abs=0.2)
    assert 8 < each.density_ratio < 14
    assert each.span == pytest.approx(4.5, abs=0.8)
    assert 0.10 < each.with_reports_share < 0.26
    assert 0.9 < each.degree_sd / each.mean_degree < 1.3


def test_people_with_reports_have_more_ties() -> None:
    """Manufacturing (Michalski 2020): 1.31 times as many."""
    ratios = []
    for seed in range(20):
        organisation = generate_organisation(500, seed=seed, replicate=0)
        has_reports = organisation.reports > 0
        ratios.append(organisation.degree[has_reports].mean() / organisation.degree[~has_reports].mean())
    assert 1.1 < np.mean(ratios) < 1.6


def test_structure_does_not_dissolve_in_large_organisations() -> None:
    organisation = generate_organisation(20_000, seed=1, replicate=0)
    large = describe_network(organisation, path_sample=20)
    assert organisation.degree.max() < 1000
    assert large.mean_degree == pytest.approx(32, rel=0.02)
    assert large.within_share == pytest.approx(0.34, abs=0.02)
    assert large.clustering > 0.28
    assert large.mean_path < 4.5


@pytest.mark.parametrize("n_people", [20, 35, 60, 100, 150, 300])
def test_small_organisations_keep_departments_apart(n_people: int) -> None:
    small = describe_network(generate_organisation(n_people, seed=3, replicate=0))
    assert small.n_departments >= 4
    assert small.p_in > 2 * small.p_out > 0
    assert small.mean_degree == pytest.approx(min(32, 0.4 * (n_people - 1)), rel=0.15)


@st.composite
def small_organisations(draw: st.DrawFn) -> Organisation:
    """Organisations of 2 to 14 people with any ties."""
    n_people = draw(st.integers(2, 14))
    departments = draw(st.lists(st.sampled_from("abc"), min_size=n_people, max_size=n_people))
    person = st.integers(0, n_people - 1)
    ties = draw(st.lists(st.tuples(person, person), max_size=40))
    people = [PersonRecord(id=str(i), department=name) for i, name in enumerate(departments)]
    return build_organisation(people, np.array(ties, np.int64).reshape(-1, 2), seed=0)


def as_graph(organisation: Organisation) -> "nx.Graph[int]":
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(organisation.n_people))
    ends = np.repeat(np.arange(organisation.n_people), organisation.degree)
    graph.add_edges_from(zip(ends.tolist(), organisation.neighbours.tolist(), strict=True))
    return graph


@given(organisation=small_organisations())
def test_statistics_agree_with_networkx(organisation: Organisation) -> None:
    ours, graph = describe_network(organisation), as_graph(organisation)
    assert ours.mean_degree == pytest.approx(2 * graph.number_of_edges() / organisation.n_people)
    assert ours.clustering == pytest.approx(nx.average_clustering(graph))
    distances = [steps for _, reached in nx.all_pairs_shortest_path_length(graph) for steps in reached.values() if steps]
    assert ours.mean_path == pytest.approx(np.mean(distances) if distances else np.nan, nan_ok=True)
    department = organisation.department
    is_within = [department[one] == department[other] for one, other in graph.edges]
    assert ours.within_share == pytest.approx(np.mean(is_within) if is_within else 0)


def test_densities_are_counted_by_hand() -> None:
    """Two departments of two; one of the two inner pairs is tied and one of the four outer pairs."""
    people = [PersonRecord(id=id_, department=id_[0]) for id_ in ("a1", "a2", "b1", "b2")]
    described = describe_network(build_organisation(people, [("a1", "a2"), ("a1", "b1")], seed=0))
    assert described.p_in == 0.5
    assert described.p_out == 0.25
    assert described.density_ratio == 2.0
    assert described.degree_sd == pytest.approx(np.std([2, 1, 1, 0]))


@given(ties=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=60))
def test_a_tie_table_is_symmetric_sorted_and_without_self_ties(ties: list[tuple[int, int]]) -> None:
    pairs = np.array(ties, np.int64).reshape(-1, 2)
    indptr, neighbours = tie_table(tie_codes(pairs[:, 0], pairs[:, 1], 9), 9)
    rows = [neighbours[indptr[i] : indptr[i + 1]].tolist() for i in range(9)]
    expected: list[set[int]] = [set() for _ in range(9)]
    for one, other in ties:
        if one != other:
            expected[one].add(other)
            expected[other].add(one)
    assert rows == [sorted(contacts) for contacts in expected]
    assert neighbours.dtype == np.uint32


@given(manager=st.lists(st.integers(-1, 9), min_size=10, max_size=10))
def test_a_cycle_is_found_if_and_only_if_there_is_one(manager: list[int]) -> None:
    cycle = find_manager_cycle(np.array(manager, np.int32))
    graph = nx.DiGraph((person, above) for person, above in enumerate(manager) if above >= 0)
    assert (cycle is None) == nx.is_directed_acyclic_graph(graph)
    if cycle is not None:
        assert len(set(cycle)) == len(cycle)
        assert [manager[person] for person in cycle] == cycle[1:] + cycle[:1]


@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=12),
    leading_share=st.floats(0.01, 1),
    seed=st.integers(0, 10**6),
)
def test_a_drawn_reporting_tree_has_one_top_and_no_cycle(sizes: list[int], leading_share: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    start = np.concatenate(([0], np.cumsum(sizes)))
    order = rng.permutation(len(sizes))
    n_leading = max(1, round(leading_share * len(sizes)))
    manager = draw_reporting_tree(start, order, n_leading, rng)
    heads = start[:-1]
    assert np.flatnonzero(manager == -1).tolist() == [heads[order[0]]]
    assert find_manager_cycle(manager) is None
    leading = set(heads[order[:n_leading]].tolist())
    assert {int(manager[head]) for head in heads} <= leading | {-1}
    department = np.repeat(np.arange(len(sizes)), sizes)
    others = np.setdiff1d(np.arange(len(manager)), heads)
    assert (department[manager[others]] == department[others]).all()
