"""What somebody does there between any two requests of ours survives, and no answer that is lost makes a change of its own."""

import contextlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from milepost.plugin_api import Entry, Later, Revision, Secret
from milepost.testing import FakeHost, FakeJournal, Fault, RealOutside
from milepost_caldav import Caldav, CaldavSettings
from tests.plugins.caldav.servers import NAME, PASSWORD, Radicale, Server

KINDS = Caldav.kinds
TITLE = "Ask for a break"


class Meanwhile(RealOutside):
    """The server; just before a request of some kind, somebody does something there, once."""

    def __init__(self) -> None:
        super().__init__()
        self.before = ""
        self.deed: Callable[[], None] = lambda: None
        self.without: tuple[str, ...] = ()
        self.refuses: dict[str, int] = {}

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == self.before:
            self.before = ""
            self.deed()
        if b"sync-collection" in request.content and "sync" in self.refuses:
            return httpx.Response(self.refuses["sync"], text="<error xmlns='DAV:'><valid-sync-token/></error>")
        if b"multiget" in request.content and "multiget" in self.refuses:
            return httpx.Response(self.refuses["multiget"])
        answer = await super().answer(request)
        for name in self.without:
            answer.headers.pop(name, None)
        return answer


class Carried:
    """A journal with a goal and a step, which are there."""

    def __init__(self, server: Server, **settings: Any) -> None:
        self.server, self.outside = server, Meanwhile()
        made = CaldavSettings(url=server.url, username=NAME, password=Secret(PASSWORD), **settings)
        self.host = FakeHost(made, self.outside)
        self.journal = FakeJournal()
        self.goal = self.journal.goal("Say what I need")
        self.step = self.journal.milestone(self.goal, TITLE)

    def push(self) -> None:
        answers = self.host.push(Caldav(), self.journal.changes(KINDS))
        assert {type(answer).__name__ for answer in answers} <= {"Done"}, answers

    def lose_answer(self, place: int) -> None:
        """What is due goes out, and the answer to one of the requests is lost: it is put off."""
        self.host.fault = Fault("timeout", place, after=True)
        with contextlib.suppress(httpx.TimeoutException):
            assert isinstance(self.host.push(Caldav(), self.journal.changes(KINDS))[-1], Later)
        self.host.fault = None

    def pull(self) -> list[Entry]:
        return self.host.pull(Caldav())

    def said(self) -> dict[str, Any]:
        """What came in about the step."""
        entries = [entry for entry in self.pull() if isinstance(entry, Revision) and entry.id == self.step]
        return dict(entries[0].fields) if entries else {}

    def meanwhile(self, before: str, deed: Callable[[], None]) -> None:
        self.outside.before, self.outside.deed = before, deed


@pytest.fixture
def carried(server: Server) -> Carried:
    carried = Carried(server)
    carried.push()
    return carried


def test_a_completion_made_just_before_we_write_survives(carried: Carried) -> None:
    carried.journal.change("milestone", carried.step, title="Ask for a long break")
    carried.meanwhile("PUT", lambda: carried.server.complete(TITLE))
    carried.push()
    assert carried.server.titles()["Ask for a long break"] == "COMPLETED"
    assert carried.said()["status"] == "reached"
    assert carried.pull() == []


def test_a_completion_made_between_our_reading_and_our_writing_survives(carried: Carried) -> None:
    carried.server.change(TITLE, DESCRIPTION="tea")  # so it is read before it is written
    carried.pull()
    carried.journal.change("milestone", carried.step, title="Ask for a long break")
    carried.meanwhile("PUT", lambda: carried.server.complete(TITLE))
    carried.push()
    assert carried.server.titles()["Ask for a long break"] == "COMPLETED"
    assert carried.said()["status"] == "reached"


def test_every_write_names_the_version_that_it_is_over(carried: Carried) -> None:
    carried.journal.change("milestone", carried.step, title="Ask for a long break")
    carried.push()
    carried.server.delete("Ask for a long break")
    carried.host.push(Caldav(), carried.journal.removals(KINDS))
    writes = [one for one in carried.outside.requests if one.method in {"PUT", "DELETE"}]
    assert {one.method for one in writes} == {"PUT", "DELETE"}
    assert all("if-match" in one.headers or one.headers.get("if-none-match") == "*" for one in writes)
    assert all(one.headers["authorization"].startswith("Basic ") for one in carried.outside.requests)


def test_what_is_taken_back_here_while_it_is_changed_there_goes(carried: Carried) -> None:
    carried.meanwhile("DELETE", lambda: carried.server.change(TITLE, DESCRIPTION="tea"))
    carried.host.push(Caldav(), carried.journal.removals(KINDS))
    assert carried.server.titles() == {}


def test_a_lost_answer_makes_no_change_of_theirs_and_hides_none(carried: Carried) -> None:
    carried.journal.change("milestone", carried.step, title="Ask for a long break", status="reached")
    for place in (1, 2):  # the goal's, and the step's
        carried.lose_answer(place)
    assert carried.said() == {}
    carried.push()
    assert carried.said() == {}
    assert carried.server.titles()["Ask for a long break"] == "COMPLETED"
    carried.journal.change("milestone", carried.step, title="Ask for a break again")
    carried.lose_answer(1)
    carried.server.reopen("Ask for a break again")
    carried.push()
    assert carried.said()["status"] == "planned"


def test_a_copy_from_before_our_last_version_takes_nothing_back_but_its_completion_counts(radicale: Radicale) -> None:
    carried = Carried(radicale, due=True)
    carried.push()
    path, _, calendar, _ = radicale.find(TITLE)
    carried.journal.change("milestone", carried.step, title="Ask for a long break", due="2026-05-20")
    carried.push()
    todo = calendar.walk("VTODO")[0]
    todo["STATUS"] = "COMPLETED"
    assert radicale.http.put(path, content=calendar.to_ical(), headers={"content-type": "text/calendar"}).is_success
    said = carried.said()
    assert (said["status"], "title" in said, "due" in said) == ("reached", False, False)


def test_where_the_state_is_lost_what_is_there_is_taken_over_and_what_was_done_there_counts(carried: Carried) -> None:
    carried.server.complete(TITLE)
    carried.host.state.clear()
    carried.host.state.keep()
    carried.push()
    assert carried.server.titles()[TITLE] == "COMPLETED"
    assert carried.said()["status"] == "reached"


def test_a_server_that_says_no_version_after_a_write_is_asked_for_it(server: Server) -> None:
    carried = Carried(server)
    carried.outside.without = ("etag",)
    carried.push()
    assert carried.pull() == []
    carried.server.complete(TITLE)
    assert carried.said()["status"] == "reached"
    carried.journal.change("milestone", carried.step, title="Ask for a long break", status="reached")
    carried.push()
    assert carried.server.titles()["Ask for a long break"] == "COMPLETED"


@pytest.mark.parametrize("status", [400, 403, 409, 412, 415, 418, 507])
def test_a_server_that_knows_a_token_no_more_is_compared_with(radicale: Radicale, status: int) -> None:
    carried = Carried(radicale)
    carried.push()
    carried.pull()
    carried.outside.refuses = {"sync": status, "multiget": status}
    radicale.complete(TITLE)
    radicale.delete("Say what I need")
    assert carried.said()["status"] == "reached"
    assert any("deleted there" in line for line in carried.host.logged)


def test_looking_where_nothing_changed_takes_one_request(server: Server) -> None:
    carried = Carried(server)
    carried.push()
    carried.pull()
    before = carried.host.sent
    assert carried.pull() == []
    assert carried.host.sent == before + 1


def test_what_is_deleted_there_and_put_back_is_ours_again(carried: Carried) -> None:
    path, _, calendar, _ = carried.server.find(TITLE)
    carried.server.delete(TITLE)
    carried.pull()
    calendar.walk("VTODO")[0]["STATUS"] = "COMPLETED"
    headers = {"content-type": "text/calendar"}
    assert carried.server.http.put(path, content=calendar.to_ical(), headers=headers).is_success
    assert carried.said()["status"] == "reached"


def test_what_we_took_away_ourselves_comes_back_though_the_answer_was_lost(carried: Carried) -> None:
    carried.journal.change("milestone", carried.step, status="dropped")
    carried.lose_answer(1)
    assert TITLE not in carried.server.titles()
    carried.pull()
    carried.journal.change("milestone", carried.step, status="planned")
    carried.push()
    assert carried.server.titles()[TITLE] == "NEEDS-ACTION"
    assert not any("deleted there" in line for line in carried.host.logged)


def test_a_version_that_was_wanted_before_is_another_when_it_is_wanted_again(carried: Carried) -> None:
    """Else what was done there since would count as done over the one that is about to leave."""
    carried.journal.change("milestone", carried.step, title="Ask for a long break")
    carried.host.fault = Fault("timeout", 1)
    with contextlib.suppress(httpx.TimeoutException):
        carried.host.push(Caldav(), carried.journal.changes(KINDS))
    carried.host.fault = None
    carried.journal.change("milestone", carried.step, title=TITLE)
    carried.push()
    carried.server.complete(TITLE)
    assert carried.said()["status"] == "reached"
    carried.push()  # the person did not agree
    assert carried.server.titles()[TITLE] == "NEEDS-ACTION"
    assert carried.pull() == []


def test_a_version_that_was_taken_over_is_another_than_the_next(carried: Carried) -> None:
    carried.journal.change("milestone", carried.step, title="Ask for a long break")
    carried.push()
    carried.host.state.clear()
    carried.host.state.keep()
    carried.push()
    carried.server.complete("Ask for a long break")
    assert carried.said()["status"] == "reached"
    carried.push()  # the person did not agree
    assert carried.server.titles()["Ask for a long break"] == "NEEDS-ACTION"
    assert carried.pull() == []
