"""Random numbers are the published Philox, and named by what they are for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from adoptsim.engine import draws
from adoptsim.engine.compiled import entry


def words(counter, key):
    return [int(word) for word in draws.philox_words(*(np.uint64(c) for c in counter), *(np.uint64(k) for k in key))]


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_published_known_answers(counter, key, expected):
    assert words(counter, key) == list(expected)


@entry
def scrambled(block, n, key):
    draws.scramble(block, n, key)


def test_a_block_of_draws_equals_single_draws():
    key = draws.draw_key(11, 3)
    block = np.zeros((4, 32), dtype=np.uint32)
    block[0], block[1], block[2], block[3] = np.arange(32), 7, 4, 99
    scrambled(block, np.int64(32), key)
    for person in range(32):
        assert list(block[:, person] * 2.0**-32) == list(draws.draw(key, person, 7, 4, 99))


def test_draws_differ_by_seed_replicate_person_day_purpose_and_item():
    names = [
        (s, r, p, d, u, i) for s in (1, 2) for r in (0, 1) for p in (0, 5) for d in (0, 9) for u in (1, 2) for i in (0, 8)
    ]
    numbers = {draws.draw(draws.draw_key(s, r), p, d, u, i) for s, r, p, d, u, i in names}
    assert len(numbers) == len(names)


def test_draws_are_uniform():
    """40,000 numbers; Kolmogorov-Smirnov at a false-alarm rate of 1e-6 sees a shift of .014."""
    numbers = draws.trait_uniforms(draws.draw_key(5, 0), 10_000, 0).ravel()
    assert stats.kstest(numbers, "uniform").pvalue > 1e-6
    assert np.abs(np.corrcoef(numbers.reshape(4, -1))[np.triu_indices(4, 1)]).max() < 5 / np.sqrt(10_000)


def test_seed_zero_is_a_seed():
    assert draws.draw(draws.draw_key(0, 0), 1, 1, 1, 0) != draws.draw(draws.draw_key(1, 0), 1, 1, 1, 0)
