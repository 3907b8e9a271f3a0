"""Finding a person's calendars, the collections that are used, and what is said where that does not work."""

import sys
from typing import Any

import httpx
import pytest

from milepost.errors import InvalidInput
from milepost.plugin_api import Secret
from milepost.plugin_settings import read
from milepost.testing import FakeHost, FakeJournal, RealOutside
from milepost_caldav import Caldav, CaldavSettings
from tests.plugins.caldav.servers import NAME, PASSWORD, Radicale, Server
from tests.plugins.caldav.stage import CaldavStage


class Elsewhere(RealOutside):
    """A server whose calendars are not where its address is."""

    def __init__(self, where: str, location: str = "") -> None:
        super().__init__()
        self.where, self.location = where, location

    async def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/":
            return httpx.Response(404)
        if path == "/.well-known/caldav":
            return httpx.Response(301, headers={"location": self.location or self.where})
        return await super().answer(request)


@pytest.fixture
def journal() -> FakeJournal:
    journal = FakeJournal()
    journal.goal("Say what I need")
    return journal


def host(server: Server, outside: RealOutside | None = None, **more: Any) -> FakeHost:
    settings = {"url": server.url, "username": NAME, "password": Secret(PASSWORD), **more}
    return FakeHost(CaldavSettings(**settings), outside or RealOutside())


def test_the_well_known_address_is_asked_where_there_is_nothing_at_the_one_given(
    radicale: Radicale, journal: FakeJournal
) -> None:
    found = host(radicale, Elsewhere(f"/{NAME}/"))
    found.push(Caldav(), journal.changes(Caldav.kinds))
    assert sorted(radicale.titles()) == ["Say what I need"]


def test_calendars_of_another_host_are_named_and_it_is_not_asked(radicale: Radicale, journal: FakeJournal) -> None:
    outside = Elsewhere("", "https://dav.example.org/robin/")
    found = host(radicale, outside)
    with pytest.raises(Exception, match=r"^Your calendars are at https://dav\.example\.org: set that as `url`\.$"):
        found.push(Caldav(), journal.changes(Caldav.kinds))
    assert {request.url.host for request in outside.requests} == {"127.0.0.1"}
    assert found.strayed == []


def test_an_address_that_leads_in_circles_ends(radicale: Radicale) -> None:
    with pytest.raises(Exception, match=r"never answers|No calendars"):
        host(radicale, Elsewhere("/.well-known/caldav")).check(Caldav())


@pytest.mark.parametrize("path", ["", "/", f"/{NAME}", f"/{NAME}/"])
def test_any_address_of_a_server_will_do(radicale: Radicale, path: str) -> None:
    found = host(radicale, url=f"{radicale.url}{path}").check(Caldav())
    assert found.startswith(
        "The server answers; 0 collections are there, 0 for tasks; the collection for tasks is to be"
    )


def test_a_check_says_what_is_there_and_makes_nothing(server: Server) -> None:
    there = server.collections()
    assert "the collection for appointments is to be made." in host(server).check(Caldav())
    assert server.collections() == there


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"password": "wrong"}, "does not take the user name and the password (401)"),
        ({"tasks": "Nothing"}, "There is no collection there as `tasks` names it; there are 1. Name another."),
        ({"tasks": "Events alone"}, "takes no VTODO there: name another"),
        ({"url": "{url}/nobody/nothing/"}, "403"),
    ],
)
def test_what_does_not_work_is_said_in_words(
    stage: CaldavStage, radicale: Radicale, settings: dict[str, str], words: str
) -> None:
    radicale.make("Events alone", component="VEVENT")
    stage.make("goals", title="Walk")
    stage.to(radicale, settings={name: value.format(url=radicale.url) for name, value in settings.items()})
    told = stage.told()
    assert words in told or (words == "403" and told == "")
    assert PASSWORD not in str(stage.shown("caldav"))
    assert stage.steer("check", "caldav")["ok"] is (told == "")


def test_a_collection_that_is_gone_is_named_and_made_again_when_the_person_says_so(
    stage: CaldavStage, radicale: Radicale
) -> None:
    goal = stage.make("goals", title="Walk")
    stage.to(radicale)
    stage.go()
    radicale.empty()
    stage.make("milestones", goal=goal, title="Round the pond")
    assert "is not there any more. `milepost connection withdraw` and `resume` begin anew." in stage.told()
    stage.steer("withdraw", "caldav")
    stage.steer("resume", "caldav")
    stage.go()
    assert sorted(radicale.titles()) == ["Round the pond", "Walk"]


GOOD = {"url": "https://calendar.example.org", "username": "robin", "password": "secret"}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"url": "calendar.example.org"}, "must be an address as in https://calendar.example.org"),
        ({"url": "ftp://calendar.example.org"}, "must be an address"),
        ({"url": "https://:x"}, "must be an address"),
        ({"url": "https://[::1"}, "must be an address"),
        ({"url": "https://robin:secret@calendar.example.org"}, "must have no name or password in it"),
        ({"url": "http://calendar.example.org"}, "must begin with https:// there"),
        ({"username": "ro:bin"}, "has no colon"),
        ({"password": "a\nb"}, "a line break"),
    ],
)
def test_settings_that_can_not_work_are_refused_as_they_are_set(settings: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        read(CaldavSettings, {**GOOD, **settings})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:5232", "http://nas.local/dav", "http://nas:5232", "https://a.example"]
)
def test_a_server_of_ones_own_network_may_be_asked_in_the_clear(url: str) -> None:
    assert read(CaldavSettings, {**GOOD, "url": url}).base == url


def test_whoever_has_not_the_extra_is_told_how_to_get_it(radicale: Radicale, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "defusedxml", None)
    monkeypatch.setitem(sys.modules, "defusedxml.ElementTree", None)
    with pytest.raises(Exception, match=r"pip install 'milepost\[caldav\]'"):
        host(radicale).check(Caldav())
