"""What may be wrong on a device, and what mends it; no repair ever throws words away. Knows no terminal.

Each check gives findings. One that can be mended names its `repair`, which `mend` carries out; a file that can't be
opened is looked at by `milepost.salvage`.
"""

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from typing import Literal

import httpx
from msgspec import Struct

from milepost.client import HttpServer
from milepost.clock import hlc_ms, wall_clock_ms
from milepost.device import FILE_NAME, Device
from milepost.device_file import SCHEMA
from milepost.device_standing import CLOCK_TROUBLE_MS, clock_standing, journal_standings, note_sync, synced_at
from milepost.envelope import genesis_chain, identity_digest, next_chain
from milepost.errors import InvalidEvent, MilepostError, NotFound, NotSignedIn, Offline, StorageDamaged
from milepost.journal import state_hash

LOW_ROOM_BYTES = 50 * 1024 * 1024
OLD_UNSENT_MS = 7 * 24 * 3600 * 1000
WAL_RESET_FIXED = (3, 51, 3)
"""SQLite 3.7.0 to 3.51.2 may damage a write-ahead log that several connections reset at once (sqlite.org, 2026)."""

Grave = Literal["wrong", "look", "know"]
"""How much a finding matters: something is wrong; somebody should look; good to know."""


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing found, in plain words; with what would mend it, where something here would."""

    code: str
    grave: Grave
    words: str
    repair: str = ""
    journal: str = ""


def check(device: Device) -> Iterator[Finding]:
    """Everything about a device whose file can be opened, without asking a server."""
    yield from folder_findings(device)
    try:
        found = list(_file(device)) or list(_journals(device))
    except UnicodeDecodeError:
        found = [_damaged("an entry's words are no text any more")]
    except (sqlite3.Error, InvalidEvent, NotFound, StorageDamaged) as error:
        # Neither of the latter can be, in a file where each entry stands as it was written.
        found = [_damaged(str(error))]
    yield from found


def _journals(device: Device) -> Iterator[Finding]:
    for row in device.rows():
        for _, event in device.log.events(row.journal):
            event.payload.decode()
        yield from _chain(device, row.journal)
        yield from _state(device, row.journal)
    yield from _waiting(device)


def folder_findings(device: Device) -> Iterator[Finding]:
    """Whether others can look into the folder, whether there is room, and which SQLite this is."""
    for path, wanted in ((device.folder, 0o700), (device.folder / FILE_NAME, 0o600)):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077 and (path == device.folder or stat.S_IMODE(device.folder.stat().st_mode) & 0o077):
            yield Finding(
                code="permissions",
                grave="wrong",
                words=f"Others on this machine may look at {path} (rights {mode:o}). It should be yours alone.",
                repair=f"Make it yours alone ({wanted:o}).",
            )
    free = shutil.disk_usage(device.folder).free
    if free < LOW_ROOM_BYTES:
        yield Finding(
            code="disk-room",
            grave="wrong" if free < LOW_ROOM_BYTES // 10 else "look",
            words=f"The disk has {free // 1024 // 1024} MB left. What can't be kept is refused, so make some room.",
        )
    if sqlite3.sqlite_version_info < WAL_RESET_FIXED:
        yield Finding(
            code="sqlite",
            grave="know",
            words=(
                f"This is SQLite {sqlite3.sqlite_version}. Before 3.51.3 it may, very seldom, damage a file that two "
                "programs use at once, as `sync --watch` beside another command. What was synced is safe; `milepost "
                "doctor` notices. An update of your system, or of Python, brings a newer one."
            ),
        )


def _file(device: Device) -> Iterator[Finding]:
    sql = device.log.connection
    found = [row[0] for row in sql.execute("PRAGMA integrity_check(20)")]
    if found != ["ok"]:
        yield _damaged(str(found[0]))
        return
    row = sql.execute("SELECT version FROM schema_parts WHERE part = 'device'").fetchone()
    if row is None or row[0] != len(SCHEMA):
        yield Finding(code="schema", grave="wrong", words="The file is of another version than this program.")


def _damaged(what: str) -> Finding:
    return Finding(
        code="damaged",
        grave="wrong",
        words=f"The file is damaged ({' '.join(what.split())[:120]}).",
        repair="Put it aside, and bring all that can be read into a new one.",
    )


def _chain(device: Device, journal: str) -> Iterator[Finding]:
    """Walks the server's log as known here: each place follows from the one before, up to the cursor."""
    cursor, begun = device.log.journal(journal).cursor, device.log.snapshots.get(journal)
    chain, seq = (bytes.fromhex(begun.place.chain), begun.place.seq) if begun else (genesis_chain(journal), 0)
    for event, kept in device.log.placed(journal, seq):
        seq += 1
        if event.seq != seq:
            break
        chain = next_chain(chain, identity_digest(journal, event), event)
        if kept is not None and kept != chain:
            seq -= 1
            break
        if seq == cursor.seq:
            break
    if seq != cursor.seq or chain.hex() != cursor.chain:
        yield Finding(
            code="chain",
            grave="wrong",
            words=(
                f"The journal's log here does not add up from event {seq + 1} on. Your words are all there, but this "
                "copy can't be told from a changed one."
            ),
            repair="Compare it with the server's from the beginning, at the next sync.",
            journal=journal,
        )


def _state(device: Device, journal: str) -> Iterator[Finding]:
    anew = device.log.states.at(journal, device.log.end(journal))
    if state_hash(anew) != state_hash(device.state(journal)):
        yield Finding(
            code="state",
            grave="wrong",
            words="What is shown is not what the log adds up to. The log is what counts.",
            repair="Work it out anew from the log.",
            journal=journal,
        )


def _waiting(device: Device) -> Iterator[Finding]:
    now = wall_clock_ms()
    for one in journal_standings(device, ""):
        oldest = next(iter(device.log.unsent(one.id, 1)), None)
        if oldest is not None and device.log.setting("server") and now - hlc_ms(oldest.hlc) > OLD_UNSENT_MS:
            yield Finding(
                code="unsent",
                grave="look",
                words=f"{one.unsent} of “{one.title}” wait to be sent, some for more than a week. Run `milepost sync`.",
                journal=one.id,
            )
        if one.rejected:
            yield Finding(
                code="refused",
                grave="look",
                words=f"The server refused {one.rejected}; your words are kept. See `milepost refused`.",
                journal=one.id,
            )
        if one.conflicts:
            yield Finding(
                code="conflicts",
                grave="look",
                words=f"{one.conflicts} written twice at once wait to be settled. See `milepost conflicts`.",
                journal=one.id,
            )
        if one.unknown:
            yield Finding(
                code="newer",
                grave="know",
                words=f"{one.unknown} were written by a newer Milepost. They are kept; an upgrade here shows them.",
                journal=one.id,
            )


def check_server(device: Device, server: HttpServer) -> Iterator[Finding]:
    """Whether the server can be reached, knows this device, and has the same time."""
    try:
        server.devices()
    except NotSignedIn as error:
        words = f"{error} Until then nothing is sent; everything is kept here. Pair again: `milepost pair URL CODE`."
        yield Finding(code="not-signed-in", grave="wrong", words=words)
    except Offline as error:
        yield Finding(code="offline", grave="look", words=str(error))
        return
    except (MilepostError, httpx.HTTPError) as error:
        yield Finding(code="server", grave="look", words=str(error))
        return
    if server.clock_ahead_ms is not None:
        last = synced_at(device)
        note_sync(device, server.clock_ahead_ms, last if last is not None else 0)
        if abs(server.clock_ahead_ms) > CLOCK_TROUBLE_MS:
            yield Finding(code="clock", grave="wrong", words=clock_standing(device).words)


def mend(device: Device, finding: Finding) -> None:
    """Carries out what a finding says would mend it. A damaged file is for `milepost.salvage`."""
    repairs: dict[str, Callable[[], None]] = {
        "permissions": lambda: _own(device),
        "state": lambda: device.log.forget_state(finding.journal),
        "chain": lambda: device.log.doubt(finding.journal),
    }
    repairs[finding.code]()


def _own(device: Device) -> None:
    device.folder.chmod(0o700)
    for path in device.folder.iterdir():
        if path.is_file():
            path.chmod(0o600)
