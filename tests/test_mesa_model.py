"""AdoptionModel is the engine, seen as a Mesa model."""

from __future__ import annotations

import gc
import weakref

import mesa
import numpy as np
import pytest

import adoptsim as ad
from adoptsim.engine.state import COUNT

SMALL = {"people": 60}


@pytest.fixture
def scenario():
    return ad.Scenario(
        name="small",
        organisation=SMALL,
        horizon={"days": 63, "support_until": 40},
        practices={"critical_mass": True, "leadership_and_champions": True},
    )


def test_stepping_gives_the_same_history_as_the_runner(scenario):
    result = ad.simulate(scenario, replicates=[3], seed=5)
    model = ad.AdoptionModel(scenario, seed=5, replicate=3)
    while model.running:
        model.step()
    assert np.array_equal(model.world.counts, result.counts[0])
    assert np.array_equal(model.world.climate, result.climate[0])


def test_agents_are_employees_champions_and_leaders_over_the_same_arrays(scenario):
    model = ad.AdoptionModel(scenario, seed=1)
    kinds = {kind: len(model.agents_by_type[kind]) for kind in (ad.Employee, ad.Champion, ad.Leader)}
    assert sum(kinds.values()) == 60
    assert min(kinds.values()) > 0
    leader = next(iter(model.agents_by_type[ad.Leader]))
    assert model.world.place[3, leader.person] == 1
    leader.trust = 0.25
    assert model.world.level[3, leader.person] == np.float32(0.25)
    assert model.agents.select(agent_type=ad.Champion).agg("trust", np.mean) > 0


def test_an_agents_contacts_and_manager_are_agents(scenario):
    model = ad.AdoptionModel(scenario, seed=1)
    person = next(agent for agent in model.people if agent.manager is not None)
    assert isinstance(person.manager, mesa.Agent)
    assert person in person.contacts[0].contacts


def test_looking_at_agents_does_not_change_the_future(scenario):
    looked, untouched = ad.AdoptionModel(scenario, seed=2), ad.AdoptionModel(scenario, seed=2)
    for _ in range(40):
        looked.agents.agg("habit", np.mean)
        looked.step()
        untouched.step()
    assert np.array_equal(looked.world.counts, untouched.world.counts)
    assert np.array_equal(looked.world.level, untouched.world.level)


def test_the_datacollector_has_a_row_a_day_with_shares_of_staff(scenario):
    model = ad.AdoptionModel(scenario, seed=1)
    for _ in range(30):
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == 30
    assert frame["members"].iloc[-1] == model.world.counts[29, COUNT.members] / 60
    assert frame["trust"].between(0, 1).all()


def test_stepping_beyond_the_horizon_is_refused(scenario):
    model = ad.AdoptionModel(scenario)
    for _ in range(63):
        model.step()
    assert not model.running
    with pytest.raises(RuntimeError, match="horizon"):
        model.step()


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="this Mesa has no batch_run")
@pytest.mark.filterwarnings("ignore")  # batch_run warns about its own arguments, differently in each release
def test_batch_run_works_and_its_replicates_differ(scenario):
    rows = mesa.batch_run(
        ad.AdoptionModel,
        {"scenario": [scenario], "replicate": [0, 1], "seed": [4]},
        max_steps=62,
        number_processes=1,
        data_collection_period=-1,
        display_progress=False,
    )
    assert len(rows) == 2
    assert rows[0]["members"] != rows[1]["members"] or rows[0]["trust"] != rows[1]["trust"]


def test_a_finished_model_is_freed(scenario):
    model = ad.AdoptionModel(scenario)
    assert len(model.agents) == 60
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


@pytest.mark.filterwarnings("ignore")  # Mesa's and Solara's own
def test_solara_viz_can_show_the_model(scenario):
    pytest.importorskip("solara", reason="needs the extra 'ui'")
    import solara
    from mesa.visualization import SolaraViz

    page = SolaraViz(ad.AdoptionModel(scenario, seed=1), components=[], name="adoptsim")
    box, context = solara.render(page, handle_error=False)
    assert box.children
    context.close()
