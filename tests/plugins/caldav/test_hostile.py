"""Whatever a calendar server answers, it ends soon, in words, and takes little memory; and nothing of it is believed."""

import gzip
import time
import tracemalloc

import httpx
import pytest

from milepost.plugin_api import Done, Later, PluginFailed, Rejected, Secret
from milepost.testing import GARBAGE, FakeHost, FakeJournal, Outside
from milepost_caldav import Caldav, CaldavSettings
from milepost_caldav.todos import Shown, Task, changed, made, read
from tests.plugins.hostile import Endless, Says

SETTINGS = CaldavSettings(url="https://calendar.example.org", username="robin", password=Secret("planted-4711"))
LASTS_S = 5.0
UID = "7b6f3cb4-98a0-4a2c-9f4e-2d6d7a1d2f10"
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))
    + "]><multistatus xmlns='DAV:'><response><href>&j;</href></response></multistatus>"
)
ODD_STATUS = "<multistatus xmlns='DAV:'><response><href>/</href><status>x ٣</status></response></multistatus>"
OUTSIDE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><multistatus xmlns='DAV:'>&a;</multistatus>"


def answers() -> dict[str, httpx.Response]:
    deep = b"<multistatus xmlns='DAV:'>" + b"<response>" * 200_000
    many = b"<multistatus xmlns='DAV:'>" + b"<response><href>/a</href></response>" * 20_000 + b"</multistatus>"
    found = {
        "a bomb": httpx.Response(207, text=BOMB),
        "a bomb in other letters": httpx.Response(207, content=BOMB.encode("utf-16")),
        "a file of ours": httpx.Response(207, text=OUTSIDE),
        "deep nesting": httpx.Response(207, content=deep),
        "closed deep nesting": httpx.Response(207, content=deep + b"</response>" * 200_000 + b"</multistatus>"),
        "very many": httpx.Response(207, content=many),
        "not XML": httpx.Response(207, text="<html><br></html"),
        "no multistatus": httpx.Response(207, text="<a/>"),
        "no WebDAV": httpx.Response(200, text="hello"),
        "an encoding that there is not": httpx.Response(207, text="<?xml version='1.0' encoding='nothing'?><a/>"),
        "packed": httpx.Response(207, headers={"content-encoding": "gzip"}, content=gzip.compress(b"x")),
        "nothing": httpx.Response(207),
        "an address that is none": httpx.Response(302, headers={"location": "http://[::1"}),
        "an odd status": httpx.Response(207, text=ODD_STATUS),
    }
    return found | {f"garbage {at}": httpx.Response(207, content=body) for at, body in enumerate(GARBAGE)}


@pytest.mark.parametrize("name", answers())
def test_what_is_no_answer_ends_in_words_and_soon(name: str) -> None:
    journal, host = FakeJournal(), FakeHost(SETTINGS, Says(answers()[name]))
    journal.goal("Walk")
    started = time.process_time()
    with pytest.raises((PluginFailed, httpx.HTTPError)) as raised:
        host.push(Caldav(), journal.changes(Caldav.kinds))
    assert time.process_time() - started < LASTS_S
    assert "planted" not in str(raised.value)


def test_a_body_that_never_ends_is_read_up_to_a_bound() -> None:
    stream = Endless()
    host = FakeHost(SETTINGS, Says(httpx.Response(207, stream=stream)))
    tracemalloc.start()
    try:
        with pytest.raises(PluginFailed, match="more than 16,384 KiB"):
            host.check(Caldav())
        assert tracemalloc.get_traced_memory()[1] < 80 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert stream.given < 17 * 1024 * 1024


def calendar(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""]).encode()


def task(*lines: str) -> bytes:
    return calendar("BEGIN:VTODO", f"UID:{UID}", *lines, "END:VTODO")


ODD = {
    "nothing": b"",
    "no end": b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\n",
    "another's": task().replace(UID.encode(), b"another"),
    "a line bomb": task("SUMMARY:" + "x" * 500_000),
    "a folded bomb": task("SUMMARY:x" + "\r\n y" * 100_000),
    "deep nesting": b"BEGIN:VTODO\r\n" * 20_000,
    "closed deep nesting": calendar(*["BEGIN:VTODO"] * 2_000, *["END:VTODO"] * 2_000),
    "many parameters": task("SUMMARY;" + "A=b;" * 20_000 + "C=d:x"),
    "an absurd recurrence": task("RRULE:FREQ=SECONDLY;INTERVAL=1;COUNT=999999999999", "DTSTART:19000101T000000Z"),
    "no recurrence": task("RRULE:FREQ=NEVER;BYDAY=99XX"),
    "days that are none": task("DUE:20269999", "COMPLETED:never", "DTSTART;TZID=Nowhere/None:20260101T000000"),
    "a zone that is none": task("DUE;TZID=../../etc/passwd:20260101T000000"),
    "the last of days": task("DUE:99991231T235959Z"),
    "the first of days": task("DUE;TZID=Europe/Vienna:00010101T000000"),
    "percents that are none": task("PERCENT-COMPLETE:very"),
    "twice": task("SUMMARY:a", "SUMMARY:b", "STATUS:COMPLETED", "STATUS:NEEDS-ACTION", "DUE:20260101", "DUE:20260102"),
    "letters that are none": task("SUMMARY:").replace(b"SUMMARY:", b"SUMMARY:\xff\xfe\x00\x1b[31m"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_task_is_read_as_far_as_it_can_be_and_written_over_soon(name: str) -> None:
    started = time.process_time()
    found = read(ODD[name], UID, "Europe/Vienna")
    if found is not None:
        assert not set(found.shown.title) & {"\x1b", "\x00", "\n"}
        written = changed(found, UID, Task(shown=Shown(title="Walk", due="2026-05-04"), has_due=True, revision="1"))
        again = read(written, UID, "UTC")
        assert again is not None
        assert (again.shown.title, again.shown.due, again.revision) == ("Walk", "2026-05-04", "1")
    assert time.process_time() - started < LASTS_S


def _told(path: str, properties: str) -> str:
    found = f"<propstat><prop>{properties}</prop><status>HTTP/1.1 200 OK</status></propstat>"
    return f"<response><href>{path}</href>{found}</response>"


class Holds(Outside):
    """A server in memory with one collection, in which every task is as somebody says."""

    def __init__(self) -> None:
        super().__init__()
        self.body = b""
        self.puts = 201

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PROPFIND":
            at_home = "<c:calendar-home-set><href>/robin/</href></c:calendar-home-set>"
            home = _told("/robin/", f"{at_home}<resourcetype><c:calendar/></resourcetype>")
            items = [_told(path, "<getetag>1</getetag>") for path in self.things if path.endswith(".ics")]
            start = "<multistatus xmlns='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'>"
            said = "".join(items) if request.headers["depth"] == "1" else home
            return httpx.Response(207, text=f"{start}{said}</multistatus>")
        if request.method == "GET":
            return httpx.Response(200, content=self.body, headers={"etag": '"odd"'})
        if request.method == "PUT":
            self.things[request.url.path] = ""
            return httpx.Response(self.puts, headers={"etag": '"ours"'})
        return httpx.Response(501)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_task_there_harms_nobody(name: str) -> None:
    journal, outside = FakeJournal(), Holds()
    host = FakeHost(SETTINGS, outside)
    goal = journal.goal("Walk")
    journal.milestone(goal, "Round the pond")
    assert host.push(Caldav(), journal.changes(Caldav.kinds)) == [Done(), Done()]
    outside.body = ODD[name]
    started = time.process_time()
    try:
        entries = host.pull(Caldav())
    except PluginFailed as error:
        assert "more than 512 KiB" in str(error)
        entries = []
    assert time.process_time() - started < LASTS_S
    assert entries == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [*((status, Rejected) for status in (400, 413, 415, 422)), *((status, Exception) for status in (403, 500, 507))],
)
def test_what_is_the_tasks_fault_is_put_aside_and_all_else_is_tried_again(status: int, kind: type) -> None:
    journal, outside = FakeJournal(), Holds()
    outside.puts = status
    host = FakeHost(SETTINGS, outside)
    journal.goal("Walk")
    journal.goal("Rest")
    try:
        answers = host.push(Caldav(), journal.changes(Caldav.kinds))
    except httpx.HTTPStatusError:
        assert kind is Exception
        return
    assert {type(answer) for answer in answers} == {kind}
    assert Later not in {type(answer) for answer in answers}


def test_a_new_task_is_what_every_program_can_read() -> None:
    body = made(UID, Task(shown=Shown(title="Walk; and, \\n"), revision="1"))
    found = read(body, UID, "UTC")
    assert found is not None
    assert found.shown == Shown(title="Walk; and, \\n")
