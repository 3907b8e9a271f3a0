"""The connector: a journal to a FHIR server, and back what somebody changed there in what came from it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
import msgspec

from milepost.plugin_api import (
    Answer,
    Change,
    Changed,
    Connector,
    Context,
    Done,
    Entry,
    Goal,
    JournalView,
    Later,
    Measure,
    PluginFailed,
    Rejected,
    Series,
    View,
)
from milepost_fhir.around import Around, around_of
from milepost_fhir.capability import check
from milepost_fhir.codes import URIS
from milepost_fhir.connection import Server
from milepost_fhir.known import MAX_SENT, Known
from milepost_fhir.links import Links, Ref
from milepost_fhir.naming import ONE, Naming
from milepost_fhir.resources import KINDS, resources_of
from milepost_fhir.sending import MUCH, Sender, later
from milepost_fhir.settings import ServerSettings
from milepost_fhir.standing import KEEPS, LOOKED_UP, Standing
from milepost_fhir.taking_in import TYPES, Entity, TakingIn
from milepost_fhir.wanting import WRITES, About, Wanting, once

_PERSON, _PLAN = "Patient", {"CarePlan", "Consent"}
_READ = {"goal": "Goal", "milestone": "Task"}


class Fhir(Connector[ServerSettings]):
    """Goals, steps, practices, sessions, check-ins and scores in a health record."""

    name = "fhir"
    title = "Goals and how they go in a health record (FHIR R4); what somebody changes there comes back as a proposal"
    settings = ServerSettings
    kinds = frozenset(KINDS)
    defaults = frozenset({"titles", "dates", "numbers"})
    batch = 100
    timeout_s = 300.0
    _zone = "UTC"

    def hosts(self, settings: ServerSettings) -> Sequence[str]:
        named = [urlsplit(url).hostname or "" for url in (settings.url, settings.auth_url) if url]
        return list(dict.fromkeys(named))

    async def check(self, context: Context[ServerSettings]) -> str:
        return await check(Server(context.http, context.settings), context.settings)

    def preview(self, change: Change, settings: ServerSettings) -> str:
        if not isinstance(change, Changed):
            return f"{change.kind}: taken away, or written over as taken back and without a word"
        made: list[Any] = resources_of(
            change.view, _beside(change.view), Naming(salt="preview", patient=settings.patient)
        )
        if isinstance(change.view, Measure):
            made = [{"target": one["target"]} for one in made if "target" in one]  # in the Goal that it is of
        return "\n".join(msgspec.json.format(msgspec.json.encode(one), indent=2).decode() for one in made)

    def wake(self, view: View, now: datetime) -> datetime | None:
        if not isinstance(view, Series) or not view.start or isinstance(view.ended, str):
            return None
        zone = ZoneInfo(self._zone)
        midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), datetime.min.time(), zone)
        return max(midnight.astimezone(UTC), now + timedelta(minutes=1))

    async def push(self, changes: Sequence[Change], context: Context[ServerSettings]) -> Sequence[Answer]:
        self._zone = context.time_zone
        return await Push(context).bring(changes)

    async def pull(self, context: Context[ServerSettings]) -> Sequence[Entry]:
        push = Push(context)
        entities = push.entities()
        me = context.settings.patient or push.links.place(Ref(_PERSON, push.naming.urn("journal", ONE)))
        if not entities or not me:
            return []
        taking = TakingIn(
            push.links,
            context.settings.base,
            push.today,
            titles=context.plain and "titles" in context.scopes,
            dates="dates" in context.scopes,
        )
        found: list[dict[str, Any]] = []
        for kind in sorted(TYPES & {ref.type for ref in entities}):
            found += await push.server.search(kind, [("patient", me), ("_count", "100")])
        entries = taking.entries(found, entities)
        for line in taking.told[:10]:
            context.log(line)
        return entries


class Push:
    """What one call knows, and its way to the server."""

    def __init__(self, context: Context[ServerSettings]) -> None:
        settings = context.settings
        self.context = context
        self.server = Server(context.http, settings)
        self.links = Links(context.state, context.connection, URIS)
        named = Naming(salt=context.connection)
        self.naming = Naming(salt=context.connection, patient=settings.patient, refer=named.urn)
        self.today = context.now.astimezone(ZoneInfo(context.time_zone)).date().isoformat()
        self.known = Known(context.state, context.time_zone, self.today)
        self._wanting = Wanting(self.known, self.naming, context.scopes, lambda ref: bool(self.links.place(ref)))
        self._answers: dict[str, list[Answer]] = {}

    def entities(self) -> dict[Ref, Entity]:
        """What is looked at there: resource → what it is of."""
        state = self.context.state
        found: dict[Ref, Entity] = {}
        for name in list(state):
            _, kind, id_ = (*name.split(" "), "", "")[:3]
            if name.startswith("base ") and kind in _READ:
                found[Ref(_READ[kind], self.naming.urn(kind, id_))] = Entity(kind, id_, dict(state[name]))
        return found

    async def bring(self, changes: Sequence[Change]) -> list[Answer]:
        """Has everything there as the changes say."""
        wanting = self._wanting
        wanting.note(changes)
        is_leaving = not any(isinstance(change, Changed) for change in changes)
        is_ours = not is_leaving and not self.context.settings.patient
        person = Ref(_PERSON, self.naming.urn("journal", ONE)) if is_ours else None
        standing = Standing(self.context, self.server, self.links, WRITES, TYPES)
        sender = Sender(self.context, self.server, self.links, standing, wanting.types(changes), person)
        first = [] if is_leaving else once([*wanting.person(), *wanting.things(changes)])
        then = [*wanting.untouched_again(), *wanting.goals(changes), *wanting.plan(changes, if_there=is_leaving)]
        then = once([*then, *wanting.gone(changes)])
        then += wanting.orphans(await self._planned(changes), [*first, *then])
        noted: list[list[About]] = []
        try:
            for part in (first, then):
                await sender.bring([one.wanted for one in part])
                self._note(part, sender.answers, MUCH)
                noted.append(part)
            if is_leaving and self._is_all_gone():
                # What others name stays; so does all that is not deleted there, with nothing in it.
                leaving = [one.wanted for one in wanting.leaving()]
                await sender.bring(leaving)
                self._tell_what_stays([one.ref for one in leaving], sender.answers)
        except (httpx.HTTPError, TimeoutError) as error:
            if not sender.has_written:
                raise
            if first not in noted:
                self._note(first, sender.answers, later(error, self.context.now))
            if then not in noted:
                self._note(then, sender.answers if first in noted else {}, later(error, self.context.now))
        return list(self._given(changes))

    async def _planned(self, changes: Sequence[Change]) -> list[dict[str, Any]]:
        """The appointments in the plan that is there, where nothing is known of it though it was sent; else none.

        What a series became can't be worked out from what is shown of it now, and may not be there any more.
        """
        plan = Ref("CarePlan", self.naming.urn("plan", ONE))
        is_lost = any(not isinstance(one, Changed) or one.reason == "again" for one in changes)
        if not is_lost or self.links.get(plan) is not None:
            return []
        found = await self.server.search(plan.type, [("identifier", f"{URIS}|{plan.value}")])
        ids = [
            one.rpartition("/")[2] for plan_ in found for one in _references(plan_.get("activity")) if _is_session(one)
        ]
        there: list[dict[str, Any]] = []
        for at in range(0, min(len(ids), MAX_SENT), LOOKED_UP):
            part = [("_id", ",".join(ids[at : at + LOOKED_UP])), ("_count", str(LOOKED_UP))]
            there += await self.server.search("Appointment", part)
        return there

    def _note(self, about: Sequence[About], answers: Mapping[Ref, Answer], missing: Answer) -> None:
        """What became of the resources of each change."""
        for one in about:
            answer = answers.get(one.wanted.ref, missing)
            is_shared = one.wanted.ref.type in _PLAN
            if isinstance(answer, Rejected) and (is_shared or not one.changes):
                self._tell(one.wanted.ref, answer)
            else:
                for change in one.changes:
                    self._answers.setdefault(change.key, []).append(answer)

    def _tell(self, ref: Ref, answer: Rejected) -> None:
        """What is of the whole journal, and not taken: without the person nothing goes, without the rest all else does."""
        if ref.type == _PERSON:
            raise PluginFailed(f"The record that all of it is about is not taken. Name one: `patient`. {answer.reason}")
        self.context.log(f"A {ref.type} is not taken there; all else goes on. {answer.reason}")

    def _tell_what_stays(self, refs: Sequence[Ref], answers: Mapping[Ref, Answer]) -> None:
        """Says what is not taken away though all of it was to be."""
        if self.context.state.get(KEEPS, False):
            self.context.log(
                "The server deletes nothing. What was sent is still there, written over as entered in error and without a word."
            )
        if stays := [ref.type for ref in refs if isinstance(answers.get(ref), Rejected)]:
            self.context.log(f"Not taken away there: {', '.join(stays)}, with an id and no word in it.")

    def _is_all_gone(self) -> bool:
        return self.known.is_empty and all(ref.type in {_PERSON, *_PLAN} for ref, _ in self.links.all())

    def _given(self, changes: Sequence[Change]) -> Iterator[Answer]:
        """One answer to each change: the first that is not done, else whether anything was sent."""
        state = self.context.state
        for change in changes:
            found = self._answers.get(change.key, [])
            done = Done(sent=any(isinstance(one, Done) and one.sent for one in found))
            answer = next((one for one in found if not isinstance(one, Done)), done)
            if not isinstance(answer, Later) and change.kind in _READ:
                name = f"base {change.kind} {change.id}"
                if isinstance(change, Changed):
                    state[name] = dict(change.base)
                else:
                    state.pop(name, None)
            yield answer


def _references(activities: object) -> Iterator[str]:
    for one in activities if isinstance(activities, list) else ():
        named = one.get("reference") if isinstance(one, Mapping) else None
        found = named.get("reference") if isinstance(named, Mapping) else None
        if isinstance(found, str):
            yield found


def _is_session(reference: str) -> bool:
    return re.search(r"(^|/)Appointment/[A-Za-z0-9\-.]{1,64}$", reference) is not None


def _beside(view: View) -> Around:
    """What a thing has around it where nothing else is known."""
    if isinstance(view, Measure):
        return around_of(JournalView(id="", goals=(Goal(id=view.goal, measure=view.id),), measures=(view,)))
    return around_of(JournalView(id="", goals=(view,) if isinstance(view, Goal) else ()))
