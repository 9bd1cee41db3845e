"""Which runs of shipped experiments reached critical mass, kept run by run, so that answers are held without the sweeps.

``python tests/sweeps/recorded.py FILE.db`` writes what a finished sweep found to ``recorded/NAME.txt``: a line a point, in
the order of the design, its replicates' flags as hexadecimal digits, replicate 0 the lowest bit. To be done again only where
the model itself was changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from adoptsim.sweeps.results import load_runs

FOLDER = Path(__file__).parent / "recorded"
Flags = npt.NDArray[np.float64]


def read(name: str, replicates: int) -> Flags:
    """Return whether each run reached critical mass, float64[points, replicates] of zeros and ones."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="ascii").split()
    numbers = np.array([int(line, 16) for line in lines])
    return (numbers[:, None] >> np.arange(replicates) & 1).astype(np.float64)


def write(file: Path) -> None:
    """Keep what a sweep found."""
    runs = load_runs(file)
    flags = runs.pivot_table(index="point", columns="replicate", values="reached").sort_index().to_numpy()
    assert not np.isnan(flags).any(), "the sweep is not finished"
    bits = (flags.astype(np.int64) << np.arange(flags.shape[1])).sum(axis=1)
    digits = -(-flags.shape[1] // 4)
    text = "\n".join(f"{int(number):0{digits}x}" for number in bits)
    (FOLDER / f"{file.stem}.txt").write_text(f"{text}\n", encoding="ascii")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
