"""Calendars that are asked for again and again: what was kept gives what is written anew, and says what has changed."""

import re
from typing import Any

import icalendar
import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.clock import format_hlc
from milepost.envelope import Event
from milepost.journal import State
from milepost.plugin_api import ExportContext, JournalView
from milepost.projected import projected
from milepost.projection import DISCREET, EVERYTHING, project, revised
from milepost.views.entities import reminders
from milepost.views.history import history
from milepost_ics import IcsExporter
from milepost_ics.settings import IcsSettings
from tests.core.test_projection import moving_logs
from tests.core.views.logs import logs, slowly
from tests.events import JOURNAL, device, entity, event, redaction

STAMPS = {"DTSTAMP", "LAST-MODIFIED", "SEQUENCE"}
Item = tuple[str, str]


class Reader:
    """A calendar of a journal, asked for as it grows."""

    def __init__(self, *, plain: bool, alarms: bool = True) -> None:
        self.settings = IcsSettings(alarms=alarms)
        self.plain, self.grant, self.kept = plain, EVERYTHING if plain else DISCREET, dict[str, Any]()
        self.state, self.log = State(JOURNAL), list[Event]()
        self.seen: dict[Item, tuple[str, int]] = {}

    def apply(self, one: Event) -> None:
        self.log.append(one)
        self.state.apply(one)

    def body(self, view: JournalView, kept: dict[str, Any]) -> bytes:
        times: dict[str, tuple[str, ...]] = {}
        for one in reminders(self.state):
            times[one.about or ""] = (*times.get(one.about or "", ()), one.at)
        context: ExportContext[Any] = ExportContext(
            settings=self.settings,
            salt="s",
            plain=self.plain,
            today="2026-10-30",
            history=lambda one: revised("practice", history(self.log, JOURNAL, "practice", one), self.grant),
            reminders=times,
            kept=kept,
        )
        return IcsExporter().render(view, context)

    def again(self) -> dict[Item, tuple[str, int]]:
        """(what it says, SEQUENCE) of each item now."""
        return items(self.body(projected(self.state, self.grant), self.kept))

    def anew(self) -> dict[Item, tuple[str, int]]:
        return items(self.body(project(self.state, self.grant), {}))


def items(body: bytes) -> dict[Item, tuple[str, int]]:
    found = {}
    for one in icalendar.Calendar.from_ical(body).walk("VEVENT"):
        number = int(one["SEQUENCE"])
        assert one.decoded("LAST-MODIFIED") == one.decoded("DTSTAMP")
        again = str(one["RECURRENCE-ID"].to_ical()) if "RECURRENCE-ID" in one else ""
        at = one.decoded("LAST-MODIFIED").timestamp()
        assert at - number == 1_577_836_800
        for name in STAMPS:
            del one[name]
        found[str(one["UID"]), again] = (one.to_ical().decode(), number)
    return found


@settings(slowly, max_examples=30)
@given(moving_logs, st.booleans(), st.data())
def test_an_item_says_that_it_changed_exactly_where_it_did(log: list[Event], plain: bool, data: st.DataObject) -> None:
    reader = Reader(plain=plain)
    if log:
        log = [*log, redaction(1, data.draw(st.sampled_from(log)), by=device(9), at_ms=1_900_000_000_000)]
    for one in log:
        reader.apply(one)
        for item, (says, number) in reader.again().items():
            said, before = reader.seen.get(item, ("", -1))
            assert number == before if said == says else number > before
            reader.seen[item] = says, number
    now, anew = reader.again(), reader.anew()
    assert {item: says for item, (says, _) in now.items()} == {item: says for item, (says, _) in anew.items()}


@settings(slowly, max_examples=20)
@given(logs(), st.booleans())
def test_who_begins_anew_says_no_older_than_who_went_on(log: list[Event], plain: bool) -> None:
    """As after a restart, where all was written in its order; when a reminder changed is told to nobody."""
    reader, now = Reader(plain=plain, alarms=False), dict[Item, tuple[str, int]]()
    for place, one in enumerate(log):
        reader.apply(msgspec.structs.replace(one, hlc=format_hlc(1_790_000_000_000 + 5_000 * place)))
        now = reader.again()
    anew = reader.anew()
    assert all(anew[item][1] >= number for item, (_, number) in now.items())


def test_a_step_that_is_taken_back_changes_its_siblings_and_nothing_else() -> None:
    reader = Reader(plain=False)
    made = [
        ("goal.created", {"id": entity(1), "title": "Walk"}),
        ("goal.created", {"id": entity(2), "title": "Sing"}),
        *[
            ("milestone.added", {"id": entity(n), "goal": entity(1 + n % 2), "title": "A part", "due": "2026-11-05"})
            for n in range(10, 16)
        ],
    ]
    for n, (name, fields) in enumerate(made, 1):
        reader.apply(event(n, type=name, at_ms=1_790_000_000_000 + 5_000 * n, **fields))
    before = reader.again()
    reader.apply(event(len(made) + 1, type="milestone.retracted", at_ms=1_790_000_900_000, id=entity(10)))
    now, anew = reader.again(), reader.anew()
    changed = {item for item in now if now[item] != before[item]}
    assert {says for item in changed for says in re.findall("Step . of .", now[item][0])} == {
        "Step 1 of 2",
        "Step 2 of 2",
    }
    assert len(changed) == 2
    assert all(anew[item][1] >= now[item][1] for item in now)
