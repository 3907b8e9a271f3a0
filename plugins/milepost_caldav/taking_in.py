"""What somebody said there, as entries for the journal; knows no HTTP.

Completed there, a step is reached, and a day of a practice is a check-in; not completed after all, it is corrected. That
a goal is reached is for the person to decide: it is proposed, and with it what was completed along with the goal, as
some programs complete all that is below. A title given there comes in where titles are the person's own, and is
written over where they are neutral.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from milepost.plugin_api import Entry, NewEntry, Retraction, Revision
from milepost_caldav.links import Link, Links
from milepost_caldav.merging import last_agreed, said_there
from milepost_caldav.todos import Shown, There, due_for_journal, zone_of
from milepost_caldav.wanting import FINISHED, Wording, wording_for

STATUS = {"goal": ("achieved", "active"), "milestone": ("reached", "planned")}


class Said(Struct, frozen=True):
    """What stands there now about one thing."""

    link: Link
    there: There


class TakingIn:
    """Reads what was found there."""

    def __init__(self, links: Links, wording: Wording, now: datetime) -> None:
        self._links, self._wording = links, wording
        self._today = now.astimezone(zone_of(wording.zone)).date().isoformat()

    def entries(self, found: Sequence[Said]) -> list[Entry]:
        """What to tell the journal; the links are kept as of now."""
        of_goals = {said.link.id for said in found if said.link.kind == "goal" and self._is_newly_done(said)}
        entries: list[Entry] = []
        for said in sorted(found, key=lambda one: one.link.key):
            entries += self._one(said, of_goals)
        return entries

    def _said(self, link: Link, there: There) -> Shown | None:
        return said_there(link, there, wording_for(link, self._links, self._wording))

    def _is_newly_done(self, said: Said) -> bool:
        now = self._said(said.link, said.there)
        before, _ = last_agreed(said.link, said.there)
        return now is not None and now.done and not (before is not None and before.done)

    def _one(self, said: Said, of_goals: set[str]) -> Iterator[Entry]:
        link, there = said.link, said.there
        now = self._said(link, there)
        before, base = last_agreed(link, there)
        before = before or Shown(title=there.shown.title, due=there.shown.due)
        if there.revision in {sent.revision for sent in link.sent}:
            link.revision, link.base = there.revision, base
        if now is None:
            link.shown = before
        elif link.kind == "practice":
            link.shown = before
            yield from self._practised(link, there, now, before)
        else:
            link.shown = Shown(title=now.title or before.title, done=now.done, due=now.due)
            fields = self._fields(link, there, link.shown, before)
            done = link.shown.done and not before.done
            along = link.kind == "goal" or (done and link.want is not None and link.want.goal in of_goals)
            if fields:
                yield Revision(kind=link.kind, id=link.id, fields=fields, base=base, asks=along)  # type: ignore[arg-type]
        link.etag, link.own, link.gone, link.sent = there.etag, False, False, []
        if not self._wording.own and there.shown.title != before.title:
            # Somebody gave it words there, where the person chose neutral ones: it is to be written over.
            link.ours = ""
            yield Revision(kind=link.kind, id=link.id, fields={}, base={})  # type: ignore[arg-type]
        self._links.keep(link)

    def _fields(self, link: Link, there: There, now: Shown, before: Shown) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        want = link.want
        if now.done != before.done:
            status = STATUS[link.kind][0 if now.done else 1]
            fields |= {"status": status, "on": self._day(there) if now.done else self._today}
            if want is not None and not (now.done and want.status in FINISHED):
                want.status = status
        if now.title != before.title:
            fields["title"] = now.title
            if want is not None:
                want.title = now.title
        if now.due != before.due:
            zone = want.zone if want is not None and want.zone else self._wording.zone
            fields["due"] = due_for_journal(now.due, zone)
            if want is not None:
                want.due, want.zone = now.due, zone if now.due.endswith("Z") else ""
        return fields

    def _practised(self, link: Link, there: There, now: Shown, before: Shown) -> Iterator[Entry]:
        if now.done == before.done:
            return
        link.shown = Shown(title=before.title, done=now.done)
        if not now.done:
            if link.checkin:
                yield Retraction(kind="checkin", external_id=link.checkin)
            link.checkin = ""
            return
        if link.ended and link.checkin:
            return
        at = there.completed_at
        link.checkin = (
            f"{self._links.uid(link)}/{at.strftime('%Y%m%dT%H%M%SZ') if at is not None else there.etag[:100]}"
        )
        on = self._day(there)  # one that is done before it comes is done on that day
        fields = {"subject": link.id, "on": on, "occurrence": min(link.day, on)}
        yield NewEntry(kind="checkin", external_id=link.checkin, fields=fields)

    def _day(self, there: There) -> str:
        """The person's own day on which something was completed, as far as that is told and has been."""
        if there.completed_at is None:
            return self._today
        return min(there.completed_at.astimezone(zone_of(self._wording.zone)).date().isoformat(), self._today)
