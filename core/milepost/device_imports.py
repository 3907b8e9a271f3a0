"""What was brought in from files on this device, and which events that wrote; the tables alone, which decide nothing.

It is for this device: another one that has the journal knows the entries, and not that they came out of a file here.
"""

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from milepost.errors import NotFound

Status = Literal["begun", "done", "taken back in part", "taken back"]
SETTLED: tuple[Status, ...] = ("done", "taken back")


class Tally(Struct, kw_only=True, omit_defaults=True):
    """How far a file was gone through, and what became of its entries. `reasons` are the first ones not taken."""

    entries: int = 0
    made: int = 0
    changed: int = 0
    taken_back: int = 0
    proposed: int = 0
    passed_over: int = 0
    refused: int = 0
    reasons: list[str] = msgspec.field(default_factory=list)

    def copy(self) -> "Tally":
        """Another one, to go on with."""
        return msgspec.structs.replace(self, reasons=list(self.reasons))


class Import(Struct, frozen=True, kw_only=True):
    """A file that was brought into a journal; `begun_at` in milliseconds since 1970, `today` the local day then."""

    id: str
    journal: str
    format: str
    file: str
    digest: str
    begun_at: int
    today: str
    status: Status
    tally: Tally


class Run(Struct, frozen=True, kw_only=True):
    """Events of one device, from counter `first` to `last`, that an import wrote, or (`back`) that took it back."""

    device: str
    first: int
    last: int
    back: bool = False


class Runs:
    """Many runs, to be asked whether an event is in one."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._firsts: dict[str, list[int]] = {}
        self._lasts: dict[str, list[int]] = {}
        for run in sorted(runs, key=lambda run: run.first):
            self._firsts.setdefault(run.device, []).append(run.first)
            self._lasts.setdefault(run.device, []).append(run.last)

    def hold(self, device: str, n: int) -> bool:
        """Whether event `n` of a device is in one."""
        at = bisect_right(self._firsts.get(device, []), n) - 1
        return at >= 0 and n <= self._lasts[device][at]


_COLUMNS = "id, journal, format, file, digest, begun_at, today, status, tally"


class Imports:
    """The tables of them, on a device's file. What changes them is called within a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    def all(self, journal: str) -> list[Import]:
        """Those into a journal, the oldest first."""
        rows = self._sql.execute(f"SELECT {_COLUMNS} FROM imports WHERE journal = ? ORDER BY rowid", (journal,))
        return [_import(row) for row in rows]

    def get(self, id_: str) -> Import:
        """One of them.

        Raises:
            NotFound: there is none, or no longer.

        """
        row = self._sql.execute(f"SELECT {_COLUMNS} FROM imports WHERE id = ?", (id_,)).fetchone()
        if row is None:
            raise NotFound(f"There is no import {id_[:8]}. `milepost import list` shows those there are.")
        return _import(row)

    def cut_short(self, journal: str, digest: str) -> Import | None:
        """The import of such a file that did not come to its end, if there is one."""
        found = [one for one in self.all(journal) if one.digest == digest and one.status == "begun"]
        return found[-1] if found else None

    def keep(self, one: Import) -> None:
        """Writes one down as it is now."""
        row = (one.id, one.journal, one.format, one.file, one.digest, one.begun_at, one.today, one.status)
        self._sql.execute(
            f"INSERT INTO imports ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET status = excluded.status, tally = excluded.tally",
            (*row, msgspec.json.encode(one.tally).decode()),
        )

    def forget(self, id_: str) -> None:
        """It wrote nothing, so there is nothing to keep in mind."""
        self._sql.execute("DELETE FROM imports WHERE id = ?", (id_,))

    def wrote(self, one: Import, run: Run) -> None:
        """Notes events that were just written; those that follow on each other are one run."""
        if run.last < run.first:
            return
        longer = self._sql.execute(
            "UPDATE imported SET last = ? WHERE import = ? AND device = ? AND last = ? AND back = ?",
            (run.last, one.id, run.device, run.first - 1, int(run.back)),
        )
        if not longer.rowcount:
            self._sql.execute(
                "INSERT INTO imported VALUES (?, ?, ?, ?, ?, ?)",
                (one.id, one.journal, run.device, run.first, run.last, int(run.back)),
            )

    def runs(self, ids: Sequence[str]) -> list[Run]:
        """All that some imports wrote."""
        marks = ", ".join("?" * len(ids))
        rows = self._sql.execute(
            f"SELECT device, first, last, back FROM imported WHERE import IN ({marks}) ORDER BY rowid", tuple(ids)
        )
        return [Run(device=device, first=first, last=last, back=bool(back)) for device, first, last, back in rows]

    def parted(self, journal: str, device: str, first: int) -> None:
        """A device's events from a counter on are written again under another name: they count as anybody's from here on,
        so that nothing of them is overruled or taken back by mistake.
        """
        named = (journal, device, first)
        self._sql.execute("DELETE FROM imported WHERE journal = ? AND device = ? AND first >= ?", named)
        self._sql.execute(
            "UPDATE imported SET last = ? WHERE journal = ? AND device = ? AND last >= ?", (first - 1, *named)
        )

    def moved(self, source: str, target: str, names: Mapping[tuple[str, int], tuple[str, int]]) -> None:
        """The events of a journal were written again in another, under these names; what is known of imports goes along."""
        for one in self.all(source):
            runs = self.runs([one.id])
            self._sql.execute("DELETE FROM imported WHERE import = ?", (one.id,))
            self._sql.execute("UPDATE imports SET journal = ? WHERE id = ?", (target, one.id))
            there = msgspec.structs.replace(one, journal=target)
            for run in runs:
                for n in range(run.first, run.last + 1):
                    if (name := names.get((run.device, n))) is not None:
                        self.wrote(there, Run(device=name[0], first=name[1], last=name[1], back=run.back))
            self._sql.execute("INSERT OR IGNORE INTO moved VALUES (?, ?)", (target, source))
        self._sql.execute("UPDATE moved SET journal = ? WHERE journal = ?", (target, source))

    def namespaces(self, journal: str) -> list[str]:
        """Journals that had imports and were moved into this one: what came in there is called by their ids."""
        rows = self._sql.execute("SELECT source FROM moved WHERE journal = ? ORDER BY rowid", (journal,))
        return [source for (source,) in rows]

    def remove(self, journal: str) -> None:
        """The journal is forgotten."""
        for table in ("imports", "imported"):
            self._sql.execute(f"DELETE FROM {table} WHERE journal = ?", (journal,))


def _import(row: tuple[str, str, str, str, str, int, str, Status, str]) -> Import:
    id_, journal, format_, file, digest, begun_at, today, status, tally = row
    return Import(
        id=id_,
        journal=journal,
        format=format_,
        file=file,
        digest=digest,
        begun_at=begun_at,
        today=today,
        status=status,
        tally=msgspec.json.decode(tally, type=Tally),
    )
