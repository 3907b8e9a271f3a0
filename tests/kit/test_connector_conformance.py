"""The conformance tests for connectors: a good one passes them all, and each thing that one does wrong is found."""

import re
import threading
import unittest
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from milepost.plugin_api import Secret
from milepost.testing import ConnectorConformance, Outside, RealOutside
from tests.kit import bad_connectors as bad

HERE = bad.Settings(host="service.example", token=Secret("planted-token-4711"))


class OfGood(ConnectorConformance):
    connector = bad.Good
    settings: ClassVar[bad.Settings] = HERE

    def change_outside(self, outside: Outside) -> None:
        outside.things |= {"/new/1": "The call with my brother", "/new/2": "The flat"}


class TestAGoodOne(OfGood):
    pass


class TestOneThatRemembers(OfGood):
    connector = bad.RemembersWhatItMade


class TestOneThatTakesFewAtATime(OfGood):
    connector = type("Few", (bad.Good,), {"batch": 3})


class TestOneThatSaysEachEvent(OfGood):
    """As webhooks do: what was said outside stays said, once for each key."""

    connector = bad.SaysEach
    keeps_a_log = True


class Shelf(BaseHTTPRequestHandler):
    """A real server: PUT puts something on a shelf, DELETE takes it off."""

    shelf: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        self.answer(200)

    def do_PUT(self) -> None:
        self.shelf[self.path] = self.rfile.read(int(self.headers["content-length"])).decode()
        self.answer(204)

    def do_DELETE(self) -> None:
        self.answer(404 if self.shelf.pop(self.path, None) is None else 204)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


class RealShelf(RealOutside):
    def __init__(self) -> None:
        super().__init__()
        Shelf.shelf.clear()

    def seen(self) -> dict[str, str]:
        return dict(Shelf.shelf)


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    TestOneAgainstARealServer.settings = bad.Settings(host=host, token=Secret("planted-token-4711"))
    yield
    server.shutdown()
    server.server_close()


class TestOneAgainstARealServer(ConnectorConformance):
    connector = bad.Local
    places_at_most = 3

    def outside(self) -> Outside:
        return RealShelf()


def of(connector: type[bad.Good]) -> OfGood:
    """The tests of another connector."""
    return type("Of", (OfGood,), {"connector": connector})()


@pytest.mark.parametrize(
    ("connector", "test", "words"),
    [
        (bad.DoesItTwice, "the_same_window_again_changes_nothing_outside", "did something outside twice"),
        (
            bad.DoesItTwiceIfItForgets,
            "the_same_window_again_by_a_connector_that_forgot_changes_nothing_outside",
            "ids outside must not depend on it",
        ),
        (bad.RejectsFaults, "a_fault_outside_rejects_nothing_and_is_no_success", "Answer Later, or raise"),
        (bad.SaysDoneAllTheSame, "a_fault_outside_rejects_nothing_and_is_no_success", "answers Done all the same"),
        (bad.SaysDoneAllTheSame, "what_went_wrong_on_the_way_is_made_good", "once more what was not Done"),
        (bad.NotesBeforeItIsDone, "what_went_wrong_on_the_way_is_made_good", "looks different outside"),
        (bad.NotesBeforeItIsDone, "a_call_cut_short_leaves_nothing_half_said", "left something else outside"),
        (bad.GoesOnWhenCutShort, "a_call_cut_short_leaves_nothing_half_said", "never catch CancelledError"),
        (bad.LeavesThings, "what_was_taken_back_is_gone_outside", "after each thing was Removed"),
        (bad.LeavesThings, "what_was_withdrawn_is_gone_outside", "after each thing was Withdrawn"),
        (bad.SaysWithheld, "what_is_withheld_appears_nowhere", "leave such fields out"),
        (bad.KeepsOldWords, "words_go_when_they_are_granted_no_more", "write a thing anew as a whole"),
        (bad.Strays, "only_declared_hosts_are_reached", "elsewhere.example"),
        (bad.DeclaresAnAddress, "only_declared_hosts_are_reached", "give the name alone"),
        (bad.LogsItsToken, "secrets_are_told_to_nobody", "a line that it logged"),
        (bad.LogsItsTokenElsewhere, "secrets_are_told_to_nobody", "the log of `plugin`"),
        (bad.RaisesItsToken, "secrets_are_told_to_nobody", "an error (InvalidInput)"),
        (bad.ChecksByWriting, "a_check_changes_nothing_outside", "it may only look"),
        (bad.FindsAllWell, "a_check_changes_nothing_outside", "let it raise"),
        (bad.PreviewsItsToken, "a_preview_says_what_is_sent_and_sends_nothing", "shows a secret"),
        (bad.WakesAtOnce, "waking_is_later_than_now", "a moment after now"),
        (bad.AnswersTooLittle, "the_same_window_again_changes_nothing_outside", "give one to each"),
        (bad.AnswersAnything, "the_same_window_again_changes_nothing_outside", "neither Done, Rejected nor Later"),
        (
            bad.ForgetsWhatCameIn,
            "what_changed_outside_comes_in_however_often_it_is_cut_short",
            "something else than without",
        ),
        (bad.TakesHalf, "what_changed_outside_comes_in_however_often_it_is_cut_short", "let it raise"),
        (bad.BringsNonsense, "what_changed_outside_comes_in_however_often_it_is_cut_short", "A journal can't take"),
    ],
)
def test_what_a_connector_does_wrong_is_found_in_words(connector: type[bad.Good], test: str, words: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(words)) as raised:
        getattr(of(connector), f"test_{test}")()
    assert "planted" not in str(raised.value)


@pytest.mark.parametrize(
    ("connector", "test", "error"),
    [
        (bad.FailsOnWhatIsGone, "taking_back_what_is_not_there_is_done", "404"),
        (bad.KnowsAllEvents, "events_of_newer_versions_do_no_harm", "from_a_newer_version"),
    ],
)
def test_what_a_connector_raises_where_nothing_is_wrong_is_found(
    connector: type[bad.Good], test: str, error: str
) -> None:
    with pytest.raises(Exception, match=error):
        getattr(of(connector), f"test_{test}")()


def test_what_does_not_apply_is_skipped() -> None:
    class Log(OfGood):
        keeps_a_log = True

    with pytest.raises(unittest.SkipTest, match="stays said"):
        Log().test_words_go_when_they_are_granted_no_more()
    with pytest.raises(unittest.SkipTest, match="change_outside"):
        ConnectorConformance().change_outside(Outside())
