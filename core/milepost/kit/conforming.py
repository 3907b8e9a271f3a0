"""Runs those conformance tests that need nothing of the author's, and says of the others that they were not run."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from milepost.errors import InvalidInput
from milepost.kit.bounded import PATIENCE_S
from milepost.kit.judging import Bench
from milepost.kit.packaging import Finding
from milepost.plugin_places import sentence
from milepost.plugin_settings import read
from milepost.plugins import Plugins
from milepost.testing import (
    ConnectorConformance,
    ExporterConformance,
    ImporterConformance,
    InboxConformance,
    NotifierConformance,
)
from milepost.testing.settings import made_up

_TESTS: dict[str, tuple[type, str]] = {
    "exporters": (ExporterConformance, "exporter"),
    "connectors": (ConnectorConformance, "connector"),
    "inboxes": (InboxConformance, "inbox"),
    "importers": (ImporterConformance, "importer"),
    "notifiers": (NotifierConformance, "notifier"),
}
_BEGINS = {"connector": "push", "notifier": "notify"}
"""The method that most tests begin with."""
_WITHOUT_A_SERVICE = (
    "test_a_fault_outside",
    "test_settings_",
    "test_each_setting_",
    "test_no_text_of_the_settings_",
    "test_what_sounds_secret_",
    "test_secrets_",
)
"""Tests that say something even where the service in memory is not like the real one."""


class Tried(NamedTuple):
    """How a plugin is tried: settings as a person typed them, how long one test may take, and who is told which it is."""

    typed: Mapping[str, str]
    patience_s: float = PATIENCE_S
    at: Callable[[str], None] = lambda _: None


def conforming(plugins: Plugins, tried: Tried) -> Iterator[Finding]:
    """What is found for each thing that a plugin brings."""
    for kind, (tests, named) in _TESTS.items():
        for name, cls in getattr(plugins, kind).items():
            yield from _of_one(cls, tests, named, f"{named} {name}", tried)


def settings_for(cls: type[Any], typed: Mapping[str, str]) -> Struct | None:
    """Settings to try it out with: those that were typed, else made up; None where that does not work.

    Raises:
        InvalidInput: those that were typed can't be used.
    """
    known = set(cls.settings.__struct_encode_fields__)
    own = {name: value for name, value in typed.items() if name in known}
    return read(cls.settings, own, texts=True) if own else made_up(cls.settings)


def _of_one(cls: type[Any], tests: type, named: str, check: str, tried: Tried) -> Iterator[Finding]:
    try:
        settings = settings_for(cls, tried.typed)
    except InvalidInput as error:
        yield Finding(check=check, result="wrong", words=str(error))
        return
    why = "No settings could be made up for it" if settings is None else _refusal(cls, settings, tried.typed)
    if settings is None or why:
        words = f"{why}: give them with --set, as in `--set url=https://…`."
        yield Finding(check=check, result="skipped", words=words)
        return
    bench = Bench(cls, tests, named, settings, tried.patience_s)
    tried.at(f"{check}: {_BEGINS.get(named, '')}")
    begins = bench.begins()
    wrong: dict[str, list[str]] = {}
    reasons: list[str] = []
    passed = 0
    hangs = begins.result == "hangs"
    if begins.result in {"hangs", "wrong"}:
        wrong[begins.words] = [_BEGINS[named]]
    for test in bench.names():
        if hangs:
            reasons.append("Something waits for ever: see what is WRONG.")
            continue
        if begins.result == "unlike" and not test.startswith(_WITHOUT_A_SERVICE):
            reasons.append(_better(begins.words, tests))
            continue
        tried.at(f"{check}: {_name(test)}")
        outcome = bench.run(test)
        if outcome.result in {"wrong", "hangs"}:
            wrong.setdefault(outcome.words, []).append(_name(test))
            hangs = outcome.result == "hangs"
        elif outcome.result == "holds":
            passed += 1
        else:
            reasons.append(_better(outcome.words, tests) if outcome.result == "unlike" else outcome.words)
    for words, names in wrong.items():
        more = f" The same in {len(names) - 1} more of its tests." if len(names) > 1 else ""
        yield Finding(check=f"{check}: {names[0]}", result="wrong", words=f"{sentence(words)}{more}")
    yield Finding(check=f"{check}: conformance", result="ok", words=f"tests that hold: {passed}")
    if reasons:
        said = " ".join(dict.fromkeys(reasons))
        words = f"tests that were not run: {len(reasons)}. {said} Its own tests can: see {tests.__name__} in milepost.testing."
        yield Finding(check=f"{check}: conformance", result="skipped", words=words)


def _refusal(cls: type[Any], settings: Struct, typed: Mapping[str, str]) -> str:
    """Why a plugin has no use for settings that were made up; empty where it has."""
    if typed or not hasattr(cls, "hosts"):
        return ""
    try:
        cls().hosts(settings)
    except InvalidInput as error:
        return f"It can't use settings that are made up ({error})"
    except Exception:  # noqa: BLE001 - its tests say so
        return ""
    return ""


def _name(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")


def _better(words: str, tests: type) -> str:
    return f"{words} Give {tests.__name__} a better one in its tests." if words.startswith("The simple") else words
