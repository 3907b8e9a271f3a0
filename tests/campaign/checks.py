"""After a schedule: puts everything right, lets all sync until nothing moves, and compares what is there with the truth."""

from collections import Counter
from contextlib import suppress

from milepost import client
from milepost.clock import CLAMP_MS, hlc_ms
from milepost.device import FILE_NAME
from milepost.envelope import Event, identity_digest, next_chain
from milepost.errors import MilepostError, NotSignedIn
from milepost.journal import State, dump_state, load_state, state_hash
from milepost.register import writes_of
from milepost_server.services import FILE_NAME as SERVER_FILE
from milepost_server.verify import verify_file
from tests.campaign.stage import WAITS, Party, Stage
from tests.campaign.taking_out import check_words
from tests.campaign.truth import ALL, Register, key_of
from tests.campaign.versions import NEW, version

RENAMED = {("redaction", "device"), ("redaction", "n")}
"""What a redaction says otherwise, where its target was written again under another name."""
MAX_ROUNDS = 12
"""Syncs of every device after which nothing may move any more."""


def put_right(stage: Stage) -> None:
    """What was on its way arrives, everybody is of today, clocks are right, and who was shut out is let in."""
    while stage.network.late:
        stage.deliver_late()
    stage.server_types = NEW
    stage.restart_server()
    for i, party in enumerate(stage.parties):
        party.skew_ms = 0
        stage.upgrade_device(i)


def settle(stage: Stage) -> None:
    """All devices sync, in turn, until each holds the server's log and has nothing to send. First without the log under
    what they began from: words that are taken out must be gone from there too.
    """
    for history in (False, True):
        for _ in range(MAX_ROUNDS):
            _all_sync(stage, history=history)
            if quiet(stage):
                check_words(stage, stage.log())
                break
        else:
            for party in stage.parties:
                with version(NEW):
                    stage.go_on(party)
    for _ in range(MAX_ROUNDS):
        if quiet(stage):
            check_words(stage, stage.log())
            return
        _all_sync(stage, history=True)
    raise AssertionError("something moves for ever")


def _all_sync(stage: Stage, *, history: bool) -> None:
    for i, party in enumerate(stage.parties):
        try:
            with version(NEW):
                report = client.sync(party.device, stage.server_for(party), history=history)
                stage.note_synced(party)
        except NotSignedIn:
            stage.pair(i)
            continue
        assert all(WAITS in problem for problem in report.problems.values()), report.problems
        stage.seen["forks"] += report.forks
        stage.seen["repaired"] += report.repaired


def quiet(stage: Stage) -> bool:
    head = stage.runner.run(stage.services.store.head(stage.journal))
    return all(
        party.device.log.unsent_count(stage.journal) == 0
        and party.device.log.journal(stage.journal).cursor.chain == head.chain.hex()
        for party in stage.parties
    )


def check(stage: Stage) -> dict[str, int]:
    """Holds what is there against the truth; returns what there was."""
    put_right(stage)
    settle(stage)
    with version(NEW):
        log = stage.log()
        folded = fold(stage.journal, log)
        _check_events(stage, log)
        _check_chain(stage, log)
        _check_devices(stage, log)
        _check_states(stage, log, folded)
        aside = _check_registers(stage, log, folded)
        _check_hidden(stage, log, folded)
    return {
        "events": len(log),
        "set_aside": aside,
        "gone": len(stage.truth.gone),
        "twice": len(twice(log)),
        **stage.seen,
    }


def fold(journal: str, events: list[Event]) -> State:
    state = State(journal)
    for event in events:
        state.apply(event)
    return state


def _said_again(stage: Stage, log: list[Event]) -> set[str]:
    """Redactions that were refused, since their target has another name by now, and are kept where they were; what they
    take out is taken out by another one.
    """
    taken = stage.truth.taken_out(log)
    refused = {key_of(r.event) for party in stage.parties for r in party.device.log.rejected(stage.journal)}
    meant = {key: takes for key in refused if (takes := stage.truth.written[key].takes) is not None}
    return {
        key
        for key, (of, fields) in meant.items()
        if taken.get(of, frozenset()) >= fields or taken.get(of, set()) >= ALL
    }


def _check_events(stage: Stage, log: list[Event]) -> None:
    """Nothing is lost but what nobody held any more, nothing is there that nobody wrote, and what was refused is kept."""
    there = {key_of(event) for event in log if not event.rejected}
    good = {salt for salt, written in stage.truth.written.items() if written.good}
    said_again = _said_again(stage, log) - there
    lost = good - there - stage.truth.gone - said_again
    assert not lost, f"lost: {sorted(told(stage, lost))}"
    assert there <= good, "somebody wrote what nobody wrote"
    older = stage.seen["returns"] + stage.seen["clones"]
    assert not twice(log) or stage.seen["went_on"] or max(stage.seen["restores"], older) > 1, "an event stands twice"
    kept = {salt for party in stage.parties for salt in _quarantine(stage, party)}
    refused = set(stage.truth.written) - good - stage.truth.gone
    refused |= said_again
    assert refused == kept, f"refused and not kept: {refused ^ kept}"


def twice(log: list[Event]) -> set[str]:
    """What stands twice: something was put back once, a device wrote it again, and something was put back once more, so that
    it came under its first name as well; or a device went on without waiting for those who had written it again. Both
    say the same, so nobody is asked; what saw one may not have seen the other.
    """
    there = [key_of(event) for event in log if not event.rejected]
    return {salt for salt, count in Counter(there).items() if count > 1}


def told(stage: Stage, salts: set[str]) -> list[str]:
    return [str(stage.truth.written[salt].sets) for salt in salts]


def _quarantine(stage: Stage, party: Party) -> set[str]:
    return {key_of(refused.event) for refused in party.device.log.rejected(stage.journal)}


def _check_chain(stage: Stage, log: list[Event]) -> None:
    verified = verify_file(stage.folder / "server" / SERVER_FILE)
    assert verified.ok, verified.faults
    assert [event.seq for event in log] == list(range(1, len(log) + 1))
    times = [event.received_at for event in log]
    assert times == sorted(times)
    for event in log:
        assert event.rejected or hlc_ms(event.ranked_at) <= event.received_at + CLAMP_MS, "a clock runs ahead"
        assert event.ranked_at <= event.hlc


def _check_devices(stage: Stage, log: list[Event]) -> None:
    """Each holds the very same log."""
    expected = [identity_digest(stage.journal, event) for event in log]
    for party in stage.parties:
        held = stage.log_of(party)
        assert sorted(identity_digest(stage.journal, event) for event in held) == sorted(expected)
        chain = bytes.fromhex(party.device.log.chain_at(stage.journal, 0))
        for event in sorted(held, key=lambda event: event.seq):
            chain = next_chain(chain, identity_digest(stage.journal, event), event)
            assert party.device.log.chain_at(stage.journal, event.seq) == chain.hex()
        counters: dict[str, int] = {}
        for event in held:
            assert event.n == counters.get(event.device, 0) + 1, "a counter has a gap"
            assert all(counters.get(device, 0) >= n for device, n in event.seen.items()), "an effect before its cause"
            counters[event.device] = event.n


def _check_states(stage: Stage, log: list[Event], folded: State) -> None:
    """One state on every device, on the server, on a fresh device, in any causal order, after a rebuild or a snapshot."""
    expected = state_hash(folded)
    for i, party in enumerate(stage.parties):
        assert state_hash(party.device.state(stage.journal)) == expected, "a device has another state"
        with party.device.log.transaction():
            party.device.log.bump(stage.journal)
        assert state_hash(party.device.state(stage.journal)) == expected, "a rebuild gives another state"
        stage.restart_device(i)
        assert same(party.device.state(stage.journal), folded)
    on_server = stage.runner.run(stage.services.journals.state(stage.journal))
    assert state_hash(on_server.state) == expected, "the server has another state"
    assert same(_fresh(stage), folded), "a fresh device has another state"
    assert same(_permuted(stage, log), folded), "the order matters"
    cut = stage.chance.randint(0, len(log))
    kept = load_state(dump_state(fold(stage.journal, log[:cut])))
    assert kept is not None
    for event in log[cut:]:
        kept.apply(event)
    assert same(kept, folded), "a snapshot and what came after it are not the whole"


def same(state: State, other: State) -> bool:
    """Whether two states show the same: the same writes, the same values, the same entities, the same contexts."""
    return (
        state_hash(state) == state_hash(other)
        and _shown(state) == _shown(other)
        and {d: (p.n, p.seen) for d, p in state.devices.items()} == {d: (p.n, p.seen) for d, p in other.devices.items()}
    )


def _shown(state: State) -> dict[str, object]:
    shown: dict[str, object] = {}
    for kind, entities in state.entities.items():
        shown[kind] = (
            {entity: state.fields(kind, entity) for entity in entities},
            sorted(state.visible(kind)),
        )
    return shown


def _fresh(stage: Stage) -> State:
    party = Party(stage.folder / "fresh", 0, NEW)
    stage._open_device(party)
    stage.parties.append(party)
    stage.pair(len(stage.parties) - 1)
    stage.parties.pop()
    party.device.welcome(stage.journal, private=True)
    with suppress(MilepostError):
        client.sync(party.device, stage.server_for(party))
    state = party.device.state(stage.journal)
    party.device.close()
    (party.folder / FILE_NAME).unlink()
    return state


def _permuted(stage: Stage, log: list[Event]) -> State:
    state, waiting = State(stage.journal), list(log)
    while waiting:
        ready = [e for e in waiting if e.n == state.counter(e.device) + 1 and _came(state, e)]
        event = stage.chance.choice(ready)
        waiting.remove(event)
        state.apply(event)
    return state


def _came(state: State, event: Event) -> bool:
    return all(state.counter(device) >= n for device, n in event.seen.items())


def _check_registers(stage: Stage, log: list[Event], folded: State) -> int:
    """A register keeps exactly what nobody else who wrote to it had in view, and shows the one that ranks first."""
    by_id = {(event.device, event.n): event for event in log}
    kept: dict[Register, set[str]] = {}
    taken = stage.truth.taken_out(log)
    aside = 0
    for kind, entities in folded.entities.items():
        for entity in entities:
            for name, register in folded.registers(kind, entity).items():
                writes = [by_id[stamp.device, stamp.n] for stamp, _ in writes_of(register)]
                kept[kind, entity, name] = {key_of(event) for event in writes}
                aside += len(writes) - 1
                first = max(writes, key=lambda event: (event.ranked_at, event.device, event.n))
                assert writes[0] is first, "another write is shown than the one that ranks first"
                if (kind, name) in RENAMED:
                    continue
                for (_, value), event in zip(writes_of(register), writes, strict=True):
                    out = taken.get(key_of(event), frozenset())
                    # A redaction that is lost itself may have taken its words, or have gone before it came anywhere.
                    more = stage.truth.taken_before(key_of(event)) if event.data_digest else frozenset()
                    place = (kind, entity, name)
                    may_be = [stage.truth.left(key_of(event), place, fields) for fields in (out, out | more)]
                    assert value in may_be, f"{kind}.{name} is {value}, not {may_be}"
    there = [key_of(event) for event in log if not event.rejected]
    least = stage.truth.unseen(there, twice(log))
    for register, expected in stage.truth.unseen(there).items():
        found = kept.pop(register)
        assert least[register] <= found <= expected | twice(log), (
            f"{register}: kept though seen {told(stage, found - expected)}, "
            f"lost though unseen {told(stage, least[register] - found)}"
        )
    assert not kept, "a register that nobody wrote to"
    return aside


def _check_hidden(stage: Stage, log: list[Event], folded: State) -> None:
    """An entity is hidden if it is taken back by somebody who had in view all that is written in it."""
    written = stage.truth.written
    unseen = stage.truth.unseen(key_of(event) for event in log if not event.rejected)
    doubled = {(kind, entity) for salt in twice(log) for kind, entity, _ in written[salt].sets}
    entities = {(kind, entity) for kind, entity, _ in unseen} - doubled
    for kind, entity in entities:
        back = unseen.get((kind, entity, "retracted"), set())
        registers = [
            found for (k, e, name), found in unseen.items() if (k, e) == (kind, entity) and name != "retracted"
        ]
        others = set().union(*registers)
        hidden = bool(back) and all(s in back or any(written[r].knew & written[s].bit for r in back) for s in others)
        assert (entity not in folded.visible(kind)) == hidden, f"{kind}: hidden or not"
