"""Two people write while their server is put back again and again: in the end all is there, and both see the same."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.clock import new_id
from milepost.device import Device
from milepost.envelope import salted_digest
from milepost.events import Draft
from milepost.journal import state_hash
from milepost_server.receipts import KEY_FILE
from tests.simulation import World, world


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("milepost.receipts", "milepost.device_receipts"):
        monkeypatch.setattr(f"{module}.STRIDE", 4)
    monkeypatch.setattr("milepost_server.journals.MAX_PAGE_EVENTS", 5)
    monkeypatch.setattr("milepost.client.MAX_PUSH_EVENTS", 4)
    monkeypatch.setattr("milepost.device_log.MAX_PUSH_EVENTS", 4)
    monkeypatch.setattr("milepost.device_receipts.MAX_LINKS", 9)


def say(device: Device, journal: str, text: str) -> None:
    device.append(journal, [Draft("topic.added", {"id": new_id(), "text": text})])


def take_out(device: Device, journal: str, chance: Random) -> None:
    """The words of some topic go."""
    held = [e for _, e in device.log.events(journal) if e.type == "topic.added" and not e.data_digest and e.seq]
    if held:
        of = chance.choice(held)
        asked = {"id": new_id(), "device": of.device, "n": of.n, "digest": salted_digest(of)}
        device.append(journal, [Draft("redaction.made", asked)])


def played(made: World, chance: Random, *, keys: bool) -> None:
    mine = made.device("mine")
    journal = mine.open_journal("Together")
    made.meet(mine)
    account = made.member(journal, "therapist")
    devices = [mine, made.device("tablet"), made.device("theirs", account=account)]
    for device in devices:
        if device is not mine:
            device.welcome(journal, private=False)
        made.meet(device)
    made.back_up()
    words = chance.random() < 0.5
    for turn in range(chance.randint(10, 30)):
        made.now_ms += chance.choice([0, 1_000, 60_000])
        device = chance.choice(devices)
        match chance.choice(["say", "say", "meet", "meet", "meet", "cut", "back up", "put back", "take out", "key"]):
            case "say":
                say(device, journal, f"{turn}")
            case "meet":
                made.meet(device)
            case "cut":
                made.meet(device, requests=chance.randint(1, 4), lose_answer=chance.random() < 0.5)
            case "back up":
                made.back_up()
            case "put back":
                made.put_back()
            case "take out" if device is mine and words:
                take_out(device, journal, chance)
            case "key" if keys:
                (made.folder / "server" / KEY_FILE).unlink(missing_ok=True)
    settled(made, journal, devices, alone=not keys and not words)
    for device in devices:
        device.close()


def settled(made: World, journal: str, devices: list[Device], *, alone: bool) -> None:
    """All is there in the end; with `alone`, the first device by itself brings back what it knows."""
    said = {(e.actor, e.data_digest or salted_digest(e)) for d in devices for _, e in d.log.events(journal)}
    if alone:
        mine = devices[0]
        # Words taken out since the server forgot whose they were have no receipt for what is left. All else has.
        made.meet(mine)
        made.put_back()
        made.meet(mine)
        assert mine.log.unplaced(journal, 0) == []
    made.settle(devices, journal)
    assert {(e.actor, salted_digest(e)) for e in made.log(journal)} == said
    assert len({state_hash(device.state(journal)) for device in devices}) == 1
    for device in devices:
        assert device.log.unplaced(journal, 0) == []
        assert device.log.rejected(journal) == []


@pytest.mark.parametrize("keys", [False, True], ids=["the key stays", "the key is lost at times"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
def test_all_comes_back_to_two_people_whatever_a_server_forgets(chance: Random, keys: bool) -> None:
    with TemporaryDirectory() as folder, world(Path(folder)) as made:
        played(made, chance, keys=keys)
