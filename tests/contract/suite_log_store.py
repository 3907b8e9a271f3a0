"""What every `LogStore` must do; a store's own test module derives from `LogStoreContract` and gives a `store`."""

import asyncio
import json
import random
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.clock import CLAMP_MS, format_hlc, new_id
from milepost.database import Query, Work, unit
from milepost.envelope import as_stub, authored, decode_event, genesis_chain, identity_digest, next_chain
from milepost.store import Head, LogStore
from tests.events import JOURNAL, device, entity, event, redaction

NOW = 1_800_000_000_000
ALL = {"limit": 10_000, "max_bytes": 10**9}


async def walk(store: LogStore, journal: str) -> bytes:
    """Recomputes the chain over a whole log, checking each event's place; returns the last value."""
    page = await store.read(journal, 0, **ALL)
    chain = genesis_chain(journal)
    for seq, body in enumerate(page.bodies, 1):
        stored = decode_event(body)
        assert stored.seq == seq
        chain = next_chain(chain, identity_digest(journal, stored), stored)
    assert page.end.chain == chain
    return chain


async def pages(store: LogStore, journal: str) -> int:
    """Walks a whole log page by page, checking the chain at the end of each; returns how many events there are."""
    chain, seq, more = genesis_chain(journal), 0, True
    while more:
        page = await store.read(journal, seq, limit=300, max_bytes=10**9)
        for body in page.bodies:
            stored = decode_event(body)
            chain = next_chain(chain, identity_digest(journal, stored), stored)
        seq, more = page.end.seq, page.more
        assert page.end.chain == chain
    return seq


class LogStoreContract:
    @pytest.fixture
    async def store(self) -> AsyncIterator[LogStore]:
        raise AssertionError("a store's own test module gives this")
        yield

    async def test_an_unknown_journal_is_an_empty_one(self, store: LogStore) -> None:
        assert (await store.head(JOURNAL)).seq == 0
        assert (await store.head(JOURNAL)).chain == genesis_chain(JOURNAL)
        page = await store.read(JOURNAL, 0, **ALL)
        assert page.bodies == []
        assert not page.more
        assert await store.counters(JOURNAL) == {}

    async def test_events_are_numbered_without_gaps_and_given_back_verbatim(self, store: LogStore) -> None:
        pushed = [event(n) for n in range(1, 8)]
        results = await store.append(JOURNAL, pushed, now_ms=NOW)
        assert [(r.outcome, r.seq, r.n) for r in results] == [("stored", n, n) for n in range(1, 8)]
        page = await store.read(JOURNAL, 0, **ALL)
        assert [bytes(decode_event(b).data) for b in page.bodies] == [bytes(e.data) for e in pushed]
        assert await store.counters(JOURNAL) == {device(1): 7}
        await walk(store, JOURNAL)

    async def test_pages_meet_exactly_and_respect_both_limits(self, store: LogStore) -> None:
        await store.append(JOURNAL, [event(n) for n in range(1, 11)], now_ms=NOW)
        first = await store.read(JOURNAL, 0, limit=5, max_bytes=10**9)
        assert (len(first.bodies), first.end.seq, first.more) == (5, 5, True)
        second = await store.read(JOURNAL, 5, limit=5, max_bytes=10**9)
        assert (len(second.bodies), second.end.seq, second.more) == (5, 10, False)
        small = await store.read(JOURNAL, 0, limit=5, max_bytes=1)
        assert (len(small.bodies), small.more) == (1, True)
        assert (await store.read(JOURNAL, 10, limit=5, max_bytes=1)).bodies == []

    async def test_the_same_event_again_is_a_duplicate_with_the_same_answer(self, store: LogStore) -> None:
        pushed = [event(n) for n in range(1, 5)]
        first = await store.append(JOURNAL, pushed, now_ms=NOW)
        again = await store.append(JOURNAL, pushed[1:3], now_ms=NOW + 99)
        assert [r.outcome for r in again] == ["duplicate"] * 2
        assert [(r.seq, r.received_at, r.merge_hlc) for r in again] == [
            (r.seq, r.received_at, r.merge_hlc) for r in first[1:3]
        ]
        assert (await store.head(JOURNAL)).seq == 4

    async def test_twice_in_one_push_is_stored_once(self, store: LogStore) -> None:
        one = event(1)
        results = await store.append(JOURNAL, [one, one, event(2)], now_ms=NOW)
        assert [r.outcome for r in results] == ["stored", "duplicate", "stored"]

    async def test_a_gap_says_what_is_there(self, store: LogStore) -> None:
        await store.append(JOURNAL, [event(1)], now_ms=NOW)
        (result,) = await store.append(JOURNAL, [event(3)], now_ms=NOW)
        assert (result.outcome, result.last) == ("gap", 1)

    async def test_what_an_event_has_seen_must_be_there_first(self, store: LogStore) -> None:
        late = event(1, by=device(2), seen={device(1): 2})
        (result,) = await store.append(JOURNAL, [late], now_ms=NOW)
        assert (result.outcome, result.needs) == ("missing", (device(1), 2))
        await store.append(JOURNAL, [event(1), event(2)], now_ms=NOW)
        (result,) = await store.append(JOURNAL, [late], now_ms=NOW)
        assert result.outcome == "stored"

    async def test_a_context_that_goes_back_is_rejected_and_the_device_goes_on(self, store: LogStore) -> None:
        await store.append(JOURNAL, [event(n) for n in (1, 2)], now_ms=NOW)
        back = [event(1, by=device(2), seen={device(1): 2}), event(2, by=device(2), seen={device(1): 1})]
        results = await store.append(JOURNAL, [*back, event(3, by=device(2))], now_ms=NOW)
        assert [r.outcome for r in results] == ["stored", "rejected", "stored"]
        await walk(store, JOURNAL)

    async def test_another_event_under_the_same_counter_is_a_fork_and_nothing_slips_in_behind(
        self, store: LogStore
    ) -> None:
        await store.append(JOURNAL, [event(1), event(2)], now_ms=NOW)
        results = await store.append(JOURNAL, [event(2, title="Other"), event(3, title="Other")], now_ms=NOW)
        assert [r.outcome for r in results] == ["forked", "forked"]
        assert (await store.head(JOURNAL)).seq == 2

    async def test_a_rejected_event_keeps_its_place_and_its_answer(self, store: LogStore) -> None:
        bad = event(1)
        stub = as_stub(JOURNAL, bad, "no such goal")
        (first,) = await store.append(JOURNAL, [stub], now_ms=NOW)
        (again,) = await store.append(JOURNAL, [bad], now_ms=NOW + 5)
        assert (first.outcome, first.seq, first.reason) == ("rejected", 1, "no such goal")
        assert again == first
        assert (await store.append(JOURNAL, [event(2)], now_ms=NOW))[0].outcome == "stored"
        stored = decode_event((await store.read(JOURNAL, 0, **ALL)).bodies[0])
        assert stored.payload == b""
        await walk(store, JOURNAL)

    async def test_a_clock_that_runs_ahead_is_clamped_and_one_that_lags_is_kept(self, store: LogStore) -> None:
        year = 365 * 86_400_000
        results = await store.append(
            JOURNAL,
            [event(1, at_ms=NOW + year), event(2, at_ms=NOW - year), event(3, at_ms=NOW + CLAMP_MS - 1)],
            now_ms=NOW,
        )
        assert results[0].merge_hlc == format_hlc(NOW + CLAMP_MS)
        assert results[1].merge_hlc == format_hlc(NOW - year, 2)
        assert results[2].merge_hlc == format_hlc(NOW + CLAMP_MS - 1, 3)

    async def test_received_at_never_goes_back(self, store: LogStore) -> None:
        await store.append(JOURNAL, [event(1)], now_ms=NOW)
        (result,) = await store.append(JOURNAL, [event(2)], now_ms=NOW - 1_000)
        assert result.received_at == NOW

    async def test_a_push_can_claim_no_place_and_no_clock(self, store: LogStore) -> None:
        (donor,) = await store.append(JOURNAL, [event(1, at_ms=NOW)], now_ms=NOW)
        stored = decode_event((await store.read(JOURNAL, 0, **ALL)).bodies[0])
        other = new_id()
        (result,) = await store.append(other, [stored], now_ms=NOW + 7)
        assert (result.received_at, donor.received_at) == (NOW + 7, NOW)

    async def test_a_repair_keeps_the_original_clocks_within_limits(self, store: LogStore) -> None:
        await store.append(JOURNAL, [event(1, at_ms=NOW + 10 * CLAMP_MS)], now_ms=NOW)
        lost = decode_event((await store.read(JOURNAL, 0, **ALL)).bodies[0])
        other = new_id()
        (result,) = await store.append(other, [lost], now_ms=NOW + 1_000, repair=True)
        assert (result.received_at, result.merge_hlc) == (NOW, format_hlc(NOW + CLAMP_MS))

    async def test_journals_do_not_touch_each_other(self, store: LogStore) -> None:
        other = new_id()
        await asyncio.gather(*(store.append(j, [event(n)], now_ms=NOW) for n in range(1, 30) for j in (JOURNAL, other)))
        assert (await store.head(JOURNAL)).seq == (await store.head(other)).seq == 29
        assert await walk(store, JOURNAL) != await walk(store, other)

    async def test_chain_values_are_given_where_the_log_has_them(self, store: LogStore) -> None:
        await store.append(JOURNAL, [event(n) for n in (1, 2, 3)], now_ms=NOW)
        chains = await store.chains(JOURNAL, [0, 2, 9])
        assert set(chains) == {0, 2}
        assert chains[0] == genesis_chain(JOURNAL)
        assert chains[2] == (await store.read(JOURNAL, 0, limit=2, max_bytes=10**9)).end.chain

    async def test_parallel_writers_lose_nothing(self, store: LogStore) -> None:
        async def writer(number: int) -> None:
            for n in range(1, 21):
                (result,) = await store.append(JOURNAL, [event(n, by=device(number))], now_ms=NOW)
                assert result.outcome == "stored"

        await asyncio.gather(*(writer(number) for number in range(16)))
        assert (await store.head(JOURNAL)).seq == 320
        assert await store.counters(JOURNAL) == {device(number): 20 for number in range(16)}
        await walk(store, JOURNAL)

    async def test_a_cancelled_waiter_leaves_the_log_whole(self, store: LogStore) -> None:
        tasks = [asyncio.create_task(store.append(JOURNAL, [event(1, by=device(n))], now_ms=NOW)) for n in range(50)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        stored = [r for r in done if isinstance(r, list)]
        assert len(stored) >= 25
        assert (await store.head(JOURNAL)).seq >= len(stored)
        await walk(store, JOURNAL)

    # Each store's class inherits this one, and that is meant.
    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(seed=st.integers(0, 2**32))
    async def test_any_schedule_of_pushes_ends_with_each_event_once(self, store: LogStore, seed: int) -> None:
        """Two devices push runs of what they wrote, again and again, in pieces that overlap, leave gaps and come late."""
        rnd, journal = random.Random(seed), new_id()
        written = {d: [event(n, by=d, id=entity(n)) for n in range(1, 13)] for d in (device(1), device(2))}
        acknowledged: dict[tuple[str, int], int] = {}
        for _ in range(40):
            run = written[rnd.choice(list(written))]
            start = rnd.randrange(len(run))
            for sent, result in zip(
                chunk := run[start : start + rnd.randint(1, 6)],
                await store.append(journal, chunk, now_ms=NOW + rnd.randint(-50, 50)),
                strict=True,
            ):
                key = (sent.device, sent.n)
                if result.outcome in {"stored", "duplicate"}:
                    assert acknowledged.setdefault(key, result.seq) == result.seq
                else:
                    assert result.outcome == "gap"
                    assert key not in acknowledged
        log = [decode_event(b) for b in (await store.read(journal, 0, **ALL)).bodies]
        assert {(e.device, e.n): e.seq for e in log} == acknowledged
        assert all(authored(e) == next(w for w in written[e.device] if w.n == e.n) for e in log)
        await walk(store, journal)

    async def test_what_comes_with_a_push_sees_all_that_was_pushed_before_it(self, store: LogStore) -> None:
        await store.append(JOURNAL, [event(1)], now_ms=NOW)
        seen: list[int] = []

        @unit
        def look() -> Work[None]:
            rows = yield Query("SELECT seq FROM events WHERE journal = :journal ORDER BY seq", {"journal": JOURNAL})
            seen[:] = [seq for (seq,) in rows]

        await asyncio.gather(
            store.append(JOURNAL, [event(2), event(3)], now_ms=NOW),
            store.append(JOURNAL, [], now_ms=NOW, also=look()),
            store.append(JOURNAL, [event(4)], now_ms=NOW),
        )
        assert seen == [1, 2, 3]
        await walk(store, JOURNAL)

    async def test_a_redaction_takes_the_words_out_and_the_chain_still_holds(self, store: LogStore) -> None:
        spoken, other = event(1, title="Unspeakable"), event(2, title="Left alone")
        await store.append(JOURNAL, [spoken, other], now_ms=NOW)
        chain = (await store.head(JOURNAL)).chain
        (result,) = await store.append(JOURNAL, [redaction(3, spoken)], now_ms=NOW)
        assert result.outcome == "stored"
        bodies = (await store.read(JOURNAL, 0, **ALL)).bodies
        assert b"Unspeakable" not in b"".join(bodies)
        left = decode_event(bodies[0])
        assert (left.salt, json.loads(left.payload)["title"]) == ("", None)
        assert json.loads(decode_event(bodies[1]).payload)["title"] == "Left alone"
        assert (await store.chains(JOURNAL, [2]))[2] == chain
        await walk(store, JOURNAL)

    async def test_words_sent_again_after_their_redaction_are_a_duplicate_and_stay_out(self, store: LogStore) -> None:
        spoken = event(1, title="Unspeakable")
        await store.append(JOURNAL, [spoken, redaction(2, spoken)], now_ms=NOW)
        again = await store.append(JOURNAL, [spoken, redaction(2, spoken, salt="s" * 16)], now_ms=NOW, repair=True)
        assert [r.outcome for r in again] == ["duplicate", "forked"]
        assert b"Unspeakable" not in b"".join((await store.read(JOURNAL, 0, **ALL)).bodies)

    async def test_what_is_redacted_in_part_keeps_the_rest_and_can_lose_it_later(self, store: LogStore) -> None:
        spoken = event(1, title="Said aloud", why="Unspeakable")
        await store.append(JOURNAL, [spoken, redaction(2, spoken, fields=["why"])], now_ms=NOW)
        left = json.loads(decode_event((await store.read(JOURNAL, 0, **ALL)).bodies[0]).payload)
        assert (left["title"], left["why"]) == ("Said aloud", None)
        await store.append(JOURNAL, [redaction(3, spoken)], now_ms=NOW)
        assert b"aloud" not in (await store.read(JOURNAL, 0, **ALL)).bodies[0]
        await walk(store, JOURNAL)

    async def test_a_redaction_waits_for_its_target_and_is_rejected_where_it_fits_none(self, store: LogStore) -> None:
        spoken, early = event(2), redaction(1, event(2), by=device(2))
        await store.append(JOURNAL, [event(1)], now_ms=NOW)
        (waiting,) = await store.append(JOURNAL, [early], now_ms=NOW)
        assert (waiting.outcome, waiting.needs) == ("missing", (device(1), 2))
        await store.append(JOURNAL, [spoken], now_ms=NOW)
        (wrong,) = await store.append(JOURNAL, [redaction(1, event(2, title="Other"), by=device(2))], now_ms=NOW)
        assert (wrong.outcome, wrong.reason) == ("rejected", "the event to redact is another one.")
        right = redaction(2, spoken, by=device(2))
        itself, again = redaction(4, event(4, by=device(2)), by=device(2)), redaction(3, right, by=device(2))
        results = await store.append(JOURNAL, [right, again, itself], now_ms=NOW)
        assert [r.outcome for r in results] == ["stored", "rejected", "rejected"]
        await walk(store, JOURNAL)

    async def test_a_redaction_refused_for_another_reason_changes_nothing(self, store: LogStore) -> None:
        spoken = event(1, title="Stays")
        await store.append(JOURNAL, [spoken], now_ms=NOW)
        (gap,) = await store.append(JOURNAL, [redaction(7, spoken, by=device(2))], now_ms=NOW)
        assert gap.outcome == "gap"
        assert b"Stays" in (await store.read(JOURNAL, 0, **ALL)).bodies[0]

    async def test_archived_events_are_read_like_any_others(self, store: LogStore) -> None:
        written = [event(n, seen={device(9): 1} if n == 2 else None) for n in range(1, 1301)]
        await store.append(JOURNAL, [event(1, by=device(9)), *written], now_ms=NOW)
        before, chains = await store.read(JOURNAL, 0, **ALL), await store.chains(JOURNAL, range(1302))
        head, counters = await store.head(JOURNAL), await store.counters(JOURNAL)
        assert await store.archive(JOURNAL, keep=100) == 1000
        assert await store.archive(JOURNAL, keep=100) == 0
        assert (await store.head(JOURNAL), await store.counters(JOURNAL)) == (head, counters)
        assert await store.chains(JOURNAL, range(1302)) == chains
        for limit in (1301, 500, 77):
            bodies: list[bytes] = []
            more = True
            while more:
                page = await store.read(JOURNAL, len(bodies), limit=limit, max_bytes=40_000)
                bodies += page.bodies
                assert page.end == Head(len(bodies), chains[len(bodies)])
                more = page.more
            assert bodies == before.bodies
        assert (await store.append(JOURNAL, [event(1301)], now_ms=NOW))[0].seq == 1302

    async def test_what_is_archived_is_known_again_and_can_be_redacted(self, store: LogStore) -> None:
        written = [event(n, title=f"Said {n}") for n in range(1, 1201)]
        first = await store.append(JOURNAL, written, now_ms=NOW)
        await store.archive(JOURNAL, keep=1)
        again = await store.append(JOURNAL, [written[3], written[700], written[1150]], now_ms=NOW)
        assert [(r.outcome, r.seq) for r in again] == [("duplicate", first[at].seq) for at in (3, 700, 1150)]
        (forked,) = await store.append(JOURNAL, [event(700, title="Other")], now_ms=NOW)
        assert forked.outcome == "forked"
        redactions = [redaction(1201, written[9]), redaction(1202, written[699])]
        assert [r.outcome for r in await store.append(JOURNAL, redactions, now_ms=NOW)] == ["stored"] * 2
        page = await store.read(JOURNAL, 0, limit=100, max_bytes=10**9)
        assert json.loads(decode_event(page.bodies[9]).payload)["title"] is None
        assert await pages(store, JOURNAL) == 1202

    async def test_a_short_log_is_not_archived(self, store: LogStore) -> None:
        await store.append(JOURNAL, [event(n) for n in range(1, 400)], now_ms=NOW)
        assert await store.archive(JOURNAL, keep=0) == 0
