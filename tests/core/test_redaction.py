"""Words that are taken out are gone from every log, state and file; everything else stays what it was."""

import json
import random
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from milepost.clock import new_id
from milepost.commands import add_goal, check_in, redact, revise_goal, undo
from milepost.device import Device
from milepost.envelope import Event, decode_event, genesis_chain, identity_digest, next_chain, salted_digest
from milepost.errors import InvalidInput, NotFound
from milepost.events import REDACTION, Draft, check_payload, read_fields, redacted, redaction_of
from milepost.journal import State, dump_state, load_state, state_hash
from milepost.sqlite_file import open_sqlite, scrub, words_gone
from milepost.views.history import history
from tests.core.views.logs import fold, logs, reordered, slowly
from tests.core.views.test_table import all_views
from tests.events import JOURNAL, device, event, redaction
from tests.simulation import World, copy_device, put_device_back, world

WORDS = "Unspeakable"


def with_redactions(log: list[Event], chance: random.Random) -> list[Event]:
    """The log, and behind it redactions of some of its events by a device that has seen them all."""
    seen = {one.device: one.n for one in log}
    made: list[Event] = []
    for target in chance.sample(log, min(len(log), chance.randint(1, 4))):
        names = sorted({*read_names(target), "nothing"})
        fields = chance.choice([None, chance.sample(names, chance.randint(1, len(names)))])
        made.append(redaction(len(made) + 1, target, by=device(99), seen=seen, fields=fields, at_ms=10**12))
        seen = {}
    return [*log, *made]


def read_names(target: Event) -> set[str]:
    read = read_fields(JOURNAL, target)
    return set(read[2]) if read else set()


def purged(log: list[Event]) -> list[Event]:
    """The log as it is kept once its redactions were carried out."""
    asked = [of for one in log if (of := redaction_of(one)) is not None]
    found = log
    for of in asked:
        found = [redacted(one, of) if (one.device, one.n) == (of.device, of.n) else one for one in found]
    return found


@slowly
@given(st.one_of(logs(), logs("any")), st.randoms(use_true_random=False))
def test_a_log_that_lost_words_folds_to_what_the_whole_one_and_its_redactions_fold_to(
    log: list[Event], chance: random.Random
) -> None:
    whole = with_redactions(log, chance)
    left = purged(whole)
    states = [fold(one) for one in (whole, left, reordered(whole, chance), reordered(left, chance))]
    kept = load_state(dump_state(states[0]))
    assert kept is not None
    cut = chance.randint(0, len(log))
    half = load_state(dump_state(fold(whole[:cut])))
    assert half is not None
    for one in left[cut:]:
        half.apply(one)
    for one in whole:
        half.apply(one)
    for other in [*states[1:], kept]:
        assert state_hash(other) == state_hash(states[0])
        assert shown(other) == shown(states[0])
    if cut == len(log):
        assert shown(half) == shown(states[0])


def shown(state: State) -> dict[str, dict[str, object]]:
    return {kind: {one: state.fields(kind, one) for one in sorted(of)} for kind, of in sorted(state.entities.items())}


@slowly
@given(logs(), st.randoms(use_true_random=False))
def test_what_is_left_passes_every_check_and_keeps_its_identity(log: list[Event], chance: random.Random) -> None:
    whole = with_redactions(log, chance)
    chain = again = genesis_chain(JOURNAL)
    for one, left in zip(whole, purged(whole), strict=True):
        assert identity_digest(JOURNAL, left) == identity_digest(JOURNAL, one)
        chain = next_chain(chain, identity_digest(JOURNAL, one), one)
        again = next_chain(again, identity_digest(JOURNAL, left), left)
        check_payload(left)
        assert (read_fields(JOURNAL, left) is None) == (read_fields(JOURNAL, one) is None)
    assert again == chain


@slowly
@given(logs(), st.randoms(use_true_random=False))
def test_every_view_can_be_drawn_whatever_was_taken_out(log: list[Event], chance: random.Random) -> None:
    left = purged(with_redactions(log, chance))
    assert all_views(fold(left), left)


def test_an_event_of_a_newer_version_loses_its_words_too() -> None:
    later = msgspec.structs.replace(event(1, title=WORDS), v=99)
    state = fold([later, redaction(1, later, by=device(2), seen={device(1): 1})])
    assert state.unfolded[0].n == 1
    assert WORDS.encode() not in dump_state(state)


# At a device, and through a server


@pytest.fixture
def journal_of(tmp_path: Path) -> Iterator[tuple[World, Device, str, str]]:
    made = World(tmp_path)
    laptop = made.device("laptop")
    journal = laptop.open_journal("Mine")
    goal, drafts = add_goal(laptop.state(journal), new_id, f"{WORDS} title", why=f"{WORDS} why")
    laptop.append(journal, drafts)
    laptop.append(journal, check_in(laptop.state(journal), new_id, goal, on="2026-11-25", note=f"{WORDS} note")[1])
    laptop.append(journal, revise_goal(laptop.state(journal), goal, {"title": f"{WORDS} again"}, reason=WORDS))
    yield made, laptop, journal, goal
    made.close()


def take_out(device: Device, journal: str, kind: str, entity: str, *fields: str) -> None:
    log = (one for _, one in device.log.events(journal))
    device.append(journal, redact(device.state(journal), log, new_id, kind, entity, fields))


def take_all_out(device: Device, journal: str) -> None:
    state = device.state(journal)
    for kind in ("goal", "checkin"):
        for entity in list(state.entities[kind]):
            take_out(device, journal, kind, entity)


def files_with(folder: Path, words: str = WORDS) -> list[str]:
    plain = [one.name for one in folder.rglob("*") if one.is_file() and words.encode() in one.read_bytes()]
    return sorted([*plain, *(name for one in folder.rglob("*.sqlite3") for name in _packed_with(one, words.encode()))])


def _packed_with(file: Path, words: bytes) -> Iterator[str]:
    """The tables in which the words stand compressed."""
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in database.execute(f"SELECT * FROM {table}"):
            if any(words in _unpacked(value) for value in row if isinstance(value, bytes)):
                yield table
    database.close()


def _unpacked(value: bytes) -> bytes:
    if value.startswith(zstandard.FRAME_HEADER):
        return zstandard.ZstdDecompressor().decompress(value, 10**8)
    return zlib.decompress(value) if value.startswith(b"\x78\xda") else value


def test_no_file_has_the_words_any_more(
    journal_of: tuple[World, Device, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost.device_states.KEEP_STATE_AFTER", 2)
    made, laptop, journal, _ = journal_of
    phone = made.device("phone")
    phone.welcome(journal, private=True)
    made.settle([laptop, phone], journal)
    phone.keep_states()
    for folder in ("laptop", "phone", "server"):
        assert files_with(made.folder / folder)
    assert "states" in files_with(made.folder / "phone")
    take_all_out(laptop, journal)
    assert not files_with(made.folder / "laptop")
    made.settle([laptop, phone], journal)
    assert state_hash(laptop.state(journal)) == state_hash(phone.state(journal))
    for folder in ("laptop", "phone", "server"):
        assert not files_with(made.folder / folder), folder
    chain = genesis_chain(journal)
    for one in made.log(journal):
        chain = next_chain(chain, identity_digest(journal, one), one)
    assert chain.hex() == laptop.log.journal(journal).cursor.chain


def test_words_never_sent_are_sent_without_themselves(journal_of: tuple[World, Device, str, str]) -> None:
    made, laptop, journal, goal = journal_of
    take_out(laptop, journal, "goal", goal)
    made.settle([laptop], journal)
    titles = [json.loads(one.payload).get("title") for one in made.log(journal) if one.type.startswith("goal.")]
    assert set(titles) == {None}
    assert laptop.log.rejected(journal) == []
    assert goal not in laptop.state(journal).visible("goal")


def test_a_server_put_back_to_before_loses_the_words_again(journal_of: tuple[World, Device, str, str]) -> None:
    made, laptop, journal, _ = journal_of
    phone = made.device("phone")
    phone.welcome(journal, private=True)
    made.settle([laptop, phone], journal)
    made.back_up()
    take_all_out(laptop, journal)
    made.settle([laptop, phone], journal)
    made.put_back()
    assert WORDS.encode() in b"".join(one.payload for one in made.log(journal))
    made.settle([phone, laptop], journal)
    for folder in ("laptop", "phone", "server"):
        assert not files_with(made.folder / folder), folder


def test_a_device_put_back_to_before_loses_the_words_again(journal_of: tuple[World, Device, str, str]) -> None:
    made, laptop, journal, goal = journal_of
    made.settle([laptop], journal)
    backup = copy_device(made, laptop, "backup")
    take_all_out(laptop, journal)
    made.settle([laptop], journal)
    laptop = put_device_back(made, laptop, backup)
    laptop.append(journal, revise_goal(laptop.state(journal), goal, {"helps": "a walk"}))
    made.settle([laptop], journal)
    assert not files_with(made.folder / "laptop")
    assert laptop.state(journal).fields("goal", goal)["helps"] == "a walk"
    assert made.log(journal)[-1].type == "goal.revised"


def test_a_redaction_that_a_put_back_device_wrote_anew_finds_its_target(
    journal_of: tuple[World, Device, str, str],
) -> None:
    made, laptop, journal, goal = journal_of
    made.settle([laptop], journal)
    backup = copy_device(made, laptop, "backup")
    laptop.append(journal, revise_goal(laptop.state(journal), goal, {"helps": "a walk"}))
    made.settle([laptop], journal)
    laptop = put_device_back(made, laptop, backup)
    checkin, drafts = check_in(laptop.state(journal), new_id, goal, on="2026-11-25", note=f"{WORDS} more")
    laptop.append(journal, drafts)
    take_out(laptop, journal, "checkin", checkin)
    made.settle([laptop], journal)
    assert not files_with(made.folder / "server", f"{WORDS} more")
    assert laptop.log.rejected(journal) == []
    target = next(of for one in made.log(journal) if (of := redaction_of(one)) is not None)
    meant = next(one for one in made.log(journal) if (one.device, one.n) == (target.device, target.n))
    assert salted_digest(meant) == target.digest


def test_a_device_that_began_from_a_snapshot_loses_the_words_from_it(
    journal_of: tuple[World, Device, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost_server.journals.MAX_PAGE_EVENTS", 2)
    monkeypatch.setattr("milepost_server.snapshots.EVERY", 3)
    made, laptop, journal, goal = journal_of
    laptop.append(journal, [Draft("goal.revised", {"id": goal, "helps": f"walk {n}"}) for n in range(8)])
    made.settle([laptop], journal)
    phone = made.device("phone")
    phone.welcome(journal, private=True)
    made.meet(phone, history=False)
    assert phone.log.snapshots.get(journal) is not None
    take_all_out(laptop, journal)
    made.settle([laptop], journal)
    made.meet(phone, history=False)
    assert phone.log.snapshots.get(journal) is not None
    assert not files_with(made.folder / "phone")
    made.settle([laptop, phone], journal)
    for folder in ("laptop", "phone", "server"):
        assert not files_with(made.folder / folder), folder
    assert state_hash(phone.state(journal)) == state_hash(laptop.state(journal))


def test_the_state_a_device_began_with_loses_words_too(
    journal_of: tuple[World, Device, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost_server.journals.MAX_PAGE_EVENTS", 2)
    made, laptop, journal, goal = journal_of
    laptop.append(journal, [Draft("goal.revised", {"id": goal, "helps": f"walk {n}"}) for n in range(8)])
    made.settle([laptop], journal)
    phone = made.device("phone")
    phone.welcome(journal, private=True)
    made.meet(phone, history=False)
    begun = phone.log.snapshots.get(journal)
    assert begun is not None
    assert WORDS.encode() in dump_state(phone.log.snapshots.state(begun))
    assert "snapshots" in files_with(made.folder / "phone")
    spoken = next(one for _, one in laptop.log.events(journal) if one.type == "goal.created")
    of = redaction_of(redaction(1, spoken))
    assert of is not None
    with phone.log.transaction():
        phone.log.purge(journal, of)
    fields = phone.log.snapshots.state(begun).fields("goal", goal)
    assert (fields["why"], fields["title"]) == (None, f"{WORDS} again")


def test_a_journal_moved_into_another_keeps_its_redactions(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        laptop = made.device("laptop")
        source, target = laptop.open_journal("Mine"), laptop.open_journal("Ours")
        goal, drafts = add_goal(laptop.state(source), new_id, "A walk", why=WORDS)
        laptop.append(source, drafts)
        take_out(laptop, source, "goal", goal, "why")
        laptop.move_into(source, target)
        made.settle([laptop], target)
        assert laptop.log.rejected(target) == []
        assert laptop.state(target).fields("goal", goal)["title"] == "A walk"
        assert not files_with(tmp_path)


def test_a_file_keeps_nothing_of_rows_that_were_moved_before_they_lost_their_words(tmp_path: Path) -> None:
    for seed in range(20):
        chance = random.Random(seed)
        file = tmp_path / f"{seed}.sqlite3"
        rows = open_sqlite(file)
        rows.execute("CREATE TABLE kept (place INTEGER PRIMARY KEY, body BLOB)")
        for place in chance.sample(range(6_000), 120):
            body = WORDS.encode() + bytes(chance.randint(200, 700))
            rows.execute("INSERT INTO kept VALUES (?, ?)", (place, body))
        rows.execute("BEGIN")
        rows.execute("UPDATE kept SET body = x'00'")
        words_gone(rows)
        rows.execute("COMMIT")
        assert scrub(rows)
        assert not files_with(tmp_path)
        rows.close()


def test_a_file_is_scrubbed_when_it_is_next_opened_if_it_could_not_be_before(
    journal_of: tuple[World, Device, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, laptop, journal, _ = journal_of
    with monkeypatch.context() as cut_short:
        cut_short.setattr("milepost.device_file.scrub", lambda _: False)
        take_all_out(laptop, journal)
    assert laptop.log._sql.execute("PRAGMA user_version").fetchone() == (1,)
    laptop.close()
    again = Device(laptop.folder)
    assert again.log._sql.execute("PRAGMA user_version").fetchone() == (0,)
    assert not files_with(made.folder / "laptop")
    again.close()


# What it refuses


def test_only_words_that_are_there_can_be_taken_out(journal_of: tuple[World, Device, str, str]) -> None:
    _, laptop, journal, goal = journal_of
    with pytest.raises(InvalidInput, match="Nothing was ever written into nonsense"):
        take_out(laptop, journal, "goal", goal, "nonsense")
    take_out(laptop, journal, "goal", goal)
    with pytest.raises(NotFound, match="no words left"):
        take_out(laptop, journal, "goal", goal)
    with pytest.raises(InvalidInput, match="no words of its own"):
        take_out(laptop, journal, "redaction", next(iter(laptop.state(journal).entities["redaction"])))


def test_what_was_taken_out_can_not_be_undone(journal_of: tuple[World, Device, str, str]) -> None:
    _, laptop, journal, goal = journal_of
    take_out(laptop, journal, "goal", goal, "why")
    last = [one for _, one in laptop.log.events(journal)][-1]
    with pytest.raises(InvalidInput, match="gone"):
        undo(laptop.state(journal), laptop.state(journal), last, "2026-11-25")


def test_the_history_says_that_something_was_taken_out(journal_of: tuple[World, Device, str, str]) -> None:
    _, laptop, journal, goal = journal_of
    take_out(laptop, journal, "goal", goal, "title", "reason")
    rows = history([one for _, one in laptop.log.events(journal)], journal, "goal", goal)
    assert [(row.to, row.redacted) for row in rows if row.field == "title"] == [(None, True), (None, True)]
    assert [row.to for row in rows if row.field == "why"] == [f"{WORDS} why"]
    assert all(row.reason is None for row in rows)


def test_a_proposal_about_it_loses_its_words_too(journal_of: tuple[World, Device, str, str]) -> None:
    made, laptop, journal, goal = journal_of
    proposal = new_id()
    change = {"kind": "goal", "id": goal, "fields": {"title": f"{WORDS} proposed"}}
    laptop.append(journal, [Draft("proposal.made", {"id": proposal, "change": change, "why": WORDS})])
    decided = {"id": proposal, "decision": "accepted", "on": "2026-11-25", "accepted": change}
    laptop.append(journal, [Draft("proposal.decided", decided)])
    take_all_out(laptop, journal)
    assert not files_with(made.folder / "laptop")
    made.settle([laptop], journal)
    assert laptop.log.rejected(journal) == []
    fresh = made.device("fresh")
    fresh.welcome(journal, private=True)
    made.settle([fresh], journal)
    assert state_hash(fresh.state(journal)) == state_hash(laptop.state(journal))


def test_a_redacted_event_has_a_digest_in_the_place_of_its_salt() -> None:
    spoken = event(1, title=WORDS)
    of = redaction_of(redaction(2, spoken))
    assert of is not None
    left = redacted(spoken, of)
    assert redacted(left, of) == left
    assert (left.salt, left.data_digest) == ("", salted_digest(spoken))
    assert decode_event(msgspec.json.encode(left)).data_digest == salted_digest(spoken)
    assert redaction_of(left) is None
    assert redaction(2, spoken).type == REDACTION
