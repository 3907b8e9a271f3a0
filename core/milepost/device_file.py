"""A device's SQLite file: how it is opened and written to, and what is in it beside the log: settings, journals, quarantine.

Every change happens inside `transaction`, which holds the file for writing: two processes on one folder take turns.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from milepost.envelope import Event, decode_event, encode_event, genesis_chain
from milepost.errors import InvalidEvent, NotFound, StorageDamaged
from milepost.messages import Cursor
from milepost.schema import migrate, migrations
from milepost.sqlite_file import open_sqlite, scrub, storage_error, words_gone

SCHEMA = migrations("milepost", "device")
CACHE_KIB = 8 * 1024
"""Room for what a page of a server's log changes: with less, SQLite writes some of it out and reads it again."""
SEE_DOCTOR = "Leave it where it is: `milepost doctor` brings all that can be read of it into a new one."
_decode_roles = msgspec.json.Decoder(dict[str, str]).decode


class JournalRow(Struct, frozen=True, kw_only=True):
    """A journal on this device: its writing id there, how far the server's log is known, whether a server has it."""

    journal: str
    device: str
    cursor: Cursor
    claimed: bool
    private: bool
    generation: int


class Rejected(Struct, frozen=True, kw_only=True):
    """An own event that a server refused for good, kept to be looked at and written again."""

    journal: str
    reason: str
    event: Event


class DeviceFile:
    """One device's file, but for the log in it."""

    def __init__(self, path: Path) -> None:
        """Opens or creates it.

        Raises:
            StorageDamaged: not such a file, or from a newer version.
            StorageFull: no room.

        """
        self.path = path
        self._sql = open_sqlite(path, advice=SEE_DOCTOR)
        self._sql.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._purged = False
        try:
            migrate(self._sql, "device", SCHEMA)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._sql.close()
            said = error if isinstance(error, sqlite3.Error) else sqlite3.DatabaseError("it has bytes that are no text")
            raise storage_error(said, path, SEE_DOCTOR) from error
        with contextlib.suppress(sqlite3.Error):
            scrub(self._sql)

    def close(self) -> None:
        self._sql.close()

    @property
    def connection(self) -> sqlite3.Connection:
        return self._sql

    def decoded(self, body: bytes) -> Event:
        """An event that this file keeps.

        Raises:
            StorageDamaged: there is none any more in what stands in its place.
        """
        try:
            return decode_event(body)
        except (InvalidEvent, TypeError) as error:
            raise StorageDamaged(f"{self.path} is damaged: an entry in it can't be read. {SEE_DOCTOR}") from error

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is done inside; durable when it ends. Inside another one, part of that."""
        if self._sql.in_transaction:
            yield
            return
        try:
            self._sql.execute("BEGIN IMMEDIATE")
            yield
            self._sql.execute("COMMIT")
            if self._purged:
                self._purged = False
                with contextlib.suppress(sqlite3.Error):
                    scrub(self._sql)
        except BaseException as error:
            self.undone()
            if self._sql.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    self._sql.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise storage_error(error, self.path, SEE_DOCTOR) from error
            raise

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """One view of the file over several queries, whatever another process does meanwhile."""
        if self._sql.in_transaction:
            yield
            return
        self._sql.execute("BEGIN")
        try:
            yield
        finally:
            self._sql.execute("COMMIT")

    def undone(self) -> None:
        """A transaction was taken back: what is remembered of the file may not be so."""

    def scrub_later(self) -> None:
        """Words were taken out in this transaction: when it ends, nothing of them is to be left in the file."""
        words_gone(self._sql)
        self._purged = True

    # Settings

    def setting(self, name: str) -> str | None:
        """One setting, or None."""
        row = self._sql.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set(self, name: str, value: str | None) -> None:
        """Keeps a setting; None removes it."""
        if value is None:
            self._sql.execute("DELETE FROM settings WHERE name = ?", (name,))
        else:
            self._sql.execute(
                "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    # Journals

    def journals(self) -> list[JournalRow]:
        """Every journal on this device, the oldest first."""
        return [_journal_row(row) for row in self._sql.execute(f"SELECT {_JOURNAL} FROM journals ORDER BY rowid")]

    def journal(self, journal: str) -> JournalRow:
        """One journal.

        Raises:
            NotFound: not on this device.

        """
        row = self._sql.execute(f"SELECT {_JOURNAL} FROM journals WHERE journal = ?", (journal,)).fetchone()
        if row is None:
            raise NotFound(
                f"There is no journal {journal} on this device. `milepost journal list` shows those there are."
            )
        return _journal_row(row)

    def add_journal(self, journal: str, device: str, *, claimed: bool, private: bool) -> None:
        """A journal begins here, with nothing in it."""
        self._sql.execute(
            "INSERT INTO journals VALUES (?, ?, 0, ?, ?, ?, 0)",
            (journal, device, genesis_chain(journal).hex(), int(claimed), int(private)),
        )

    def roles(self) -> dict[str, str]:
        """The account's role in each journal where it is no owner, as a server last told."""
        kept = self.setting("roles")
        try:
            return _decode_roles(kept) if kept else {}
        except msgspec.DecodeError:
            return {}  # a copy: the next sync tells it again

    def set_roles(self, roles: dict[str, str]) -> None:
        """What a server told."""
        self.set("roles", msgspec.json.encode(roles).decode())

    def set_claimed(self, journal: str, *, private: bool) -> None:
        """A server has this journal now."""
        self._sql.execute("UPDATE journals SET claimed = 1, private = ? WHERE journal = ?", (int(private), journal))

    def set_device(self, journal: str, device: str) -> None:
        """From now on this device writes to the journal under another id."""
        self._sql.execute("UPDATE journals SET device = ? WHERE journal = ?", (device, journal))

    def set_cursor(self, journal: str, cursor: Cursor) -> None:
        """How far the server's log is known here."""
        self._sql.execute(
            "UPDATE journals SET cursor_seq = ?, cursor_chain = ? WHERE journal = ?",
            (cursor.seq, cursor.chain, journal),
        )

    # Quarantine

    def set_apart(self, journal: str, event: Event, reason: str) -> None:
        """Keeps an own event that a server rejected."""
        self._sql.execute(
            "INSERT INTO quarantine VALUES (?, ?, ?, ?, ?) ON CONFLICT (journal, device, n) DO NOTHING",
            (journal, event.device, event.n, reason, encode_event(event)),
        )

    def rejected(self, journal: str) -> list[Rejected]:
        """What a server rejected, the oldest first."""
        rows = self._sql.execute("SELECT reason, body FROM quarantine WHERE journal = ? ORDER BY rowid", (journal,))
        return [Rejected(journal=journal, reason=reason, event=self.decoded(body)) for reason, body in rows]


_JOURNAL = "journal, device, cursor_seq, cursor_chain, claimed, private, generation"


def _journal_row(row: tuple[str, str, int, str, int, int, int]) -> JournalRow:
    journal, device, seq, chain, claimed, private, generation = row
    return JournalRow(
        journal=journal,
        device=device,
        cursor=Cursor(seq, chain),
        claimed=bool(claimed),
        private=bool(private),
        generation=generation,
    )
