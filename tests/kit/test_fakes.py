"""The fake journal shows what the host would show; the fake host holds to the bounds that the host has."""

import asyncio
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from milepost.errors import InvalidEvent, PluginFailed
from milepost.plugin_api import (
    VIEWS,
    WITHHELD,
    Changed,
    Connector,
    Context,
    Done,
    Goal,
    Later,
    Milestone,
    NoSettings,
    Removed,
    Withdrawn,
)
from milepost.testing import FakeHost, FakeJournal, FakeState, Fault, RealOutside, sample_journal


def test_a_few_calls_make_a_journal() -> None:
    journal = FakeJournal("Robin")
    goal = journal.goal("Speak up", why="I go quiet")
    first = journal.milestone(goal, "Ask once")
    second = journal.milestone(goal, "Ask twice")
    journal.change("milestone", first, status="reached")
    journal.checkin(goal, 6)
    view = journal.view()
    assert (view.goals[0].title, view.goals[0].steps, view.goals[0].reached) == ("Speak up", 2, 1)
    assert [step.id for step in view.steps_of(view.goals[0])] == [first, second]
    assert view.checkins_about(goal)[0].value == 6
    journal.take_back("milestone", second)
    assert [step.id for step in journal.view().milestones] == [first]


def test_what_is_not_granted_is_withheld_as_the_host_does_it() -> None:
    journal = FakeJournal()
    goal = journal.goal("Speak up", why="I go quiet")
    journal.milestone(goal, "Ask once")
    shown = journal.entity("goal", goal, "titles")
    assert isinstance(shown, Goal)
    assert (shown.title, shown.why) == ("Speak up", WITHHELD)
    (step,) = journal.view("titles", plain=False).milestones
    assert step.title == "Step 1 of 1"
    assert journal.view_without_scopes().goals[0].title is WITHHELD


def test_a_journal_that_is_made_again_is_the_same() -> None:
    assert sample_journal().view() == sample_journal().view()
    assert sample_journal().changes() == sample_journal().changes()


def test_the_sample_has_something_of_every_kind() -> None:
    assert {kind for kind, _ in sample_journal().entities()} == set(VIEWS)


def test_changes_come_with_parents_first_and_go_with_them_last() -> None:
    journal = sample_journal()
    changes = journal.changes({"goal", "milestone"})
    assert [change.kind for change in changes] == ["goal"] * 2 + ["milestone"] * 3
    assert all(isinstance(change, Changed) for change in changes)
    removed = journal.removals({"goal", "milestone"})
    assert [change.kind for change in removed] == ["milestone"] * 3 + ["goal"] * 2
    assert all(isinstance(change, Removed) for change in removed)
    assert all(isinstance(change, Withdrawn) for change in journal.withdrawals())


def test_what_a_person_would_be_refused_is_refused() -> None:
    with pytest.raises(InvalidEvent, match="colour"):
        FakeJournal().goal("Speak up", colour="green")


def test_state_has_the_bounds_of_the_host() -> None:
    state = FakeState()
    with pytest.raises(PluginFailed, match="JSON value"):
        state["a"] = object()
    with pytest.raises(PluginFailed, match="4 MiB"):
        state["a"] = "x" * (4 * 1024 * 1024)
    for place in range(20_000):
        state[str(place)] = 1
    state["7"] = 2
    with pytest.raises(PluginFailed, match="20,000 keys"):
        state["one more"] = 1
    del state["7"]
    state["one more"] = 1


def test_state_forgets_what_a_call_changed_that_did_not_come_back() -> None:
    state = FakeState()
    state["kept"] = [1]
    asyncio.run(state.save())
    state["lost"] = 1
    state["kept"].append(2)
    state.forget()
    assert dict(state) == {"kept": [1]}


class Puts(Connector[NoSettings]):
    name, title = "puts", "Puts"
    host = "127.0.0.1"
    at = "https://service.example"

    def hosts(self, settings: NoSettings) -> list[str]:
        return [self.host]

    async def push(self, changes: Any, context: Context[NoSettings]) -> list[Any]:
        for change in changes:
            context.log(f"sends {change.kind}")
            context.state[change.id] = True
            (await context.http.put(f"{self.at}/{change.id}", content=b"{}")).raise_for_status()
        return [Done() for _ in changes]


def test_a_host_that_was_not_declared_is_not_reached() -> None:
    host = FakeHost()
    with pytest.raises(httpx.ConnectError, match="not among the hosts"):
        host.push(Puts(), sample_journal().changes({"goal"}))
    assert host.strayed == ["service.example"]
    assert host.outside.requests == []
    assert dict(host.state) == {}
    assert host.logged == ["sends goal"]


def test_faults_are_those_of_a_network() -> None:
    changes = sample_journal().changes({"goal"})
    connector = type("At", (Puts,), {"host": "service.example"})()
    for kind, error in (
        ("timeout", httpx.TimeoutException),
        ("refused", httpx.ConnectError),
        ("503", httpx.HTTPStatusError),
    ):
        host = FakeHost()
        host.fault = Fault(kind, 2)
        with pytest.raises(error):
            host.push(connector, changes)
        assert (len(host.outside.things), host.sent) == (1, 2)
        host.fault = None
        assert host.push(connector, changes) == [Done(), Done()]


def test_a_call_that_takes_too_long_is_ended() -> None:
    host = FakeHost()
    host.fault = Fault("hang")
    with pytest.raises(TimeoutError):
        host.push(type("At", (Puts,), {"host": "service.example", "timeout_s": 0.05})(), sample_journal().changes())


def test_after_a_later_answers_may_be_missing_and_else_not() -> None:
    class Answers(Puts):
        given: Any = ()

        async def push(self, changes: Any, context: Context[NoSettings]) -> list[Any]:
            del changes, context
            return list(self.given)

    changes = sample_journal().changes({"goal"})
    for good in ([Done(), Done()], [Later()], [Done(), Later("busy", 5)]):
        assert FakeHost().push(type("At", (Answers,), {"given": good})(), changes) == good
    for wrong in ([Done()], [Done()] * 3, [None, None]):
        with pytest.raises(AssertionError):
            FakeHost().push(type("At", (Answers,), {"given": wrong})(), changes)


class Server(BaseHTTPRequestHandler):
    put: list[str] = []  # noqa: RUF012 - one for the test

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.put.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None: ...


def test_a_real_local_server_can_be_outside() -> None:
    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        connector = type("At", (Puts,), {"at": f"http://127.0.0.1:{server.server_port}"})()
        host = FakeHost(outside=RealOutside())
        changes = sample_journal().changes({"goal"})
        assert host.push(connector, changes) == [Done(), Done()]
        assert Server.put == [f"/{change.id}" for change in changes]
    finally:
        server.shutdown()
        server.server_close()


def test_fixtures_are_found_by_pytest(milepost_journal: FakeJournal, milepost_host: FakeHost) -> None:
    assert isinstance(milepost_journal.view().milestones[0], Milestone)
    assert milepost_host.logged == []


def test_who_does_not_use_the_fixtures_does_not_wait_for_them() -> None:
    code = (
        "import sys, milepost.pytest_fixtures; print([m for m in sys.modules if m.startswith(('milepost.', 'httpx'))])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "['milepost.pytest_fixtures']"


def test_a_practice_is_for_each_day_unless_it_is_said() -> None:
    journal = FakeJournal()
    journal.practice("Sit still")
    journal.practice("Walk", recurrence="FREQ=WEEKLY")
    assert [one.recurrence for one in journal.view().practices] == ["FREQ=DAILY", "FREQ=WEEKLY"]
