"""Whatever a FHIR server answers, it ends soon, in words, and takes little memory; and nothing of it is believed."""

import gzip
import time
import tracemalloc
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from milepost.plugin_api import Answer, PluginFailed, Rejected, Secret
from milepost.testing import GARBAGE, FakeHost, FakeJournal, Outside
from milepost_fhir import Fhir, ServerSettings
from milepost_fhir.connection import MAX_ANSWER, MAX_PAGES
from milepost_fhir.reading import MAX_WORDS, Outcome, read
from tests.plugins.hostile import Endless, Says

SETTINGS = ServerSettings(url="https://fhir.example.org/r4", token=Secret("planted-4711"))
LASTS_S = 5.0
DEEP = b'{"resourceType":"Bundle","entry":' + b'[{"resource":{"a":' * 100_000


NONE_THERE = {"resourceType": "Bundle", "type": "searchset"}


def says(answer: httpx.Response, *, always: bool = False) -> Says:
    """Finds nothing, and answers what is sent in one way; or that too."""
    return Says(answer, None if always else httpx.Response(200, json=NONE_THERE))


def answers() -> dict[str, httpx.Response]:
    packed = gzip.compress(b"x" * 1000)
    found = {
        "deep nesting": httpx.Response(200, content=DEEP),
        "no JSON": httpx.Response(200, text="<html>hello</html>"),
        "no Bundle": httpx.Response(200, json={"resourceType": "Basic"}),
        "no entries": httpx.Response(200, json={"resourceType": "Bundle"}),
        "too many entries": httpx.Response(200, json={"resourceType": "Bundle", "entry": [{}] * 50_000}),
        "entries of another kind": httpx.Response(200, json={"resourceType": "Bundle", "entry": "all of them"}),
        "packed": httpx.Response(200, headers={"content-encoding": "gzip"}, content=packed),
        "nothing": httpx.Response(204),
        "somewhere else": httpx.Response(308, headers={"location": "https://evil.example/"}),
        "an odd status": httpx.Response(299, text="?"),
    }
    return found | {f"garbage {at}": httpx.Response(200, content=body) for at, body in enumerate(GARBAGE)}


def pushed(host: FakeHost) -> list[Answer]:
    journal = FakeJournal()
    journal.goal("Walk")
    return host.push(Fhir(), journal.changes(Fhir.kinds))


@pytest.mark.parametrize("always", [False, True])
@pytest.mark.parametrize("name", answers())
def test_what_is_no_answer_ends_in_words_and_soon(name: str, always: bool) -> None:
    host = FakeHost(SETTINGS, says(answers()[name], always=always))
    started = time.process_time()
    with pytest.raises((PluginFailed, httpx.HTTPError)) as raised:
        pushed(host)
    assert time.process_time() - started < LASTS_S
    assert "planted" not in str(raised.value)
    assert host.strayed == []
    with pytest.raises((PluginFailed, httpx.HTTPError)):
        FakeHost(SETTINGS, says(answers()[name], always=True)).check(Fhir())


def test_a_body_that_never_ends_is_not_read_to_the_end() -> None:
    endless = Endless()
    tracemalloc.start()
    with pytest.raises(PluginFailed, match="more than"):
        pushed(FakeHost(SETTINGS, says(httpx.Response(200, stream=endless))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert endless.given <= MAX_ANSWER + 65536
    assert peak < 3 * MAX_ANSWER


class Pages(Outside):
    """A search that never ends."""

    async def answer(self, request: httpx.Request) -> httpx.Response:
        link = [{"relation": "next", "url": "https://fhir.example.org/r4/Patient?page=again"}]
        return httpx.Response(200, json={"resourceType": "Bundle", "link": link})


def test_pages_that_never_end_are_not_followed_for_ever() -> None:
    host = FakeHost(SETTINGS, Pages())
    with pytest.raises(PluginFailed, match=f"over {MAX_PAGES} pages"):
        pushed(host)
    assert host.sent == MAX_PAGES


@pytest.mark.parametrize("next_", ["//evil.example/x", "https://fhir.example.org:444/x", "http://fhir.example.org/r4"])
def test_no_page_is_followed_to_another_server_port_or_in_the_clear(next_: str) -> None:
    body = {"resourceType": "Bundle", "link": [{"relation": "next", "url": next_}]}
    host = FakeHost(SETTINGS, says(httpx.Response(200, json=body), always=True))
    with pytest.raises(PluginFailed, match="which is not asked"):
        pushed(host)
    assert (host.sent, host.strayed) == (1, [])


def test_what_a_server_says_is_cut_short_and_on_one_line() -> None:
    words = "No.\n" * 1_000
    said = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "details": {"text": words}}] * 1000}
    settings = replace(SETTINGS, patient="Patient/1")
    (rejected,) = pushed(FakeHost(settings, says(httpx.Response(422, json=said))))
    assert isinstance(rejected, Rejected)
    assert len(rejected.reason) < MAX_WORDS + 100
    assert "\n" not in rejected.reason


@pytest.mark.parametrize(
    ("issue", "entries"),
    [
        ({"expression": ["Bundle.entry[3].resource.ofType(Goal).status"]}, [3]),
        ({"location": ["Bundle.entry[0]", "Bundle.entry[2].resource"]}, [0, 2]),
        ({"diagnostics": "HAPI-0450: Failed to parse request body at Bundle.entry[1]: no"}, [1]),
        ({"diagnostics": "entry[4] is beyond"}, []),
        ({"severity": "warning", "expression": ["Bundle.entry[1]"]}, []),
        ({"diagnostics": "It is not to be"}, []),
    ],
)
def test_which_entry_a_server_names_is_found_wherever_it_names_it(issue: dict[str, Any], entries: list[int]) -> None:
    outcome = read(msgspec.json.encode({"resourceType": "OperationOutcome", "issue": [issue]}), Outcome)
    assert outcome.entries(4) == entries
