"""Kept snapshots: written now and then, off the way of a push; never trusted over the log; bounded in memory."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import zstandard

from milepost.clock import new_id
from milepost.database import Query, SqliteDatabase, unit
from milepost.envelope import decode_event
from milepost.journal import FOLD_VERSION, State, dump_state, state_hash
from milepost_server import folded, snapshots
from milepost_server.access import Admitted
from milepost_server.data_folder import DataFolder
from milepost_server.records import Caller
from milepost_server.services import open_services
from tests.campaign.versions import OLD, version
from tests.events import ALICE, device, event, redaction

NOW = 1_800_000_000_000
pytestmark = pytest.mark.usefixtures("engine")


class Server:
    """Services on a folder, which can be started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: dict[str, int] = {}

    async def __aenter__(self) -> "Server":
        await self.start()
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.database.close()

    async def start(self) -> None:
        self.services, self.database = await open_services(self.folder)
        self.services.journals.snapshots.every = 10

    async def restart(self) -> None:
        await self.database.close()
        await self.start()

    async def grow(self, journal: str, count: int) -> None:
        """So many more events, as pushes store them."""
        first = self.written.get(journal, 0) + 1
        self.written[journal] = first + count - 1
        for n in range(first, first + count):
            await self.services.store.append(journal, [event(n, by=device(1))], now_ms=NOW)
            self.services.journals._grown(journal, n)

    async def kept(self, journal: str) -> int:
        """Where the kept snapshot stands; 0 for none."""
        await self.services.journals.snapshots.settle()
        rows = await self.database.read(Query("SELECT seq FROM snapshots WHERE journal = :j", {"j": journal}))
        return int(rows[0][0]) if rows else 0

    async def change(self, **fields: Any) -> None:
        @unit
        def work() -> Any:
            for name, value in fields.items():
                yield Query(f"UPDATE snapshots SET {name} = :value", {"value": value})

        await self.database.write(work())

    async def of_log(self, journal: str) -> str:
        """The hash that the log comes to."""
        state = State(journal)
        for body in (await self.services.store.read(journal, 0, limit=10_000, max_bytes=10**9)).bodies:
            state.apply(decode_event(body))
        return state_hash(state)

    async def shown(self, journal: str) -> str:
        return state_hash((await self.services.journals.state(journal)).state)


async def test_one_is_written_when_a_journal_has_grown_enough_and_not_before(tmp_path: Path) -> None:
    async with Server(tmp_path) as server:
        journal = new_id()
        await server.grow(journal, 9)
        assert await server.kept(journal) == 0
        await server.grow(journal, 1)
        assert await server.kept(journal) == 10
        await server.grow(journal, 9)
        assert await server.kept(journal) == 10
        await server.grow(journal, 1)
        assert await server.kept(journal) == 20


async def test_the_longer_a_journal_the_seldomer_one_is_written(tmp_path: Path) -> None:
    async with Server(tmp_path) as server:
        journal, places = new_id(), []
        for _ in range(400):
            await server.grow(journal, 1)
            at = await server.kept(journal)
            if not places or places[-1] != at:
                places.append(at)
        gaps = [b - a for a, b in pairwise(places)]
        assert gaps == sorted(gaps)
        assert sum(places) < 5 * 400 + 400


async def test_a_start_goes_on_from_the_snapshot_and_folds_only_what_came_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Server(tmp_path) as server:
        journal = new_id()
        await server.grow(journal, 12)
        at = await server.kept(journal)
        assert at >= 10
        await server.grow(journal, 3)
        await server.restart()
        asked: list[int] = []
        read = server.services.store.read

        async def noted(journal: str, after: int, **limits: int) -> Any:
            asked.append(after)
            return await read(journal, after, **limits)

        monkeypatch.setattr(server.services.store, "read", noted)
        found = await server.services.journals.state(journal)
        assert asked == [at]
        assert (found.head.seq, found.received_at, found.newest) == (15, NOW, event(15).hlc)
        monkeypatch.undo()
        assert await server.shown(journal) == await server.of_log(journal)


Damage = Callable[[Server], Awaitable[None]]


@pytest.mark.parametrize(
    "damage",
    [
        lambda server: server.change(answer=b"nonsense"),
        lambda server: server.change(answer_hash="0" * 64),
        lambda server: server.change(chain=b"\x00" * 32),
        lambda server: server.change(seq=9),
        lambda server: server.change(seq=10_000),
        lambda server: server.change(fold=FOLD_VERSION + 1),
    ],
    ids=["bytes", "hash", "chain", "seq", "seq beyond the log", "fold"],
)
async def test_one_that_does_not_hold_is_passed_over_and_the_log_counts(tmp_path: Path, damage: Damage) -> None:
    async with Server(tmp_path) as server:
        journal = new_id()
        await server.grow(journal, 12)
        assert await server.kept(journal)
        await damage(server)
        await server.restart()
        assert await server.shown(journal) == await server.of_log(journal)
        sent = folded.read(*await answered(server, journal))
        assert sent is not None
        assert state_hash(sent.state) == await server.of_log(journal)


async def test_one_that_is_no_state_at_all_is_passed_over(tmp_path: Path) -> None:
    async with Server(tmp_path) as server:
        journal = new_id()
        await server.grow(journal, 12)
        assert await server.kept(journal)
        await server.change(answer=b"nonsense", answer_hash=folded.hash_of(b"nonsense"))
        await server.restart()
        assert await server.shown(journal) == await server.of_log(journal)


async def answered(server: Server, journal: str) -> tuple[bytes, str]:
    body = await server.services.journals.snapshots.answer(journal)
    return body, folded.hash_of(body)


async def test_when_the_fold_changes_another_one_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Server(tmp_path) as server:
        journal = new_id()
        await server.grow(journal, 12)
        assert await server.kept(journal)
        for module in ("milepost.journal", "milepost_server.folded", "milepost_server.snapshots"):
            monkeypatch.setattr(f"{module}.FOLD_VERSION", FOLD_VERSION + 1)
        await server.restart()
        await server.services.journals.state(journal)
        assert await server.kept(journal) == 12
        rows = await server.database.read(Query("SELECT fold FROM snapshots", {}))
        assert rows == [(FOLD_VERSION + 1,)]


async def test_one_that_passed_over_what_this_version_can_read_is_not_sent(tmp_path: Path) -> None:
    async with Server(tmp_path) as server:
        journal = new_id()
        ranked = event(12, by=device(1), type="goal.ranked", id=new_id(), rank="m")
        with version(OLD):
            await server.grow(journal, 11)
            await server.services.store.append(journal, [ranked], now_ms=NOW)
            server.written[journal] = 12
            await server.grow(journal, 10)
            assert await server.kept(journal) > 12
            assert folded.read(*await answered(server, journal)) is not None
        await server.restart()
        found = folded.read(*await answered(server, journal))
        assert found is not None
        assert found.state.unfolded == []
        assert state_hash(found.state) == await server.of_log(journal)


async def test_one_that_is_sent_is_never_far_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "MAX_BEHIND", 3)
    async with Server(tmp_path) as server:
        journal = new_id()
        await server.grow(journal, 12)
        at = await server.kept(journal)
        for more in range(1, 9):
            await server.grow(journal, 1)
            found = folded.read(*await answered(server, journal))
            assert found is not None
            assert found.head.seq >= 12 + more - 3
        assert at < 20


async def test_an_empty_and_a_short_journal_have_one_to_send_and_none_that_is_kept(tmp_path: Path) -> None:
    async with Server(tmp_path) as server:
        for count in (0, 4):
            journal = new_id()
            await server.grow(journal, count)
            found = folded.read(*await answered(server, journal))
            assert found is not None
            assert (found.head.seq, state_hash(found.state)) == (count, await server.of_log(journal))
            assert await server.kept(journal) == 0


async def test_many_who_ask_at_once_get_the_same(tmp_path: Path) -> None:
    async with Server(tmp_path) as server:
        journal = new_id()
        await server.grow(journal, 30)
        assert await server.kept(journal)
        await server.services.database.write(server.services.journals.snapshots.dropped(journal))
        bodies = await asyncio.gather(*(server.services.journals.snapshots.answer(journal) for _ in range(8)))
        assert len({folded.hash_of(body) for body in bodies}) == 1


async def test_one_that_is_dropped_is_made_anew(tmp_path: Path) -> None:
    async with Server(tmp_path) as server:
        journal = new_id()
        await server.grow(journal, 12)
        assert await server.kept(journal)
        await server.services.database.write(server.services.journals.snapshots.dropped(journal))
        assert await server.kept(journal) == 0
        await server.grow(journal, 1)
        assert await server.kept(journal) == 13


async def test_words_that_are_taken_out_are_in_no_snapshot_not_even_in_one_that_is_being_made(tmp_path: Path) -> None:
    async with Server(tmp_path) as server:
        journals, journal = server.services.journals, new_id()
        spoken, account = event(1, by=device(5), title="Unspeakable"), ALICE
        await journals.push(journal, Admitted(Caller(account, "laptop"), "owner"), [spoken], NOW)
        await server.grow(journal, 12)
        assert await server.kept(journal)
        assert b"Unspeakable" in zstandard.ZstdDecompressor().decompress(await journals.snapshots.answer(journal))
        made = asyncio.create_task(journals.snapshots._make(journal))
        await asyncio.sleep(0)
        await journals.push(
            journal, Admitted(Caller(account, "laptop"), "owner"), [redaction(2, spoken, by=device(5))], NOW
        )
        await made
        await server.grow(journal, 30)
        assert await server.kept(journal)
        assert b"Unspeakable" not in zstandard.ZstdDecompressor().decompress(await journals.snapshots.answer(journal))
        assert b"Unspeakable" not in dump_state((await journals.state(journal)).state)


async def test_folded_states_take_no_more_memory_than_they_may(tmp_path: Path) -> None:
    async with Server(tmp_path) as server:
        held = server.services.journals
        journals = [new_id() for _ in range(12)]
        for journal in journals:
            await server.grow(journal, 5)
        one = (await held.state(journals[0])).size_bytes
        held.max_folded_bytes = 4 * one + one // 2
        for journal in (*journals, *journals[:3]):
            await held.state(journal)
            assert held._folded_bytes == sum(kept.size_bytes for kept in held._folded.values())
            assert held._folded_bytes <= held.max_folded_bytes
        assert list(held._folded) == [*journals[-1:], *journals[:3]]
        held.max_folded_bytes = 1
        assert (await held.state(journals[5])).head.seq == 5
        assert list(held._folded) == [journals[5]]


async def test_a_server_that_stops_while_one_is_made_stops_in_peace(tmp_path: Path) -> None:
    async with Server(tmp_path) as server:
        journal = new_id()
        await server.grow(journal, 40)
        await server.restart()
        assert await server.shown(journal) == await server.of_log(journal)


async def test_a_database_from_before_snapshots_is_brought_up_to_date(tmp_path: Path) -> None:
    from milepost_server.postgres import PostgresDatabase
    from milepost_server.records import SCHEMA

    url = DataFolder(tmp_path).database()
    database = PostgresDatabase(url) if url else SqliteDatabase(tmp_path / "milepost.sqlite3")
    await database.open({"server": SCHEMA[:2]})
    await database.close()
    async with Server(tmp_path) as server:
        assert await server.kept(new_id()) == 0
