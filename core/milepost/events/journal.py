"""The events of a journal itself."""

from typing import ClassVar

from msgspec import UNSET, UnsetType

from milepost.events.fields import Line, Payload, TimeZone, Word


class JournalFields(Payload, frozen=True, kw_only=True):
    """The journal itself; its entity id is the journal's."""

    entity: ClassVar[str] = "journal"
    title: Line | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET
    locale: Word | UnsetType = UNSET
    owners_only: bool | UnsetType = UNSET


class JournalOpened(JournalFields, tag="journal.opened", frozen=True, kw_only=True):
    """A journal begins."""


class JournalRevised(JournalFields, tag="journal.revised", frozen=True, kw_only=True):
    """Its title, time zone, language or sharing rule changed."""
