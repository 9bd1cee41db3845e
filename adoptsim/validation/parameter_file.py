"""A file of parameter values: YAML or JSON, a parameter and its value a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, create_model

from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.scenario import Strict
from adoptsim.files import parse_model, read_text
from adoptsim.files.text import display

_FIELDS: dict[str, Any] = {
    name: (float | None, Field(None, ge=each.low, le=each.high, allow_inf_nan=False, description=each.meaning))
    for name, each in PARAMETERS.items()
}
ParameterSet: type[BaseModel] = create_model("ParameterSet", __base__=Strict, **_FIELDS)


def read_parameters(path: Path) -> dict[str, float]:
    """Return the values of a file by parameter; raises ``InputError`` with everything that is wrong with it."""
    return parse_model(read_text(path), ParameterSet, file=display(path)).model_dump(exclude_none=True)
