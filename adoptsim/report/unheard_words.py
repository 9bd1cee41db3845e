"""What is said of those who are unheard: names of roles and of measures, and how the worst-off department is found."""

from __future__ import annotations

from adoptsim.domain.definitions import DEFINITION

ROLES = {
    "employee": "Employees",
    "champion": "Champions",
    "manager": "Managers (with reports)",
    "leader": "Senior leaders",
}
COLUMNS = {"contributors": "contribute (95 %)", "silence": "voice kept back", "answered": "voice answered"}
WORST_OFF = "worst_department_contributors"
SAYS = {
    WORST_OFF: "Contribute, worst-off department",
    "contributors": "{role} who contribute",
    "silence": "{role}: voice kept back",
    "answered": "{role}: voice answered",
}
HOW = (
    f"Of the departments with at least {DEFINITION.least_department:g} people the one in which fewest contribute, after "
    f"chance is taken out: the lowest of many small shares would be luck."
)


def unheard_label(measure: str, role: str) -> str:
    """Return what a measure of the worst off is called; ``role``: whose people contribute least."""
    return SAYS[measure.removesuffix(f"_{role}")].format(role=ROLES[role].split(" (")[0])
