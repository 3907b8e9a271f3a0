"""What a conformance test finds, in words its author can act on; and listening to where secrets could get out."""

import contextlib
import io
import logging
import traceback
import unittest
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import msgspec
from msgspec import Struct

from milepost.plugin_api import Secret

_NOT_THE_PLUGINS = ("httpx", "httpcore", "asyncio")


class WouldBeRefused(AssertionError):
    """A plugin gave what the host takes from none."""


class NothingSent(AssertionError):
    """Nothing was sent, so that nothing can be said."""


def take_only(holds: bool, words: str) -> None:
    """Fails with these words where the host would refuse what a plugin gave.

    Raises:
        WouldBeRefused: it would.
    """
    if not holds:
        raise WouldBeRefused(words)


def require(holds: bool, words: str) -> None:
    """Fails with these words unless something holds.

    Raises:
        AssertionError: it does not.
    """
    if not holds:
        raise AssertionError(words)


def raises(call: Callable[[], object]) -> bool:
    """Whether a call raises; what it found wrong in the plugin is raised on."""
    try:
        call()
    except AssertionError:
        raise
    except Exception:  # noqa: BLE001 - any will do
        return True
    return False


def skip(words: str) -> NoReturn:
    """Ends a test that says nothing about this plugin.

    Raises:
        SkipTest: always.
    """
    raise unittest.SkipTest(words)


def secrets_in(value: Any) -> list[str]:
    """The secrets in settings."""
    if isinstance(value, Secret):
        return [value.reveal()] if value else []
    if isinstance(value, Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, dict):
        return [found for one in value.values() for found in secrets_in(one)]
    if isinstance(value, list | tuple | set | frozenset):
        return [found for one in value for found in secrets_in(one)]
    return []


class Heard(logging.Handler):
    """Everything that was logged, printed or raised while somebody listened."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Takes note of a line of a log."""
        if not record.name.startswith(_NOT_THE_PLUGINS):
            self.texts.append((f"the log of `{record.name}`", f"{record.getMessage()} {record.__dict__}"))

    def raised(self, error: BaseException) -> None:
        """Takes note of an error, and of those that led to it."""
        self.texts.append((f"an error ({type(error).__name__})", "".join(traceback.format_exception(error))))

    def require_silence_about(self, secrets: list[str]) -> None:
        """Nothing that was heard has a secret in it.

        Raises:
            AssertionError: says where one was.
        """
        for where, text in self.texts:
            for secret in secrets:
                require(secret not in text, f"A secret of the settings got into {where}: keep `reveal()` out of texts.")


@contextlib.contextmanager
def listening() -> Iterator[Heard]:
    """Listens to every log and all that is printed."""
    heard, root = Heard(), logging.getLogger()
    level = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            yield heard
    finally:
        root.removeHandler(heard)
        root.setLevel(level)
        heard.texts.append(("what it printed", printed.getvalue()))
