"""What came in under a snapshot stands in segments: it reads as if each event had an entry, and can be changed as if it had."""

import contextlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from milepost import checkup
from milepost.clock import format_hlc, new_id
from milepost.commands import redact
from milepost.device import FILE_NAME, Device
from milepost.device_log import DeviceLog
from milepost.device_segments import UNREADABLE, events_in
from milepost.envelope import MAX_COUNTER, Event, genesis_chain, identity_digest, next_chain, salted_digest
from milepost.errors import StorageDamaged
from milepost.events import RedactionMade, redacted
from milepost.messages import Cursor
from milepost.salvage import salvage
from tests.core.snapshots.joining import assert_whole, long_journal, newcomer
from tests.simulation import START_MS, World

JOURNAL = "11111111-1111-4111-8111-111111111111"
ACTOR = "33333333-3333-4333-8333-333333333333"
DEVICES = [f"{number}2222222-2222-4222-8222-222222222222" for number in range(4)]
OWN = DEVICES[3]


def written(device: str, n: int, seq: int = 0) -> Event:
    return Event(
        seq=seq,
        device=device,
        n=n,
        hlc=format_hlc(START_MS + seq, n),
        actor=ACTOR,
        type="goal.created",
        salt="urjOLSLltrknL50p",
        received_at=START_MS if seq else 0,
        data=Raw(msgspec.json.encode({"id": device[:-4] + f"{n:04}", "title": f"Words {n}"})),
    )


def named(event: Event) -> RedactionMade:
    return RedactionMade(id=new_id(), device=event.device, n=event.n, digest=salted_digest(event))


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """A server's log of three devices; some events of it came without their words."""
    counters = dict.fromkeys(DEVICES, 0)
    log: list[Event] = []
    for which in draw(st.lists(st.integers(0, 2), min_size=1, max_size=14)):
        device = DEVICES[which]
        counters[device] += 1
        event = written(device, counters[device], len(log) + 1)
        log.append(redacted(event, named(event)) if draw(st.integers(0, 5)) == 0 else event)
    return log


def chains(log: list[Event]) -> list[bytes]:
    chain, found = genesis_chain(JOURNAL), []
    for event in log:
        chain = next_chain(chain, identity_digest(JOURNAL, event), event)
        found.append(chain)
    return found


@contextlib.contextmanager
def both(log: list[Event], pieces: list[int], most: int) -> Iterator[list[DeviceLog]]:
    """Two files with the same log, and something unsent behind it: one has segments, the other one entries alone."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        files = [DeviceLog(Path(folder) / name) for name in ("segments", "entries")]
        for file in files:
            stack.callback(file.close)
            with file.transaction(), mock.patch("milepost.device_segments.SEGMENT_EVENTS", most):
                file.add_journal(JOURNAL, OWN, claimed=True, private=True)
                file.set("account", ACTOR)
                file.snapshots._keep_free(len(log))
                begin, values = 0, chains(log)
                file.set_cursor(JOURNAL, Cursor(len(log), values[-1].hex()))
                for end in [*pieces, len(log)]:
                    before = values[begin - 1] if begin else genesis_chain(JOURNAL)
                    file.segments.seal(JOURNAL, begin + 1, before, log[begin:end], values[begin:end])
                    begin = end
                file.note_wordless(JOURNAL, log)
                for n in (1, 2):
                    file.add(JOURNAL, written(OWN, n), confirmed=n == 1)
        with files[1].transaction():
            files[1].segments.unseal(JOURNAL)
        assert not files[1].segments.of(JOURNAL)
        yield files


def all_that_is_read(file: DeviceLog, log: list[Event]) -> dict[str, Any]:
    """Every question that a file answers about a log."""
    known, held = file.held(JOURNAL)
    most = len(log) + 3
    return {
        "events": [list(file.events(JOURNAL, after)) for after in range(most)],
        "held": (known, list(held)),
        "end": (file.end(JOURNAL), file.placed_to(JOURNAL), file.unsent_count(JOURNAL)),
        "find": [file.find(JOURNAL, device, n) for device in DEVICES for n in range(most)],
        "between": [file.between(JOURNAL, device, n, n + 3) for device in DEVICES for n in range(most)],
        "by device": [file.by_device(JOURNAL, device) for device in DEVICES],
        "confirmed": [file.confirmed_counter(JOURNAL, device) for device in DEVICES],
        "chain": [file.chain_at(JOURNAL, seq) for seq in range(most)],
        "placed": [[event for event, _ in file.placed(JOURNAL, after)] for after in range(most)],
        "unplaced": file.unplaced(JOURNAL, 0),
        "reach": sorted(file.snapshots.reach(JOURNAL)),
        "count": [file.snapshots.count(JOURNAL, device, n) for device in DEVICES for n in range(most)],
        "bare": file.bare(JOURNAL),
    }


CHANGES = st.sampled_from(["unseal", "take out", "unplace", "remove", "dress", "place", "lost words", "doubt"])


def change(file: DeviceLog, what: str, event: Event, first: int, to: int) -> None:
    name = (event.device, event.n)
    held = file.find(JOURNAL, *name)
    match what:
        case "unseal":
            file.segments.unseal(JOURNAL, first, to)
        case "take out":
            file.purge_events(JOURNAL, [named(event)])
        case "unplace":
            file.unplace(JOURNAL, first, to)
        case "remove":
            file.remove(JOURNAL, event.device, event.n)
        case "dress" if held is not None:
            file.dress(JOURNAL, replace(held, receipt="a receipt"))
        case "place" if held is not None:
            file.place(JOURNAL, replace(held, seq=held.seq + 100), b"\x01" * 32)
        case "lost words":
            file.receipts.lost_words(JOURNAL, event)
        case "doubt":
            file.unplace(JOURNAL, 0, MAX_COUNTER)


@given(st.data())
def test_a_log_in_segments_reads_and_changes_as_one_of_entries(data: st.DataObject) -> None:
    log = data.draw(logs())
    places = st.integers(0, len(log))
    pieces = sorted(data.draw(st.sets(st.integers(1, len(log)), max_size=3)) - {len(log)})
    with both(log, pieces, data.draw(st.integers(1, 4))) as (segments, entries):
        assert all_that_is_read(segments, log) == all_that_is_read(entries, log)
        for what in data.draw(st.lists(CHANGES, max_size=4)):
            event, first, to = data.draw(st.sampled_from(log)), data.draw(places), data.draw(places)
            for file in (segments, entries):
                with file.transaction():
                    change(file, what, event, first, to)
            assert all_that_is_read(segments, log) == all_that_is_read(entries, log), what
        for file in (segments, entries):
            assert not file.connection.in_transaction
        with segments.transaction(), entries.transaction():
            assert segments.wordless(JOURNAL) == entries.wordless(JOURNAL)


@given(logs(), st.integers(1, 3), st.integers(0, 20))
def test_a_segment_that_is_unsealed_while_somebody_reads_is_read_on_as_entries(
    log: list[Event], most: int, at: int
) -> None:
    def everything(file: DeviceLog) -> Iterator[Event]:
        return (event for _, event in file.events(JOURNAL))

    def in_the_servers_order(file: DeviceLog) -> Iterator[Event]:
        return (event for event, _ in file.placed(JOURNAL, 0))

    unsent = [written(OWN, 1), written(OWN, 2)]
    for read, wanted in ((everything, [*log, *unsent]), (in_the_servers_order, log)):
        with both(log, [], most) as (file, _), contextlib.closing(DeviceLog(file.path)) as another:
            found = []
            for number, event in enumerate(read(file)):
                found.append(event)
                if number == at:
                    with another.transaction():
                        another.segments.unseal(JOURNAL)
            assert found == wanted


def test_what_comes_in_under_a_snapshot_is_sealed_and_what_it_takes_the_place_of_has_no_entry(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost.device_segments.SEGMENT_EVENTS", 2)
    _, journal, _ = long_journal(world)
    second = newcomer(world, journal)
    world.meet(second)
    assert_whole(world, second, journal)
    segments = second.log.segments.of(journal)
    assert len(segments) > 5
    assert all(segment.last - segment.first < 2 for segment in segments)
    in_segments = [event for segment in segments for event in second.log.segments.events(segment) or ()]
    (entries,) = second.log.connection.execute("SELECT COUNT(*) FROM events").fetchone()
    assert entries + len(in_segments) == len(world.log(journal))
    assert [finding.code for finding in checkup.check(second) if finding.code not in {"sqlite", "disk-room"}] == []


def test_words_that_are_taken_out_of_a_segment_leave_nothing_of_it_in_the_file(world: World) -> None:
    _, journal, goal = long_journal(world)
    second = newcomer(world, journal)
    world.meet(second)
    bodies = [row[0] for row in second.log.connection.execute("SELECT body FROM segments ORDER BY ordinal")]
    second.append(journal, redact(second.state(journal), second.log.history(journal), new_id, "goal", goal, ["title"]))
    left = [row[0] for row in second.log.connection.execute("SELECT body FROM segments ORDER BY ordinal")]
    gone = [body for body in bodies if body not in left]
    assert gone
    second.close()
    file = b"".join(path.read_bytes() for path in second.folder.iterdir() if path.name.startswith(FILE_NAME))
    assert not [body for body in gone if body[-40:] in file]
    assert b"Title 3" not in file


def test_a_damaged_segment_is_noticed_and_the_others_are_saved(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost.device_segments.SEGMENT_EVENTS", 2)
    _, journal, _ = long_journal(world)
    second = newcomer(world, journal)
    world.meet(second)
    segment = second.log.segments.of(journal)[2]
    ((body,),) = second.log.connection.execute("SELECT body FROM segments WHERE ordinal = ?", (segment.ordinal,))
    for broken in (body[:-1], body[:20] + bytes([body[20] ^ 1]) + body[21:], b"", b"[]"):
        second.log.connection.execute("UPDATE segments SET body = ? WHERE ordinal = ?", (broken, segment.ordinal))
        second.log.segments._open = None
        with pytest.raises(StorageDamaged, match="milepost doctor"):
            list(second.log.events(journal))
        assert "damaged" in [finding.code for finding in checkup.check(second)]
    second.close()
    saved = salvage(second.folder, datetime(2026, 11, 27, tzinfo=UTC))
    assert saved.journals == 1
    assert saved.events == segment.first - 1
    assert saved.events + saved.left == len(world.log(journal)) - 2
    again = Device(second.folder)
    world.meet(again)
    assert again.state(journal).entities == newest(world, journal)
    again.close()


def newest(world: World, journal: str) -> Any:
    third = newcomer(world, journal, "third")
    world.meet(third)
    return third.state(journal).entities


def test_no_byte_of_a_segment_can_change_unnoticed() -> None:
    log = [written(DEVICES[0], n, n) for n in range(1, 9)]
    with both(log, [], 8) as (file, _):
        (body,) = file.connection.execute("SELECT body FROM segments").fetchone()
        for at in range(len(body)):
            broken = body[:at] + bytes([body[at] ^ 0x04]) + body[at + 1 :]
            try:
                found = events_in(broken)
            except UNREADABLE:
                continue
            assert found == log, at
