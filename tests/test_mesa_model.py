"""AdoptionModel is the engine, seen as a Mesa model."""

from __future__ import annotations

import gc
import inspect
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


def test_stepping_beyond_the_horizon_changes_nothing(scenario):
    model = ad.AdoptionModel(scenario, seed=1)
    for _ in range(63):
        model.step()
    assert not model.running
    before = model.world.counts.copy(), model.world.level.copy()
    model.step()
    assert model.day == 63
    assert not model.running
    assert np.array_equal(model.world.counts, before[0])
    assert np.array_equal(model.world.level, before[1])
    assert len(model.datacollector.get_model_vars_dataframe()) == 63


def test_models_without_a_seed_differ_and_tell_the_seed_that_repeats_them(scenario):
    models = [ad.AdoptionModel(scenario), ad.AdoptionModel(scenario)]
    again = ad.AdoptionModel(scenario, seed=models[0].seed)
    for model in (*models, again):
        while model.running:
            model.step()
    assert models[0].seed != models[1].seed
    assert not np.array_equal(models[0].world.level, models[1].world.level)
    assert np.array_equal(models[0].world.level, again.world.level)


def test_a_seed_of_0_is_a_seed(scenario):
    assert ad.AdoptionModel(scenario, seed=0).seed == ad.AdoptionModel(scenario, rng=0).seed == 0


@pytest.mark.parametrize("given", [None, ("name", "small"), 3])
def test_a_model_without_a_scenario_is_refused_and_takes_no_other(given):
    with pytest.raises(TypeError, match="give a scenario, or the name of one"):
        ad.AdoptionModel(given)


def batch_of(parameters, iterations=1, seed=None):
    """Return what Mesa's batch_run does; a seed as each release takes it."""
    if seed is None:
        luck = {"iterations": iterations}
    elif "rng" in inspect.signature(mesa.batch_run).parameters:
        luck = {"rng": [seed]}
    else:
        luck, parameters = {"iterations": 1}, parameters | {"seed": [seed]}
    return mesa.batch_run(
        ad.AdoptionModel,
        parameters,
        **luck,
        max_steps=62,
        number_processes=1,
        data_collection_period=-1,
        display_progress=False,
    )


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="this Mesa has no batch_run")
@pytest.mark.filterwarnings("ignore")  # batch_run warns about its own arguments, differently in each release
def test_batch_run_works_and_its_replicates_differ(scenario):
    rows = batch_of({"scenario": [scenario], "replicate": [0, 1]}, seed=4)
    assert len(rows) == 2
    assert rows[0]["members"] != rows[1]["members"] or rows[0]["trust"] != rows[1]["trust"]


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="this Mesa has no batch_run")
@pytest.mark.filterwarnings("ignore")
def test_iterations_of_batch_run_differ_and_each_can_be_repeated_by_the_seed_in_its_row(scenario):
    rows = batch_of({"scenario": [scenario]}, iterations=3)
    assert len({row["trust"] for row in rows}) == 3
    again = batch_of({"scenario": [scenario]}, seed=rows[1]["seed"])
    assert again[0]["trust"] == rows[1]["trust"]


def test_a_finished_model_is_freed(scenario):
    model = ad.AdoptionModel(scenario, seed=1)
    assert len(model.agents) == 60
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


class Viz:
    """SolaraViz without a browser: its buttons, what it says, its picture."""

    def __init__(self, asked, **model_params):
        import solara
        from mesa.visualization import SolaraViz, make_plot_component

        self.model = solara.reactive(ad.AdoptionModel(asked, seed=1))

        @solara.component
        def page():
            with solara.AppLayout():
                SolaraViz(
                    self.model,
                    components=[make_plot_component(["members", "contributors"])],
                    play_interval=1,
                    render_interval=10,
                    model_params=model_params,
                )

        _, self.context = solara.render(page(), handle_error=False)

    def press(self, label):
        import ipyvuetify

        self.context.find(ipyvuetify.Btn, children=[label]).widget.click()

    def errors(self):
        import ipyvuetify

        return [alert.children for alert in self.context.find(ipyvuetify.Alert).widgets]

    def picture(self):
        import ipywidgets

        return bytes(self.context.find(ipywidgets.Image).widget.value)

    def wait_until_done(self):
        import ipyvuetify

        self.context.find(ipyvuetify.Btn, children=["❚❚"], disabled=True).wait_for(timeout=60)


@pytest.fixture
def viz(scenario):
    pytest.importorskip("solara", reason="needs the extra 'ui'")
    shown = Viz(scenario, scenario=scenario, seed=1)
    yield shown
    shown.context.close()


@pytest.mark.filterwarnings("ignore")  # Mesa's and Solara's own
def test_solara_viz_plots_and_steps_to_the_last_day_and_no_further(viz):
    drawn = [viz.picture()]
    for _ in range(7):  # of 10 days each
        viz.press("Step")
        drawn.append(viz.picture())
    assert len(set(drawn)) == 8
    assert (viz.model.value.day, viz.model.value.running) == (63, False)
    assert viz.errors() == []


@pytest.mark.filterwarnings("ignore")
def test_solara_viz_plays_to_the_end_and_reset_begins_the_same_scenario_again(viz, scenario):
    played = viz.model.value
    viz.press("▶")
    viz.wait_until_done()
    assert (played.day, played.running) == (63, False)
    assert viz.errors() == []
    viz.press("Reset")
    anew = viz.model.value
    assert anew is not played
    assert (anew.day, anew.seed, anew.question) == (0, 1, scenario)


@pytest.mark.filterwarnings("ignore")
def test_reset_of_solara_viz_takes_no_other_scenario_in_place_of_one_it_does_not_know(scenario):
    pytest.importorskip("solara", reason="needs the extra 'ui'")
    shown = Viz(scenario)
    before = shown.model.value
    with pytest.raises(TypeError, match=r"to SolaraViz: model_params"):  # which Solara puts on the page
        shown.press("Reset")
    assert shown.model.value is before
    with pytest.raises(TypeError):  # reacton raises anew what a page met
        shown.context.close()
