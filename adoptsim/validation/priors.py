"""The priors of the parameters, and how far a value of a pattern lies from its range."""

from __future__ import annotations

import math

from adoptsim.domain.parameters import PARAMETER_GROUPS, PARAMETERS, Parameter
from adoptsim.validation.patterns import Pattern

LEAST_WIDTH = 0.02
"""Taken for the width of a range that is open and begins at 0, as of a sign."""


def open_parameters() -> dict[str, Parameter]:
    """Return the parameters that the patterns may speak about: all but what minutes of work cost, and shocks."""
    silent = {row.name for group in ("Minutes of work", "Shocks") for row in PARAMETER_GROUPS[group]}
    return {name: each for name, each in PARAMETERS.items() if name not in silent}


def from_prior(parameter: Parameter, quantile: float) -> float:
    """Return the value at a quantile of a parameter's prior: uniform, or log-uniform, from low to high."""
    low, high = parameter.low, parameter.high
    if parameter.prior == "log-uniform":
        return float(low * (high / low) ** quantile)
    return float(low + (high - low) * quantile)


def quantile_of(parameter: Parameter, value: float) -> float:
    """Return at which quantile of its prior a value lies, [0, 1]."""
    low, high = parameter.low, parameter.high
    if parameter.prior == "log-uniform":
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)


def half_width(pattern: Pattern) -> float:
    """Return half the width of a pattern's range; of an open one, half of how far its bound is from 0."""
    if pattern.low is not None and pattern.high is not None:
        return (pattern.high - pattern.low) / 2.0
    return max(abs(pattern.low or 0.0), abs(pattern.high or 0.0), LEAST_WIDTH) / 2.0
