"""Without consent no word of the person's is on the calendar server; where consent is taken back, none is any more."""

import re
from typing import Any

from milepost.clock import new_id
from milepost.events import Draft
from tests.plugins.caldav.servers import PASSWORD, Radicale
from tests.plugins.caldav.stage import CaldavStage

WORDS = re.compile(rb"planted\d+", re.IGNORECASE)


class Planter:
    """Gives a text that is nowhere else, and remembers it."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return f"planted{self.count} words"


def lived(stage: CaldavStage, word: Planter) -> dict[str, str]:
    """A journal with something of every kind and a planted word in every text; returns ids."""
    stage.write(Draft("journal.revised", {"title": word()}))
    goal = stage.make(
        "goals", title=word(), why=word(), looks_like=word(), helps=word(), area=word(), due="2027-06-01", kind="smart"
    )
    step = stage.make("milestones", goal=goal, title=word(), due="2027-02-01")
    stage.make("measures", goal=goal, question=word(), type="scale", low=0, high=10, unit=word())
    practice = stage.make("practices", title=word(), start="2027-01-15", recurrence="FREQ=DAILY", goal=goal)
    at = {"at": "2027-01-20T15:00:00", "time_zone": "Europe/Vienna"}
    series = stage.make("series", start=at, recurrence="FREQ=WEEKLY", place=word())
    other = {"at": "2027-01-28T16:00:00", "time_zone": "Europe/Vienna"}
    original = {"at": "2027-01-27T15:00:00", "time_zone": "Europe/Vienna"}
    stage.make("sessions", start=other, series=series, original=original, place=word())
    stage.make("sessions", start={**at, "at": "2027-02-21T15:00:00"}, place=word())
    stage.make("topics", text=word())
    stage.make("reflections", text=word(), takeaway=word(), goal=goal)
    stage.make("checkins", subject=goal, on="2027-01-15", note=word())
    stage.write(Draft("assessment.recorded", _assessment()))
    return {"goal": goal, "step": step, "practice": practice}


def _assessment() -> dict[str, Any]:
    return {"id": new_id(), "on": "2027-01-15", "instrument": "phq-9", "version": "1", "answers": [1] * 9, "score": 9}


def test_no_word_is_in_a_byte_that_the_server_keeps_also_after_it_was_plain(
    stage: CaldavStage, radicale: Radicale
) -> None:
    word = Planter()
    made = lived(stage, word)
    everything = ["titles", "dates", "numbers", "free-text", "assessments", "sensitive"]
    stage.to(radicale, plain=False, scopes=everything, settings={"due": True})
    stage.go()
    assert len(radicale.items()) == 9
    assert WORDS.findall(radicale.stored()) == []

    stage.change_connection(plain=True)
    stage.go()
    assert len(set(WORDS.findall(radicale.stored()))) == 6, "titles and places are"
    radicale.change(next(title for title in radicale.titles() if title.startswith("planted7")), STATUS="IN-PROCESS")
    stage.go()

    stage.change_connection(plain=False)
    stage.revise("milestones", made["step"], title=word())
    stage.go()
    stage.next_day()
    stage.go()
    assert len(radicale.items()) == 9
    assert WORDS.findall(radicale.stored()) == []
    assert set(radicale.collections()) == {"Milepost", "Milepost appointments"}

    told = str(stage.shown("caldav")).encode()
    assert WORDS.findall(told) == []
    assert PASSWORD.encode() not in told


def test_what_is_granted_no_more_is_there_no_more(stage: CaldavStage, radicale: Radicale) -> None:
    word = Planter()
    lived(stage, word)
    stage.to(radicale, scopes=["titles", "dates"], settings={"due": True})
    stage.go()
    assert any("DUE" in item for item in radicale.items())
    stage.change_connection(scopes=[])
    stage.go()
    assert sorted(radicale.titles()) == ["Goal", "Step"]
    assert not any("DUE" in item for item in radicale.items())
    assert radicale.items("Milepost appointments") == []
    assert WORDS.findall(radicale.stored()) == []
