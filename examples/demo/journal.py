"""Writes a made-up half-year into a device, or makes events of the same mix in any number."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from msgspec import Raw

from examples.demo.story import FIRST_TITLE, TIME_ZONE, Pages, Story, StoryClock, first_day
from milepost.clock import HybridClock, new_salt
from milepost.device import Device
from milepost.envelope import Event
from milepost.events import Draft, encode_payload
from milepost.journal import Progress, State

DAYS_BETWEEN = 7
"""Where more events are wanted than a half-year has, one story follows the other so many days later."""


def write_half_year(device: Device, clock: StoryClock, *, ends: date, seed: int = 1) -> str:
    """Writes about 500 events of one journal, the last on `ends`; all or none. Returns the journal's id.

    `clock` must be the wall clock that the device was opened with.
    """
    with device.log.transaction():
        clock.at(first_day(ends), 7 * 60)
        journal = device.open_journal(FIRST_TITLE, time_zone=TIME_ZONE)

        def write(drafts: Sequence[Draft]) -> None:
            device.append(journal, drafts)

        Story(Pages(clock, lambda: device.state(journal), write), ends, seed).tell()
    return journal


class _Paper:
    """Events of one device in the order they are written, without a file; each story sees only its own state."""

    def __init__(self, journal: str, device: str, actor: str) -> None:
        self.journal, self.device, self.actor = journal, device, actor
        self.clock = StoryClock()
        self.made: list[Event] = []
        self.n = 0
        self._ticks = HybridClock(wall=self.clock)
        self.turn_over()

    def turn_over(self) -> None:
        """A new story begins."""
        self.state = State(self.journal)
        self.state.devices[self.device] = Progress(self.n, {})

    def write(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self.n += 1
            event = Event(
                device=self.device,
                n=self.n,
                hlc=self._ticks.tick(),
                actor=self.actor,
                type=draft.type,
                salt=new_salt(),
                data=Raw(encode_payload(draft.type, draft.fields)),
            )
            self.state.apply(event)
            self.made.append(event)


def events(
    count: int, *, journal: str, device: str, actor: str, ends: date = date(2025, 6, 30), seed: int = 1
) -> Iterator[Event]:
    """As a device would push them: `count` events of one journal, story after story until there are enough."""
    paper = _Paper(journal, device, actor)
    stories, told = count // 500, 0
    while count > 0:
        ended = ends - timedelta(days=max(stories - told, 0) * DAYS_BETWEEN)
        if told == 0:
            paper.clock.at(first_day(ended), 7 * 60)
            paper.write([Draft("journal.opened", {"title": FIRST_TITLE, "time_zone": TIME_ZONE, "locale": "en"})])
        paper.turn_over()
        Story(Pages(paper.clock, lambda: paper.state, paper.write), ended, seed + told).tell()
        yield from paper.made[:count]
        count -= len(paper.made)
        paper.made = []
        told += 1
