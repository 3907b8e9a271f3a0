"""The browser's device against a real server, and beside devices at a terminal: all come to the same, whatever happens."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import pytest

from milepost.clock import new_id
from milepost.commands import redact
from milepost.journal import state_hash
from tests.events import entity
from tests.processes import ServerProcess, serving
from tests.web.driving import BrowserDevice, Refused, driver
from tests.web.laptop import Laptop


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return driver(tmp_path_factory.mktemp("driver") / "driver.mjs")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with serving(tmp_path / "server") as running:
        yield running


@pytest.fixture
def phone(script: Path) -> Iterator[BrowserDevice]:
    with BrowserDevice(script, "phone") as device:
        yield device


def goal(number: int, **fields: Any) -> dict[str, Any]:
    return {"type": "goal.created", "fields": {"id": entity(number), "title": f"Goal {number}", **fields}}


def revised(number: int, **fields: Any) -> dict[str, Any]:
    return {"type": "goal.revised", "fields": {"id": entity(number), **fields}}


def paired(device: BrowserDevice, server: ServerProcess) -> str:
    journal: str = device("pair", url=server.url, code=server.code(), name=device.name)
    return journal


@pytest.fixture
def laptop(phone: BrowserDevice, server: ServerProcess, tmp_path: Path) -> Iterator[Laptop]:
    """Of the same account as the phone, which has begun a journal and synced it."""
    journal = phone("begin", title="Mine")
    phone("append", journal=journal, drafts=[goal(1), goal(2)])
    assert paired(phone, server) == journal
    phone("sync", url=server.url)
    made = Laptop(tmp_path / "laptop", server)
    made.sync()
    yield made
    made.close()


def the_journal(laptop: Laptop) -> str:
    (row,) = laptop.device.rows()
    return row.journal


def settle(server: ServerProcess, phone: BrowserDevice, laptop: Laptop) -> None:
    """Both sync until neither has news, and then are the same."""
    for _ in range(6):
        laptop.sync()
        phone("sync", url=server.url)
    journal = the_journal(laptop)
    assert phone("unsent") == 0
    assert laptop.device.log.unsent_count(journal) == 0
    assert phone("state", journal=journal)["hash"] == state_hash(laptop.state(journal))


def test_what_was_begun_in_a_browser_without_any_server_comes_to_a_laptop(phone: BrowserDevice, laptop: Laptop) -> None:
    state, journal = laptop.state(the_journal(laptop)), the_journal(laptop)
    assert [state.fields("goal", one)["title"] for one in state.visible("goal")] == ["Goal 1", "Goal 2"]
    assert phone("state", journal=journal)["hash"] == state_hash(state)
    assert phone("unsent") == 0


def test_what_both_wrote_at_once_is_kept_and_one_of_them_settles_it(
    server: ServerProcess, phone: BrowserDevice, laptop: Laptop
) -> None:
    journal = the_journal(laptop)
    laptop.append(journal, revised(1, title="Said at the laptop"))
    phone("append", journal=journal, drafts=[revised(1, title="Said on the phone"), revised(2, why="Only here")])
    settle(server, phone, laptop)
    (aside,) = phone("state", journal=journal)["aside"]
    assert {aside[3], phone("state", journal=journal)["fields"]["goal"][entity(1)]["title"]} == {
        "Said at the laptop",
        "Said on the phone",
    }
    phone("append", journal=journal, drafts=[revised(1, title="Said together")])
    settle(server, phone, laptop)
    assert phone("state", journal=journal)["aside"] == []
    assert laptop.state(journal).fields("goal", entity(1))["title"] == "Said together"


def test_a_browser_that_had_a_journal_already_puts_it_into_the_accounts_own(
    script: Path, server: ServerProcess, phone: BrowserDevice, laptop: Laptop
) -> None:
    with BrowserDevice(script, "tablet") as tablet:
        own = tablet("begin", title="Written before")
        tablet("append", journal=own, drafts=[goal(7)])
        journal = paired(tablet, server)
        assert journal == the_journal(laptop)
        tablet("sync", url=server.url)
        assert [row["journal"] for row in tablet("rows")] == [journal]
        settle(server, phone, laptop)
        assert entity(7) in phone("state", journal=journal)["fields"]["goal"]


def test_without_a_server_everything_is_kept_and_goes_out_later(
    server: ServerProcess, phone: BrowserDevice, laptop: Laptop
) -> None:
    journal = the_journal(laptop)
    server.kill()
    phone("append", journal=journal, drafts=[goal(3)])
    with pytest.raises(Refused, match="kept here"):
        phone("sync", url=server.url)
    assert phone("unsent") == 1
    phone("reopen", name="phone")
    assert phone("unsent") == 1
    server.start()
    settle(server, phone, laptop)


def test_a_server_that_was_put_back_gets_everything_again_from_a_browser_whoever_wrote_it(
    server: ServerProcess, phone: BrowserDevice, laptop: Laptop, tmp_path: Path
) -> None:
    journal = the_journal(laptop)
    server.stop()
    copytree(server.data, tmp_path / "backup")
    server.start()
    laptop.append(journal, *[revised(1, why=f"Reason {n}") for n in range(5)])
    phone("append", journal=journal, drafts=[goal(4)])
    settle(server, phone, laptop)
    server.kill()
    rmtree(server.data)
    copytree(tmp_path / "backup", server.data)
    server.start()
    report = phone("sync", url=server.url)
    assert report["repaired"] == 6
    assert report["problems"] == {}
    settle(server, phone, laptop)
    assert laptop.state(journal).fields("goal", entity(1))["why"] == "Reason 4"


def test_a_browser_that_was_put_back_goes_on_as_another_device(
    server: ServerProcess, phone: BrowserDevice, laptop: Laptop
) -> None:
    journal = the_journal(laptop)
    phone("copy")
    (before,) = phone("rows")
    phone("append", journal=journal, drafts=[revised(1, why="Sent, and then forgotten")])
    phone("sync", url=server.url)
    phone("put_back", name="phone")
    phone("append", journal=journal, drafts=[revised(2, why="Written instead")])
    assert phone("sync", url=server.url)["forks"] == 1
    (after,) = phone("rows")
    assert after["device"] != before["device"]
    settle(server, phone, laptop)
    fields = phone("state", journal=journal)["fields"]["goal"]
    assert (fields[entity(1)]["why"], fields[entity(2)]["why"]) == ("Sent, and then forgotten", "Written instead")


def test_a_clock_that_is_a_year_ahead_does_no_harm(server: ServerProcess, phone: BrowserDevice, laptop: Laptop) -> None:
    journal = the_journal(laptop)
    phone("skew", ms=365 * 86_400_000)
    phone("append", journal=journal, drafts=[revised(1, title="From next year")])
    settle(server, phone, laptop)
    laptop.append(journal, revised(1, title="Said later"))
    settle(server, phone, laptop)
    assert phone("state", journal=journal)["fields"]["goal"][entity(1)]["title"] == "Said later"


def test_words_that_are_taken_out_at_the_laptop_are_gone_from_the_browsers_database(
    server: ServerProcess, phone: BrowserDevice, laptop: Laptop
) -> None:
    journal = the_journal(laptop)
    phone("append", journal=journal, drafts=[revised(1, why="Never meant to be written")])
    settle(server, phone, laptop)
    state, history = laptop.state(journal), laptop.device.log.history(journal)
    laptop.device.append(journal, redact(state, history, new_id, "goal", entity(1), ("why",)))
    settle(server, phone, laptop)
    assert "Never meant" not in phone("texts")
    assert phone("state", journal=journal)["fields"]["goal"][entity(1)]["title"] == "Goal 1"


def test_what_the_server_refuses_is_set_apart_with_its_words(
    server: ServerProcess, phone: BrowserDevice, laptop: Laptop
) -> None:
    journal = the_journal(laptop)
    phone("break_a_rule", journal=journal, id=entity(1), title="Kept all the same")
    phone("append", journal=journal, drafts=[revised(2, why="What comes after it goes through")])
    settle(server, phone, laptop)
    (refused,) = phone("refused")
    assert "Kept all the same" in refused["text"]
    assert laptop.state(journal).fields("goal", entity(2))["why"] == "What comes after it goes through"


def test_a_long_journal_comes_in_and_is_opened_from_what_was_written_down(
    script: Path, server: ServerProcess, phone: BrowserDevice, laptop: Laptop
) -> None:
    journal = the_journal(laptop)
    for first in range(0, 2_000, 500):
        laptop.append(journal, *[revised(1 + n % 2, why=f"Reason {first + n}") for n in range(500)])
    settle(server, phone, laptop)
    before = phone("state", journal=journal)
    phone("reopen", name="phone")
    assert phone("state", journal=journal) == before
