"""Colours of scenarios side by side, as people see them who see no red, no green or no blue (Machado et al. 2009)."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from adoptsim.ui.palette import COLOURS, DASHES
from adoptsim.ui.state import MOST_KEPT

Floats = npt.NDArray[np.float64]
SEEN_BY = {
    "everybody": np.eye(3),
    "protanopes": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopes": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopes": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""Machado, Oliveira & Fernandes 2009, table 1, severity 1.0; on linear RGB."""
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
LEAST_DIFFERENCE, LEAST_CONTRAST = 15.0, 3.0
"""CIE76 between lines; WCAG 1.4.11 against white."""


def linear(colour: str) -> Floats:
    """Return linear RGB of #rrggbb."""
    share = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(rgb: Floats) -> Floats:
    """Return CIELAB (D65) of linear RGB."""
    ratio = TO_XYZ @ np.clip(rgb, 0.0, 1.0) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("who", SEEN_BY)
def test_no_two_lines_look_alike(who: str):
    seen = [lab(np.array(SEEN_BY[who]) @ linear(colour)) for colour in COLOURS]
    least = min(float(np.linalg.norm(one - other)) for one, other in itertools.combinations(seen, 2))
    assert least >= LEAST_DIFFERENCE


@pytest.mark.parametrize("colour", COLOURS)
def test_every_line_stands_out_from_white(colour: str):
    luminance = float(TO_XYZ[1] @ linear(colour))
    assert 1.05 / (luminance + 0.05) >= LEAST_CONTRAST


def test_there_is_a_colour_for_every_scenario_and_lines_differ_in_their_dashes_too():
    assert len(COLOURS) == len(DASHES) == MOST_KEPT + 2
    assert len(set(DASHES)) == len(DASHES) - 1
