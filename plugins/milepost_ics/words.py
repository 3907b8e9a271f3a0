"""The neutral words of a calendar, which may be read over somebody's shoulder, by language."""

from msgspec import Struct

from milepost_ics.settings import Kind


class Words(Struct, frozen=True, kw_only=True):
    """What things are called that nobody's own words are used for. `step` and `step_of` take numbers."""

    goal: str
    step: str
    step_of: str
    practice: str
    session: str
    appointment: str
    reminder: str
    names: dict[Kind, str]


NAME = "Milepost"
"""What a neutral calendar of several kinds is called."""

WORDS = {
    "en": Words(
        goal="Goal",
        step="Step",
        step_of="Step {place} of {of}",
        practice="Practice",
        session="Session",
        appointment="Appointment",
        reminder="Reminder",
        names={"goals": "Goals", "milestones": "Steps", "practices": "Practice", "sessions": "Appointments"},
    ),
    "de": Words(
        goal="Ziel",
        step="Schritt",
        step_of="Schritt {place} von {of}",
        practice="Übung",
        session="Sitzung",
        appointment="Termin",
        reminder="Erinnerung",
        names={"goals": "Ziele", "milestones": "Schritte", "practices": "Übungen", "sessions": "Termine"},
    ),
}


def words_for(language: str, locale: str) -> Words:
    """The words of a language, else of the journal's locale, else English."""
    return WORDS.get(language) or WORDS.get(locale[:2].lower()) or WORDS["en"]
