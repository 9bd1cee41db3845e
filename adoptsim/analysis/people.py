"""What people and departments are called where somebody reads about them: by role, number and the organisation's names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.organisation import Organisation
from adoptsim.domain.scenario import nearest
from adoptsim.engine.groups import GROUPS


@dataclass(frozen=True)
class Names:
    """The people of one organisation, each with a place in GROUPS: ``group`` int64[N]."""

    organisation: Organisation
    group: npt.NDArray[np.int64]

    def role(self, person: int) -> str:
        """Return what somebody is: employee, champion, manager or leader."""
        return GROUPS[int(self.group[person])]

    def person(self, person: int) -> str:
        """Return somebody as one of many: 'employee 212 of department 3'."""
        return f"{self.role(person)} {person_id(self.organisation, person)} of {self.department_of(person)}"

    def department_of(self, person: int) -> str:
        """Return the name of somebody's department."""
        return department_name(self.organisation, int(self.organisation.department[person]))


def person_id(organisation: Organisation, person: int) -> str:
    """Return the id of somebody as the organisation's own files have it, or the number where it was generated."""
    return organisation.labels[person] if organisation.labels is not None else str(person)


def department_name(organisation: Organisation, department: int) -> str:
    """Return what a department is called; one that has a number only is 'department 3'."""
    name = organisation.department_names[department]
    return name if any(letter.isalpha() for letter in name) else f"department {name}"


def find_person(organisation: Organisation, name: str) -> int:
    """Return the place of somebody by id. Raises ``InputError``."""
    if organisation.labels is not None:
        if name in organisation.labels:
            return organisation.labels.index(name)
        raise InputError(Problem(f"nobody has the id {name!r}{nearest(name, organisation.labels)}", "--person"))
    if name.isdecimal() and int(name) < organisation.n_people:
        return int(name)
    raise InputError(Problem(f"{name!r} is nobody here; give a number from 0 to {organisation.n_people - 1}", "--person"))
