"""A calendar of ten thousand dates: the first time, after one change, and asked for again when nothing has changed."""

import asyncio
import tempfile
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import count as counting
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from icalendar import Calendar, Event
from msgspec.structs import replace

from bench.bare_server import bare_server
from bench.figures import Figure, Sizes, alternate, faster, less, sooner
from bench.load import Job, in_its_own_process
from examples.demo.server import pairing_code, serving
from milepost.client import TIMEOUT_S, HttpServer
from milepost.clock import format_hlc, new_id
from milepost.events import Draft
from milepost.messages import Feed, FeedRequest
from milepost.plugin_api import ExportContext, Exporter, Goal, JournalView, Milestone
from milepost.plugin_loading import load_plugins
from milepost.plugin_settings import read
from milepost_server.access import Admitted
from milepost_server.feed_serving import FeedServing
from milepost_server.feeds import add_feed
from milepost_server.records import Caller, claim, new_token
from milepost_server.services import Services, open_services

STEPS = 9
"""Milestones of each goal."""
TARGET_MS = 2
TARGET_SHARE = 0.9
CONNECTIONS = 16
_BEGAN_MS = 1_780_000_000_000


def view(items: int) -> JournalView:
    """A journal with so many dates."""
    goals, steps = [], []
    for number in range(items // (STEPS + 1)):
        goal = str(uuid.UUID(int=number))
        due = (date(2026, 1, 1) + timedelta(number % 700)).isoformat()
        at = format_hlc(_BEGAN_MS + number)
        goals.append(Goal(id=goal, title=f"Say what I need, {number}", due=due, steps=STEPS, changed_at=at))
        steps += [
            Milestone(
                id=str(uuid.UUID(int=(number + 1) * 1_000_000 + place)), goal=goal, title=f"Step, {place}", due=due,
                place=place, of=STEPS, changed_at=at,
            )
            for place in range(1, STEPS + 1)
        ]  # fmt: skip
    return JournalView(id=str(uuid.UUID(int=0)), goals=tuple(goals), milestones=tuple(steps))


class _Feed:
    """One feed, as a server keeps it."""

    def __init__(self, of: JournalView) -> None:
        self.exporter: type[Exporter[Any]] = load_plugins().exporter("ics")
        self.view = of
        self.settings = read(self.exporter.settings, {"past_days": 36_500})
        self.context = self._fresh()
        self.numbers = counting(1)

    def _fresh(self) -> ExportContext[Any]:
        return ExportContext(settings=self.settings, salt="bench", today="2026-11-26", kept={})

    def first(self) -> float:
        self.context = self._fresh()
        return self._render()

    def again(self) -> float:
        """One milestone is moved, in the middle: its goal says that it changed, too."""
        number = next(self.numbers)
        at = format_hlc(_BEGAN_MS + 1_000_000 + number)
        goals, steps = list(self.view.goals), list(self.view.milestones)
        place = len(steps) // 2
        goal = place // STEPS
        steps[place] = replace(steps[place], due=f"2027-01-{number % 28 + 1:02}", changed_at=at)
        goals[goal] = replace(goals[goal], changed_at=at)
        self.view = replace(self.view, goals=tuple(goals), milestones=tuple(steps), changed_at=at)
        return self._render() * 1000

    def _render(self) -> float:
        started = time.perf_counter()
        body = self.exporter().render(self.view, self.context)
        elapsed = time.perf_counter() - started
        assert body.count(b"BEGIN:VEVENT") == len(self.view.goals) + len(self.view.milestones)
        return elapsed


def _icalendar(of: JournalView) -> float:
    """Seconds for the library to build and write the same entries."""
    started = time.perf_counter()
    calendar = Calendar()
    at = datetime.fromtimestamp(_BEGAN_MS / 1000, UTC)
    entries: list[Goal | Milestone] = [*of.goals, *of.milestones]
    for one in entries:
        day = date.fromisoformat(str(one.due))
        event = Event()
        for name, value in (
            ("uid", one.id), ("summary", one.title), ("dtstart", day), ("dtend", day + timedelta(1)), ("dtstamp", at),
            ("last-modified", at), ("sequence", 1), ("transp", "TRANSPARENT"), ("x-microsoft-cdo-busystatus", "FREE"),
        ):  # fmt: skip
            event.add(name, value)
        calendar.add_component(event)
    calendar.to_ical()
    return time.perf_counter() - started


def first(sizes: Sizes) -> list[Figure]:
    """`feed-first`."""
    of = view(sizes.journal)
    feed = _Feed(of)
    ours, theirs = alternate(max(1, sizes.rounds // 3), feed.first, lambda: _icalendar(of))
    return [sooner("feed-first", ours, "icalendar alone, the same entries", theirs)]


def change(sizes: Sizes) -> list[Figure]:
    """`feed-change`."""
    feed = _Feed(view(sizes.journal))
    feed.first()
    (ours,) = alternate(sizes.rounds, feed.again)
    return [less("feed-change", "ms", ours, "target", TARGET_MS)]


class _Served:
    """A feed of a real journal, on a server that runs in this process."""

    def __init__(self, services: Services, journal: str) -> None:
        self.services, self.journal, self.serving = services, journal, FeedServing(services)
        self.by = Admitted(Caller(services.account, "0" * 8, "api"), "owner")
        self.token, self.steps = new_token(), list[str]()
        self.numbers = counting(1)

    async def begin(self, items: int) -> None:
        """The journal is there, and a feed of it that was asked for."""
        await self.services.database.write(claim(self.journal, self.by.caller, private=True, now=0))
        for number in range(items // (STEPS + 1)):
            goal, steps = new_id(), [new_id() for _ in range(STEPS)]
            due = (date(2026, 1, 1) + timedelta(number % 700)).isoformat()
            drafts = [Draft("goal.created", {"id": goal, "title": f"Say what I need, {number}", "due": due})]
            drafts += [
                Draft("milestone.added", {"id": step, "goal": goal, "title": "A step", "due": due}) for step in steps
            ]
            self.steps += steps
            await self.write(drafts)
        settings = {"past_days": 36_500}
        feed = Feed(
            id=new_id(), journal=self.journal, format="ics", plain=True, name="", created_at=1, settings=settings
        )
        await self.services.database.write(add_feed(feed, self.token, self.by.caller))
        await self.serving.answer(self.token)

    async def write(self, drafts: list[Draft]) -> None:
        await self.services.journals.write(self.journal, self.by, lambda _: drafts, self.services.now_ms())

    async def again(self) -> float:
        """Milliseconds from a stored event to the bytes that are to be sent."""
        number = next(self.numbers)
        step, due = self.steps[number * 977 % len(self.steps)], f"2027-01-{number % 28 + 1:02}"
        await self.write([Draft("milestone.revised", {"id": step, "due": due})])
        started = time.perf_counter()
        given = await self.serving.answer(self.token)
        elapsed = (time.perf_counter() - started) * 1000
        if f"{due}".replace("-", "").encode() not in given.body:
            raise AssertionError("The change is not in the feed.")
        return elapsed


def served(sizes: Sizes) -> list[Figure]:
    """`feed-served`: the whole way, the fold and the views included."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        services, database = runner.run(open_services(Path(folder)))
        feed = _Served(services, new_id())
        runner.run(feed.begin(sizes.journal))
        (ours,) = alternate(sizes.rounds, lambda: runner.run(feed.again()))
        services.host.end()
        runner.run(database.close())
    return [less("feed-served", "ms", ours, "target of a change that is in the views already", TARGET_MS)]


def unchanged(sizes: Sizes) -> list[Figure]:
    """`feed-304`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), 0, "--unlimited") as server,
        bare_server() as bare_port,
    ):
        with httpx.Client(timeout=TIMEOUT_S) as http:
            paired = HttpServer(server.url, http=http).pair(pairing_code(Path(folder)), "bench")
            journal = new_id()
            there = HttpServer(server.url, paired.token, http=http)
            there.claim(journal, private=False)
            path = urlsplit(there.add_feed(journal, FeedRequest()).url).path
            tag = http.get(f"{server.url}{path}").headers["etag"]
        request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nif-none-match: {tag}\r\n\r\n".encode()
        each = sizes.pushes * 8
        value, peer = alternate(
            sizes.rounds,
            lambda: _rate(urlsplit(server.url).port or 80, request, each),
            lambda: _rate(bare_port, request, each),
        )
    return [
        faster("feed-304", "requests/s", value, "bare Litestar handler that answers 304", peer),
        faster("feed-304", "requests/s", value, f"target, {TARGET_SHARE} of that", peer * TARGET_SHARE),
    ]


def _rate(port: int, request: bytes, each: int) -> float:
    done = in_its_own_process(Job("127.0.0.1", port, [[request] * each for _ in range(CONNECTIONS)], unchanged=True))
    return done.requests / done.seconds
