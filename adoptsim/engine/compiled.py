"""Compile engine functions with numba, releasing the interpreter lock, and cache them by what they were made of.

Numba's own cache looks at one file's date, so a cached caller would not notice that a rule in another file has
changed. The cache folder is therefore named after a hash of every source that is compiled.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba
from platformdirs import user_cache_path

P = ParamSpec("P")
R = TypeVar("R")

_PACKAGE = Path(__file__).resolve().parent.parent


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _compiled_sources() -> list[Path]:
    return [path for folder in ("domain", "engine") for path in sorted((_PACKAGE / folder).glob("*.py"))]


@cache
def source_digest() -> str:
    """Return a short hash of all sources that decide a run's history and outcomes: it names the model's version."""
    return _digest([*_compiled_sources(), _PACKAGE / "simulation.py"])


@cache
def _cache_folder() -> str:
    build = f"{_digest(_compiled_sources())}-numba{numba.__version__}-py{sys.version_info.major}{sys.version_info.minor}"
    return str(user_cache_path("adoptsim") / "kernels" / build)


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """Return ``function`` compiled for calls from Python: without the interpreter lock, cached on disk with all it calls."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = _cache_folder()
    try:
        return cast("Callable[P, R]", numba.njit(nogil=True, cache=True, error_model="numpy", _nrt=False)(function))
    finally:
        numba.config.CACHE_DIR = before


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return ``function`` compiled for calls from compiled code only; plain Python stays at ``.py_func``.

    Without reference counting (no compiled function allocates or keeps an array) and without wrappers for Python: a
    third of the time to compile. Always inlined: a call that passes the world would push its hundreds of sizes and
    addresses.
    """
    options = {
        "error_model": "numpy",
        "_nrt": False,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
        "forceinline": True,
    }
    return cast("Callable[P, R]", numba.njit(**options)(function))
