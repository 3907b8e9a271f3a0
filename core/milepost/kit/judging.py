"""What one conformance test says of a plugin, where the service is a simple one in memory: whose fault it is, and where."""

import inspect
import re
import unittest
from collections.abc import Callable
from typing import Any, Literal

import httpx
from msgspec import Struct

from milepost.kit.bounded import Hangs, bounded
from milepost.plugin_places import Place, chain, package_of, place_of, said, sentence, with_place
from milepost.testing import Outside
from milepost.testing.findings import NothingSent, WouldBeRefused, secrets_in, skip
from milepost.testing.host import DidNotComeBack, FakeHost

_MISTAKES = (LookupError, TypeError, AttributeError, NameError, ArithmeticError, httpx.TransportError)
"""What no answer of a service is a reason for, if it was read as HTTP has it."""
_NOTHING_COMES_IN = (
    "`plugin check` can't change anything in a service, so what `pull` brings was not looked at here: with "
    "`change_outside` in your own tests, pytest does that."
)
_ASKED_OF_A_SERVICE = "test_a_check_changes_nothing_outside"
"""The test in which a connector may look at whatever its service has: the simple one need not have it."""


class Outcome(Struct, frozen=True, kw_only=True):
    """`holds`, `wrong`, `hangs`; `unlike` where the simple service answered otherwise; `skipped` where it does not apply."""

    result: Literal["holds", "wrong", "hangs", "unlike", "skipped"]
    words: str = ""


class Bench:
    """The conformance tests of one class of a plugin's, to be run one by one; remembers what the service answered."""

    def __init__(self, cls: type[Any], tests: type, named: str, settings: Struct, patience_s: float) -> None:
        self.cls, self.patience_s = cls, patience_s
        self._settings = settings
        self._answered: list[tuple[httpx.Request, int]] = []

        def host(tests: Any) -> FakeHost:
            made = FakeHost(settings, tests.outside())
            made.patience_s = patience_s / 2
            return made

        members: dict[str, Any] = {named: cls, "settings": settings}
        if hasattr(tests, "outside"):
            members |= {"outside": lambda _: _Noting(self._answered), "host": host}
            members["change_outside"] = lambda *_: skip(_NOTHING_COMES_IN)
        self.tests: Any = type(f"Of{cls.__name__}", (tests,), members)

    def names(self) -> list[str]:
        """The tests that there are."""
        return sorted(name for name in dir(self.tests) if name.startswith("test_"))

    def begins(self) -> Outcome:
        """Whether it works where nothing is wrong: what most tests begin with."""
        name = next((name for name in ("undisturbed", "test_a_message_is_sent") if hasattr(self.tests, name)), None)
        return self.run(name, first=True) if name else Outcome(result="holds")

    def run(self, name: str, *, first: bool = False) -> Outcome:
        """Runs a test; `first` is the one that shows whether the simple service does."""
        self._answered.clear()
        test: Callable[[], object] = getattr(self.tests(), name)
        try:
            bounded(test, self.patience_s, package_of(self.cls))
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises is its own
            found = self._judged(error, first=first, may_be_unlike=first or name == _ASKED_OF_A_SERVICE)
            return Outcome(result=found.result, words=self._scrubbed(found.words))
        return Outcome(result="holds")

    def _judged(self, error: Exception, *, first: bool, may_be_unlike: bool) -> Outcome:
        place = place_of(error, package_of(self.cls))
        if isinstance(error, unittest.SkipTest):
            return Outcome(result="skipped", words=str(error))
        if isinstance(error, Hangs | DidNotComeBack):
            words = f"{str(error)[:1].upper()}{sentence(str(error)[1:])}"
            return Outcome(result="hangs", words=with_place(words, error.place if isinstance(error, Hangs) else place))
        if first and isinstance(error, NothingSent):
            return Outcome(result="unlike", words=str(error))
        if may_be_unlike and (answer := self._reason_outside(error)):
            words = f"The simple service in memory does not do for it, as it answers {answer}"
            return Outcome(result="unlike", words=f"{with_place(words, place)}.")
        if not isinstance(error, AssertionError):
            return Outcome(result="wrong", words=with_place(f"It raised {said(error)}", place))
        words = str(error) or "It does not hold."
        return Outcome(result="wrong", words=with_place(words, place or self._defined(words)))

    def _reason_outside(self, error: Exception) -> str:
        """What the service answered that may well be the reason; empty where it is the plugin's own."""
        if isinstance(error, WouldBeRefused) or not self._answered:
            return ""
        request, status = self._answered[-1]
        answered = f"{status} to {request.method} {request.url.path}"
        if any(isinstance(one, httpx.HTTPStatusError) for one in chain(error)):
            return answered
        told_off = status >= 400 and not isinstance(error, _MISTAKES)
        return answered if told_off or _lacks_header(error) else ""

    def _defined(self, words: str) -> Place | None:
        """Where a method is defined that words begin with."""
        named = re.match(r"`(\w+)` ", words)
        function = inspect.unwrap(getattr(self.cls, named[1], None)) if named else None  # type: ignore[arg-type]
        code = getattr(function, "__code__", None)
        if code is None or function is None or function.__module__.partition(".")[0] != package_of(self.cls):
            return None
        return Place.of_code(code, package_of(self.cls))

    def _scrubbed(self, words: str) -> str:
        for secret in secrets_in(self._settings):
            words = words.replace(secret, "(secret)")
        return words


def _lacks_header(error: Exception) -> bool:
    """Whether a header was looked up that an answer does not have: the real service's may."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return isinstance(error, KeyError) and at is not None and at.tb_frame.f_globals.get("__name__") == "httpx._models"


class _Noting(Outside):
    """The service in memory, which notes what it answers."""

    def __init__(self, answered: list[tuple[httpx.Request, int]]) -> None:
        super().__init__()
        self._answered = answered

    async def answer(self, request: httpx.Request) -> httpx.Response:
        answer = await super().answer(request)
        self._answered.append((request, answer.status_code))
        return answer
