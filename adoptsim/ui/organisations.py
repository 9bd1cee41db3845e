"""Organisations from people's own files, by the hash of their contents; the engine reads them from a private folder."""

from __future__ import annotations

import re
import shutil
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.ui.folders import private_folder
from adoptsim.ui.setting import MOST_OWN_PEOPLE
from adoptsim.ui.store import Store, StoreError

PEOPLE, TIES = "people.csv", "ties.csv"
_DIGEST = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class OwnOrganisation:
    """What two files hold, and the folder they lie in, which is called by their hash."""

    folder: Path
    n_people: int
    n_departments: int
    n_ties: int

    @property
    def digest(self) -> str:
        """Return the hash of both files."""
        return self.folder.name

    def within(self, spec: OrganisationSpec) -> OrganisationSpec:
        """Return how an organisation is described when it is this one."""
        return spec.model_copy(update=files_in(self.folder) | {"same_for_all_replicates": False})


def files_in(folder: Path) -> dict[str, str]:
    """Return the fields that name the two files of a folder."""
    return {"people_file": str(folder / PEOPLE), "ties_file": str(folder / TIES)}


class Visitor(Protocol):
    """Somebody who may work with uploaded organisations."""

    def own_digests(self) -> set[str]:
        """Return the hashes of all organisations that this visitor has open, or can go back to."""


class Organisations:
    """The organisations that were uploaded to a store; safe from any thread.

    Their files lie in this server's folder too, where the engine reads them. What was deleted from the store leaves the
    folder as soon as no visitor works with it.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: dict[str, OwnOrganisation] = {}
        self._deleted: set[str] = set()
        self._visitors: weakref.WeakSet[Visitor] = weakref.WeakSet()
        self._lock = threading.RLock()
        self._root: Path | None = None

    def add(self, people: Path, ties: Path) -> OwnOrganisation:
        """Check two files and keep them; raises ``InputError`` with what is wrong with them."""
        spec = OrganisationSpec(people_file=str(people), ties_file=str(ties))
        records = files.read_records(spec)
        if len(records.people) > MOST_OWN_PEOPLE:
            message = f"lists {len(records.people):,} people; on the page at most {MOST_OWN_PEOPLE:,}: use adoptsim run"
            raise InputError(Problem(message, "", str(people)))
        files.build_from_records(records, spec, seed=0, replicate=0)
        digest, contents = files.content_digest(spec), (people.read_bytes(), ties.read_bytes())
        self.store.add_organisation(digest, *contents)
        return self._keep(digest, *contents, records)

    def find(self, digest: str) -> OwnOrganisation | None:
        """Return an organisation by its hash, if this machine or its database has it."""
        if not _DIGEST.fullmatch(digest):
            return None
        with self._lock:
            known = self._known.get(digest)
        if known is None:
            found = self.store.organisation(digest)
            return None if found is None else self._keep(digest, *found)
        return known if self._is_saved(digest) else None

    def _is_saved(self, digest: str) -> bool:
        """Return whether the store has what is known here: somebody elsewhere may have deleted it, or brought it again."""
        try:
            is_there = self.store.has_organisation(digest)
        except StoreError:  # it has gone: what this server knows goes on
            return digest not in self._deleted
        with self._lock:
            (self._deleted.discard if is_there else self._deleted.add)(digest)
        return is_there

    def known(self, digest: str) -> OwnOrganisation | None:
        """Return an organisation that somebody on this server works with, even if it was deleted meanwhile."""
        return self._known.get(digest)

    def forget(self, digest: str) -> None:
        """Remove an organisation from the store; no link finds it any more, but whoever works with it goes on."""
        self.store.forget_organisation(digest)
        with self._lock:
            self._deleted.add(digest)
            self._tidy()

    def enter(self, visitor: Visitor) -> None:
        """Hear of somebody who comes."""
        with self._lock:
            self._visitors.add(visitor)

    def leave(self, visitor: Visitor) -> None:
        """Hear of somebody who goes; what was deleted and only they still worked with is removed."""
        with self._lock:
            self._visitors.discard(visitor)
            self._tidy()

    def _tidy(self) -> None:
        used = {digest for visitor in self._visitors for digest in visitor.own_digests()}
        for digest in self._deleted - used:
            gone = self._known.pop(digest, None)
            self._deleted.discard(digest)
            if gone is not None:
                shutil.rmtree(gone.folder, ignore_errors=True)

    def _keep(self, digest: str, people: bytes, ties: bytes, records: files.Records | None = None) -> OwnOrganisation:
        with self._lock:
            self._deleted.discard(digest)
            if digest in self._known:
                return self._known[digest]
            folder = self._folder() / digest
            folder.mkdir(mode=0o700, exist_ok=True)
            (folder / PEOPLE).write_bytes(people)
            (folder / TIES).write_bytes(ties)
            records = records or files.read_records(OrganisationSpec(**files_in(folder)))
            departments = {person.department for person in records.people}
            self._known[digest] = OwnOrganisation(folder, len(records.people), len(departments), len(records.ties))
            return self._known[digest]

    def _folder(self) -> Path:
        if self._root is None:
            self._root = private_folder("organisations")
            weakref.finalize(self, shutil.rmtree, self._root, ignore_errors=True)
        return self._root
