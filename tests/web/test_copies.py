"""A copy of a journal in the browser is the one that `milepost export json` writes."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.plugin_api import ExportContext
from milepost.projection import project
from milepost_json import JsonExporter
from tests.core.views.logs import DAYS, fold
from tests.events import JOURNAL, entity, event
from tests.web.core import Core
from tests.web.journals import Log, journals, text
from tests.web.test_folding import often
from tests.web.test_progress import measured


def exported(log: list[Any]) -> Any:
    return json.loads(JsonExporter().render(project(fold(log)), ExportContext(salt="s")))


@settings(often, max_examples=150)
@given(log=journals())
def test_a_copy_says_what_the_terminals_says(core: Core, log: Log) -> None:
    found = core("copy", JOURNAL, text(log))
    assert found == exported(log)
    assert [*found] == [*exported(log)], "in the same order"


ZONED = {"at": "2026-01-05T10:00:00", "time_zone": "Europe/Berlin"}


@settings(often, max_examples=20)
@given(order=st.permutations(range(7)))
def test_a_copy_has_sessions_forms_and_levels(core: Core, order: list[int]) -> None:
    goal, series = entity(1), entity(2)
    about: list[dict[str, Any]] = [
        {"type": "series.planned", "id": series, "start": ZONED, "recurrence": "FREQ=WEEKLY", "minutes": 50},
        {"type": "session.scheduled", "id": entity(4), "start": ZONED, "series": series, "original": ZONED},
        {"type": "session.status_changed", "id": entity(4), "status": "held", "on": DAYS[0]},
        {"type": "reflection.written", "id": entity(5), "on": DAYS[1], "text": "Said it.", "session": entity(4)},
        {
            "type": "assessment.recorded",
            "id": entity(6),
            "instrument": "gad-7",
            "version": "1",
            "answers": [1, None],
            "on": DAYS[0],
            "score": 1.5,
            "subscores": {"worry": None},
        },
        {"type": "topic.added", "id": entity(7), "about": {"journal": JOURNAL, "kind": "goal", "id": goal}},
        {"type": "series.ended", "id": series, "ended": DAYS[2]},
    ]
    log = [
        event(1, at_ms=1, type="goal.created", id=goal, title="Mine"),
        measured(goal, entity(3), {"level_0": "as hoped", "low": -2, "high": 2, "question": "How?"}),
    ]
    log += [event(n, at_ms=n, **about[at]) for n, at in enumerate(order, 3)]
    assert core("copy", JOURNAL, text(log)) == exported(log)
