"""What holds for every connector, held against the real list; and what this one carries there and back."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from milepost_todo_example import Settings, TodoConnector
from todo_server import Todos as TodoList
from todo_server import TodoServer

from milepost.plugin_api import Done, Revision, Secret
from milepost.testing import ConnectorConformance, FakeHost, FakeJournal, Fault, Outside, RealOutside

SERVER = TodoServer("planted-token-4711")
SETTINGS = Settings(url=SERVER.url, token=Secret("planted-token-4711"))
KINDS = TodoConnector.kinds


class Todos(RealOutside):
    """The list, emptied."""

    def __init__(self) -> None:
        super().__init__()
        SERVER.list = TodoList()

    def seen(self) -> Any:
        return {name: without_etag(todo) for name, todo in SERVER.list.todos.items()}

    def todo(self) -> dict[str, Any]:
        (found,) = SERVER.list.todos.values()
        return found

    def delete(self) -> None:
        """Somebody deletes it."""
        (name,) = SERVER.list.todos
        SERVER.list.delete(name)

    def change(self, **values: Any) -> None:
        """Somebody changes the one to-do there is."""
        (name,) = SERVER.list.todos
        sent = {**without_etag(self.todo()), **values}
        assert SERVER.list.put(name, sent, self.todo()["etag"], None)[0] == 200


def without_etag(todo: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in todo.items() if name != "etag"}


@pytest.fixture(scope="module", autouse=True)
def serving() -> Iterator[None]:
    thread = threading.Thread(target=SERVER.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield
    SERVER.shutdown()
    SERVER.server_close()
    thread.join()


class TestConnector(ConnectorConformance):
    """Inherited: sent twice, faults, calls cut short, what is taken back, withheld or secret, what comes in."""

    connector = TodoConnector
    settings = SETTINGS
    places_at_most = 3

    def outside(self) -> Outside:
        return Todos()

    def change_outside(self, outside: Outside) -> None:  # noqa: ARG002 - there is one list alone
        name, todo = next((name, todo) for name, todo in SERVER.list.todos.items() if not todo["done"])
        SERVER.list.put(name, {**without_etag(todo), "done": True}, None, None)


class Carried:
    """A journal with one milestone, which is on the list."""

    def __init__(self) -> None:
        self.outside = Todos()
        self.host = FakeHost(SETTINGS, self.outside)
        self.journal = FakeJournal()
        self.milestone = self.journal.milestone(self.journal.goal("Say what I need"), "Ask for a break")
        self.push()

    def push(self) -> None:
        (answer,) = self.host.push(TodoConnector(), self.journal.changes(KINDS))
        assert isinstance(answer, Done)

    def pull(self) -> list[Any]:
        return self.host.pull(TodoConnector())

    def base(self) -> Any:
        (change,) = self.journal.changes(KINDS)
        return change.base  # type: ignore[union-attr]


def test_a_milestone_is_a_to_do_and_a_dropped_one_is_none() -> None:
    carried = Carried()
    assert list(carried.outside.seen().values()) == [{"title": "Ask for a break", "due": None, "done": False}]
    carried.journal.change("milestone", carried.milestone, status="dropped")
    carried.push()
    assert carried.outside.seen() == {}


def test_what_is_done_there_comes_in_once_with_what_it_was_based_on() -> None:
    carried = Carried()
    carried.outside.change(done=True)
    assert carried.pull() == [
        Revision(kind="milestone", id=carried.milestone, fields={"status": "reached"}, base=carried.base())
    ]
    assert carried.pull() == []


def test_what_came_in_is_not_sent_there_again() -> None:
    carried = Carried()
    carried.outside.change(done=True)
    carried.pull()
    carried.journal.change("milestone", carried.milestone, status="reached")
    sent = carried.host.sent
    carried.push()
    assert carried.host.sent == sent


def test_what_we_put_there_is_no_change_of_theirs_even_where_the_answer_was_lost() -> None:
    carried = Carried()
    carried.journal.change("milestone", carried.milestone, status="reached")
    carried.host.fault = Fault("timeout", after=True)
    with pytest.raises(httpx.ReadTimeout):
        carried.push()
    carried.host.fault = None
    assert carried.outside.todo()["done"]
    assert carried.pull() == []
    carried.push()


def test_done_there_while_the_title_changes_here_keeps_both() -> None:
    carried = Carried()
    carried.outside.change(done=True)
    carried.journal.change("milestone", carried.milestone, title="Ask for a long break")
    carried.push()
    assert without_etag(carried.outside.todo()) == {"title": "Ask for a long break", "due": None, "done": True}
    assert [entry.fields for entry in carried.pull()] == [{"status": "reached"}]


def test_nothing_is_written_over_a_version_that_was_not_seen() -> None:
    carried = Carried()
    carried.outside.change(title="Theirs")
    carried.journal.change("milestone", carried.milestone, due="2026-05-20")
    carried.push()
    puts = [request for request in carried.outside.requests if request.method == "PUT"]
    assert all({"if-match", "if-none-match"} & set(request.headers) for request in puts)
    assert carried.outside.todo()["title"] == "Ask for a break"  # what it is called is the journal's to say


def test_a_to_do_deleted_there_unlinks_and_drops_no_milestone() -> None:
    carried = Carried()
    carried.outside.delete()
    assert carried.pull() == []
    assert "Its milestone stays" in carried.host.logged[0]
    carried.journal.change("milestone", carried.milestone, title="Ask for a long break")
    carried.push()
    assert carried.outside.seen() == {}


def test_a_to_do_deleted_there_and_changed_here_at_once_is_not_put_there_again() -> None:
    carried = Carried()
    carried.outside.delete()
    carried.journal.change("milestone", carried.milestone, title="Ask for a long break")
    carried.push()
    assert carried.outside.seen() == {}
