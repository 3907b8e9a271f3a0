"""The conformance tests for exporters, inboxes, importers and notifiers find what one does wrong."""

import re
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import repeat
from types import ModuleType
from typing import Annotated, Any, BinaryIO, cast

import httpx
import msgspec
import pytest
from msgspec import Meta, Struct

from milepost.plugin_api import (
    Context,
    Entry,
    ExportContext,
    Exporter,
    Importer,
    Inbox,
    InboxContext,
    InvalidInput,
    JournalView,
    Message,
    NewEntry,
    Notifier,
    Reply,
    Request,
    Retraction,
    Secret,
    hookimpl,
)
from milepost.testing import (
    DataConformance,
    ExporterConformance,
    ImporterConformance,
    InboxConformance,
    NotifierConformance,
    SettingsConformance,
)
from milepost_ics import IcsExporter
from milepost_json import JsonExporter


class TestTheCalendar(ExporterConformance):
    exporter = IcsExporter


class TestJson(ExporterConformance):
    exporter = JsonExporter


class Wrong(Exporter[Any]):
    format, media_type, file_name = "wrong", "text/plain", "wrong.txt"

    def render(self, view: JournalView, context: ExportContext[Any]) -> bytes:
        del view, context
        return b""


class Tells(Wrong):
    def render(self, view: JournalView, context: ExportContext[Any]) -> bytes:
        return f"{time.time()}".encode()


class Draws(Wrong):
    def render(self, view: JournalView, context: ExportContext[Any]) -> bytes:
        return f"{view.goals[0].title}".encode()


class Prints(Wrong):
    def render(self, view: JournalView, context: ExportContext[Any]) -> bytes:
        return msgspec.json.encode(view)


class Remembers(Wrong):
    words: list[str] = []  # noqa: RUF012 - that is what is wrong

    def render(self, view: JournalView, context: ExportContext[Any]) -> bytes:
        return b"Say what I need"


class GivesText(Wrong):
    def render(self, view: JournalView, context: ExportContext[Any]) -> Any:
        return "text"


@pytest.mark.parametrize(
    ("exporter", "test", "words"),
    [
        (Tells, "the_same_view_gives_the_same_bytes", "leave the current time and chance out"),
        (Prints, "what_is_withheld_is_never_printed", "printed as `withheld`"),
        (Remembers, "a_discreet_export_has_not_one_word_of_the_persons", "though `plain` is false"),
        (GivesText, "an_empty_journal_can_be_written", "gave str and should give bytes"),
    ],
)
def test_what_an_exporter_does_wrong_is_found_in_words(exporter: type[Any], test: str, words: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(words)):
        getattr(type("Of", (ExporterConformance,), {"exporter": exporter})(), f"test_{test}")()


def test_an_exporter_that_needs_something_in_the_journal_is_found() -> None:
    with pytest.raises(IndexError):
        type("Of", (ExporterConformance,), {"exporter": Draws})().test_an_empty_journal_can_be_written()


class Settings(Struct, frozen=True, kw_only=True):
    url: Annotated[str, Meta(description="Where it is.")] = "https://service.example/messages"
    token: Annotated[Secret, Meta(description="What lets one in.")] = Secret("planted-4711")


class Takes(Inbox[Settings]):
    name, title, settings = "takes", "Takes", Settings

    def receive(self, request: Request, context: InboxContext[Settings]) -> Reply:
        return Reply(entries=(NewEntry(kind="topic", external_id="1", fields={"text": "Hello"}),))


class TakesByTheClock(Takes):
    def receive(self, request: Request, context: InboxContext[Settings]) -> Reply:
        return Reply(entries=(NewEntry(kind="topic", external_id=f"{request.received_ms}", fields={"text": "Hello"}),))


class Trusts(Takes):
    def receive(self, request: Request, context: InboxContext[Settings]) -> Reply:
        text = msgspec.json.decode(request.body)["text"]
        return Reply(entries=(NewEntry(kind="topic", external_id="1", fields={"text": text}),))


class RepliesItsToken(Takes):
    def receive(self, request: Request, context: InboxContext[Settings]) -> Reply:
        return Reply(status=401, body=f"not {context.settings.token.reveal()}".encode())


class MakesUp(Takes):
    def receive(self, request: Request, context: InboxContext[Settings]) -> Reply:
        return Reply(entries=(NewEntry(kind="checkin", external_id="1", fields={"mood": 4}),))


class OfInbox(InboxConformance):
    settings = Settings()
    signed = True

    def good(self) -> Request:
        return Request(body=b'{"text": "Hello"}', headers={"x-signature": "00"})


@pytest.mark.parametrize(
    ("inbox", "test", "words"),
    [
        (Takes, "garbage_is_answered_and_takes_nothing_in", "made entries"),
        (Takes, "a_wrong_signature_takes_nothing_in", "forged"),
        (Trusts, "garbage_is_answered_and_takes_nothing_in", "Answer 400"),
        (TakesByTheClock, "the_same_request_again_gives_the_same", "never from the time"),
        (RepliesItsToken, "secrets_are_told_to_nobody", "a reply"),
        (RepliesItsToken, "a_good_request_is_taken_in", "answered 401"),
        (MakesUp, "a_good_request_is_taken_in", "A journal can't take"),
    ],
)
def test_what_an_inbox_does_wrong_is_found_in_words(inbox: type[Any], test: str, words: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(words)):
        getattr(type("Of", (OfInbox,), {"inbox": inbox})(), f"test_{test}")()


class Lines(Importer[Any]):
    format, title = "lines", "Lines"

    def read(self, file: BinaryIO, settings: Any) -> Iterator[Entry]:
        for place, line in enumerate(file):
            try:
                text = line.decode().strip()
            except UnicodeDecodeError as error:
                raise InvalidInput(f"Line {place + 1} is no text.") from error
            if text:
                yield NewEntry(kind="topic", external_id=f"{place}", fields={"text": text})


class Holds(Lines):
    def read(self, file: BinaryIO, settings: Any) -> Iterator[Entry]:
        yield from list(super().read(file, settings))


class Trips(Lines):
    def read(self, file: BinaryIO, settings: Any) -> Iterator[Entry]:
        for line in file:
            yield NewEntry(kind="topic", external_id="same", fields={"text": line.decode().strip()})


class ByTheClock(Lines):
    def read(self, file: BinaryIO, settings: Any) -> Iterator[Entry]:
        for _ in file:
            yield NewEntry(kind="topic", external_id=f"{time.time_ns()}", fields={"text": "Hello"})


class PutsBack(Lines):
    def restore(self, file: BinaryIO, settings: Any) -> Iterator[NewEntry]:
        for place, line in enumerate(file):
            yield NewEntry(kind="goal", external_id=f"{place}", fields={"title": line.decode().strip()})


class PutsNothingBack(Lines):
    def restore(self, file: BinaryIO, settings: Any) -> Iterator[NewEntry]:
        return iter(())


class PutsBackAtRandom(Lines):
    times = 0

    def restore(self, file: BinaryIO, settings: Any) -> Iterator[NewEntry]:
        type(self).times += 1
        for place in range(self.times):
            yield NewEntry(kind="goal", external_id=f"{place}", fields={"title": "Hello"})


class PutsStepsFirst(Lines):
    def restore(self, file: BinaryIO, settings: Any) -> Iterator[NewEntry]:
        yield NewEntry(kind="milestone", external_id="step", fields={"goal": "later", "title": "Hello"})
        yield NewEntry(kind="goal", external_id="later", fields={"title": "Hello"})


class PutsBackMore(Lines):
    def restore(self, file: BinaryIO, settings: Any) -> Iterator[Any]:
        yield Retraction(kind="goal", external_id="gone")


class OfImporter(ImporterConformance):
    importer = Lines

    def written(self) -> bytes:
        return b"One\nTwo\n"

    def file(self) -> bytes:
        return b"One\nTwo\n"

    def large(self) -> Iterator[bytes]:
        yield from repeat(b"Something of some length\n")


class TestLines(OfImporter):
    pass


class TestPutsBack(OfImporter):
    importer = PutsBack


@pytest.mark.parametrize(
    ("importer", "test", "words"),
    [
        (Holds, "a_large_file_does_not_have_to_fit", "give each as it is read"),
        (Trips, "garbage_is_refused_in_words", "Raise InvalidInput"),
        (Trips, "no_two_things_have_the_same_external_id", "the second would change the first"),
        (ByTheClock, "the_same_file_gives_the_same_entries", "never from the time"),
        (PutsNothingBack, "a_journal_is_put_back_whole_and_alike_each_time", "puts nothing back"),
        (PutsBackAtRandom, "a_journal_is_put_back_whole_and_alike_each_time", "another journal back each time"),
        (PutsStepsFirst, "a_journal_is_put_back_whole_and_alike_each_time", "no goal called 'later'"),
        (PutsBackMore, "a_journal_is_put_back_whole_and_alike_each_time", "should give a NewEntry"),
    ],
)
def test_what_an_importer_does_wrong_is_found_in_words(importer: type[Any], test: str, words: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(words)):
        getattr(type("Of", (OfImporter,), {"importer": importer})(), f"test_{test}")()


class Sends(Notifier[Settings]):
    name, title, settings = "sends", "Sends", Settings

    def hosts(self, settings: Settings) -> list[str]:
        return [httpx.URL(settings.url).host]

    async def notify(self, message: Message, context: Context[Settings]) -> None:
        await context.http.post(context.settings.url, json={"title": message.title})


class KeepsQuiet(Sends):
    async def notify(self, message: Message, context: Context[Settings]) -> None:
        del message, context


class RaisesItsToken(Sends):
    async def notify(self, message: Message, context: Context[Settings]) -> None:
        raise RuntimeError(context.settings.token.reveal())


@pytest.mark.parametrize(
    ("notifier", "test", "words"),
    [
        (Sends, "a_fault_outside_raises", "as if all was well"),
        (KeepsQuiet, "a_message_is_sent", "nothing was sent"),
        (RaisesItsToken, "secrets_are_told_to_nobody", "an error (RuntimeError)"),
    ],
)
def test_what_a_notifier_does_wrong_is_found_in_words(notifier: type[Any], test: str, words: str) -> None:
    of = type("Of", (NotifierConformance,), {"notifier": notifier, "settings": Settings()})
    with pytest.raises(AssertionError, match=re.escape(words)):
        getattr(of(), f"test_{test}")()


def of_data(instruments: Sequence[str], templates: Sequence[str] = ()) -> DataConformance:
    """The tests for a plugin that brings these texts."""
    module = ModuleType("made_up_data")
    vars(module).update(
        milepost_instruments=hookimpl(specname="milepost_instruments")(lambda: instruments),
        milepost_templates=hookimpl(specname="milepost_templates")(lambda: templates),
    )
    sys.modules[module.__name__] = module
    return cast("DataConformance", type("Of", (DataConformance,), {"plugin": module})())


FORM = """
id = "calm-2"
version = "1"
title = "Calm in two"
items = {items}
values = [0, 1, 2]
[score]
rule = "sum"
better = "up"
"""


@pytest.mark.parametrize(
    ("given", "test", "words"),
    [
        ((["x ="], []), "it_brings_something", "number 1 of `milepost_instruments`, line 1: this is not TOML"),
        (([], []), "it_brings_something", "no questionnaire and no template"),
        (([FORM.format(items=2)], []), "each_questionnaire_can_be_filled_in", "has no words"),
    ],
)
def test_what_is_wrong_with_data_is_found_in_words(given: Any, test: str, words: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(words)):
        getattr(of_data(*given), f"test_{test}")()


def test_data_that_is_right_passes() -> None:
    right = of_data([FORM.format(items='["Were you calm?", "Were you rested?"]')])
    assert right.instruments()["calm-2"].high == 4
    right.test_it_brings_something()
    right.test_each_questionnaire_can_be_filled_in()
    right.test_each_template_begins_a_goal()


class Bare(Struct, frozen=True):
    api_key: str = "planted"


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ("each_setting_says_what_it_is_for", "has no description"),
        ("what_sounds_secret_is_a_secret", "make its type `Secret`"),
    ],
)
def test_what_is_wrong_with_settings_is_found_in_words(test: str, words: str) -> None:
    of = type("Of", (SettingsConformance,), {"settings": Bare()})
    with pytest.raises(AssertionError, match=re.escape(words)):
        getattr(of(), f"test_{test}")()
