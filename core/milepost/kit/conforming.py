"""Runs those conformance tests that need nothing of the author's, and says of the others that they were not run."""

import unittest
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from milepost.errors import InvalidInput
from milepost.kit.packaging import Finding
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
_WITHOUT_A_SERVICE = (
    "test_a_fault_outside",
    "test_settings_",
    "test_each_setting_",
    "test_no_text_of_the_settings_",
    "test_what_sounds_secret_",
    "test_secrets_",
)
"""Tests that say something even where the service in memory is not like the real one."""


def conforming(plugins: Plugins, typed: Mapping[str, str]) -> Iterator[Finding]:
    """What is found for each thing that a plugin brings; `typed` are settings as a person types them."""
    for kind, (tests, named) in _TESTS.items():
        for name, cls in getattr(plugins, kind).items():
            yield from _of_one(name, cls, tests, named, typed)


def settings_for(cls: type[Any], typed: Mapping[str, str]) -> Struct | None:
    """Settings to try it out with: those that were typed, else made up; None where that does not work.

    Raises:
        InvalidInput: those that were typed can't be used.
    """
    known = set(cls.settings.__struct_encode_fields__)
    own = {name: value for name, value in typed.items() if name in known}
    return read(cls.settings, own, texts=True) if own else made_up(cls.settings)


def _of_one(name: str, cls: type[Any], tests: type, named: str, typed: Mapping[str, str]) -> Iterator[Finding]:
    check = f"{named} {name}"
    try:
        settings = settings_for(cls, typed)
    except InvalidInput as error:
        yield Finding(check=check, result="wrong", words=str(error))
        return
    if settings is None:
        yield Finding(
            check=check,
            result="skipped",
            words="No settings could be made up for it: give them with --set, as in `--set url=https://…`.",
        )
        return
    of: Any = type(f"Of{cls.__name__}", (tests,), {named: cls, "settings": settings})
    served = _works(of)
    reasons: list[str] = []
    passed = 0
    for test in sorted(test for test in dir(of) if test.startswith("test_")):
        if not served and not test.startswith(_WITHOUT_A_SERVICE):
            reasons.append(
                f"The simple service in memory does not do for it: give {tests.__name__} a better one in its tests."
            )
            continue
        words, skipped = _run(getattr(of(), test))
        if words:
            yield Finding(check=f"{check}: {test.removeprefix('test_').replace('_', ' ')}", result="wrong", words=words)
        elif skipped:
            reasons.append(skipped)
        else:
            passed += 1
    yield Finding(check=f"{check}: conformance", result="ok", words=f"tests that hold: {passed}")
    if reasons:
        why = " ".join(dict.fromkeys(reasons))
        words = f"tests that were not run: {len(reasons)}. {why} Its own tests can: see {tests.__name__} in milepost.testing."
        yield Finding(check=f"{check}: conformance", result="skipped", words=words)


def _works(of: Any) -> bool:
    """Whether the simple service in memory does for it."""
    tests = of()
    call: Callable[[], object] | None = getattr(tests, "undisturbed", None) or getattr(
        tests, "test_a_message_is_sent", None
    )
    if call is None:
        return True
    try:
        call()
    except Exception:  # noqa: BLE001 - any says so
        return False
    return True


def _run(test: Callable[[], None]) -> tuple[str, str]:
    """What is wrong, and why the test was not run; both empty where it holds."""
    try:
        test()
    except unittest.SkipTest as reason:
        return "", str(reason)
    except AssertionError as error:
        return str(error) or "It does not hold.", ""
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises is its own
        return f"It raised {type(error).__name__}: {error}", ""
    return "", ""
