"""Who did what to whose access, as a log whose lines hang together: its units of work, and whether it holds.

There is one log for each journal and one for each account. A line bears ids, a role and what was done, and no word of
anybody's. Its chain value is SHA-256 over the value before and the line, so that none can be changed or taken out
without showing.
"""

import hashlib
from collections.abc import Sequence

from msgspec import Struct

from milepost.database import Query, Row, Work, unit
from milepost.membership import AccessEntry
from milepost.sql_scripts import statements

_SQL = statements("milepost_server", "server.sql")
_GENESIS = bytes(32)


class Done(Struct, frozen=True, kw_only=True):
    """What was done (`what`), by which account on which device, to whom or what (`subject`), with which role."""

    what: str
    actor: str = ""
    device: str = ""
    subject: str = ""
    role: str = ""


@unit
def note(about: str, done: Done, now: int) -> Work[None]:
    """Adds a line to the log of a journal or an account, in the transaction that does it."""
    last = yield Query(_SQL["last_of_access_log"], {"about": about})
    seq, before = (last[0][0] + 1, last[0][1]) if last else (1, _GENESIS)
    named = {"what": done.what, "actor": done.actor, "device": done.device, "subject": done.subject, "role": done.role}
    chain = _chained(before, about, (seq, now, *named.values()))
    yield Query(_SQL["add_to_access_log"], {"about": about, "seq": seq, "at": now, "chain": chain, **named})


def log_of(about: str) -> Query:
    """Rows for `as_entry`, and for `holds`."""
    return Query(_SQL["access_log_of"], {"about": about})


def every_log() -> Query:
    """Rows (about)."""
    return Query(_SQL["access_logs"], {})


def as_entry(row: Row) -> AccessEntry:
    """A line as it is told."""
    seq, at, what, actor, device, subject, role, chain = row
    return AccessEntry(
        seq=seq, at=at, what=what, by=actor, device=device, subject=subject, role=role, chain=bytes(chain).hex()
    )


def fault_in(about: str, rows: Sequence[Row]) -> int:
    """The place of the first line that is missing or was changed; 0 where every line holds."""
    chain = _GENESIS
    for place, (*line, kept) in enumerate(rows, 1):
        chain = _chained(chain, about, line)
        if line[0] != place or chain != bytes(kept):
            return place
    return 0


def _chained(before: bytes, about: str, line: Sequence[object]) -> bytes:
    text = "\n".join(["milepost access 1", about, *map(str, line), ""])
    return hashlib.sha256(bytes(before) + text.encode()).digest()
