"""One push: each change into the tasks and sessions that it is about, and what becomes of those into one answer."""

from collections.abc import Sequence
from datetime import date, timedelta

from milepost.plugin_api import Answer, Change, Changed, Done, Goal, Milestone, Practice, Series, Session
from milepost_caldav.links import Link, Want
from milepost_caldav.sending import UNTOUCHED, Sender
from milepost_caldav.sending_sessions import SessionSender
from milepost_caldav.todos import clean, zone_of
from milepost_caldav.wanting import DAYS, days_of, sitting_of, want_of

KEPT_DAYS = 60
"""So long after a day of a practice is over, it counts if it is completed late."""
LOOKED_BACK = 400
"""Days before today that are looked for where nothing is known of a practice any more."""


class Turn:
    """The changes of one call. What is about to leave is prepared for all of them, and stored once."""

    def __init__(self, sender: Sender) -> None:
        self._sender, self._sessions, self._links = sender, SessionSender(sender), sender.links
        self._zone = sender.context.time_zone
        self._today = sender.context.now.astimezone(zone_of(self._zone)).date()
        self._steps: dict[str, set[str]] = {}
        self._told: set[str] = set()
        for link in self._links.all("milestone"):
            self._note_step(link)

    def _note_step(self, link: Link) -> None:
        if link.want is not None:
            self._steps.setdefault(link.want.goal, set()).add(link.id)

    def prepare(self, changes: Sequence[Change]) -> bool:
        """Notes what is wanted; whether something is about to leave."""
        self._told = {change.id for change in changes}
        leaves = [self._prepared(change) for change in changes if isinstance(change, Changed)]
        return any(leaves)

    def _prepared(self, change: Changed) -> bool:
        view = change.view
        if isinstance(view, Practice):
            leaves = [self._sender.prepare(link, {}) for link in self._days(view)]
            return any(leaves)
        if not isinstance(view, Goal | Milestone):
            return False
        link = self._links.at(change.kind, change.id)
        link.want = want_of(view, self._zone)
        self._links.keep(link)
        if isinstance(view, Milestone):
            self._note_step(link)
            return self._sender.prepare(link, dict(change.base))
        leaves = [self._sender.prepare(link, dict(change.base))]
        leaves += [self._sender.prepare(step, step.base) for step in self._steps_of(change.id)]
        return any(leaves)

    def _steps_of(self, goal: str) -> list[Link]:
        """The steps of a goal that no change is about, and were there before: they look different when it does."""
        found = (self._links.get("milestone", step) for step in sorted(self._steps.get(goal, set()) - self._told))
        return [link for link in found if link is not None]

    def _days(self, view: Practice) -> list[Link]:
        """The days of a practice that are to be there."""
        links = []
        for day in days_of(view, self._today):
            link = self._links.at("practice", view.id, day)
            link.want = Want(title=clean(view.title or ""), changed_ms=view.changed_ms)
            link.ended = False
            self._links.keep(link)
            links.append(link)
        return links

    async def bring(self, change: Change) -> Answer:
        """Has outside what a change says."""
        if change.kind == "practice":
            return await self._practice(change)
        if change.kind == "series":
            return await self._series(change)
        if change.kind == "session":
            return await self._session(change)
        link = self._links.at(change.kind, change.id)
        if not isinstance(change, Changed):
            return await self._sender.take(link, moot=True)
        answers = [await self._sender.bring(link, dict(change.base))]
        if change.kind == "goal":
            for step in self._steps_of(change.id):
                if not isinstance(answers[-1], Done):
                    break
                answers.append(await self._sender.bring(step, step.base))
        return _all_of(answers)

    async def _practice(self, change: Change) -> Answer:
        view = change.view if isinstance(change, Changed) else None
        wanted = self._days(view) if isinstance(view, Practice) else []
        days = {link.day for link in wanted}
        known = [*self._links.all("practice", change.id), *await self._unknown(change.id)]
        answers: list[Answer] = []
        for link in known:
            if link.day not in days:
                answers.append(await self._end(link, moot=view is None))
            if answers and not isinstance(answers[-1], Done):
                return answers[-1]
        self._links.note_looked_for(practice=change.id, still=view is not None)
        for link in wanted:
            answers.append(await self._sender.bring(self._links.at("practice", change.id, link.day), {}))
            if not isinstance(answers[-1], Done):
                break
        return _all_of(answers)

    async def _unknown(self, practice: str) -> list[Link]:
        """Days of a practice that are there though nothing is known of them: what was known is lost."""
        if self._links.is_looked_for(practice):
            return []
        first = self._today - timedelta(days=LOOKED_BACK)
        days = [(first + timedelta(days=at)).isoformat() for at in range(LOOKED_BACK + DAYS)]
        links = [self._links.at("practice", practice, day) for day in days]
        return await self._sender.listed([link for link in links if not link.href and link.shown is None])

    async def _end(self, link: Link, *, moot: bool) -> Answer:
        """Takes a day away; what it came to is kept for a while."""
        if not link.ended or link.href:
            answer = await self._sender.take(link, moot=moot)
            if moot or not isinstance(answer, Done) or (link.href and not link.gone):
                return answer
            link.ended = True
            link.forget_outside()
            self._links.keep(link)
            return answer
        if moot or date.fromisoformat(link.day) < self._today - timedelta(days=KEPT_DAYS):
            self._links.drop(link)
        return UNTOUCHED

    async def _series(self, change: Change) -> Answer:
        link = self._links.at("series", change.id)
        view = change.view if isinstance(change, Changed) else None
        link.main = sitting_of(view) if isinstance(view, Series) else None
        if link.main is None:
            answer = await self._sessions.take(link)
            self._links.drop(link)
            return answer
        self._links.keep(link)
        return await self._sessions.bring(link)

    async def _session(self, change: Change) -> Answer:
        view = change.view if isinstance(change, Changed) else None
        sitting = sitting_of(view) if isinstance(view, Session) else None
        series = view.series if isinstance(view, Session) and sitting is not None and sitting.original else None
        answers: list[Answer] = []
        for link in list(self._links.all("series")):
            if change.id in link.others and link.id != series:
                del link.others[change.id]
                self._links.keep(link)
                answers.append(await self._sessions.bring(link))
        if series is not None and sitting is not None:
            link = self._links.at("series", series)
            link.others[change.id] = sitting
            self._links.keep(link)
            if link.main is not None:
                answers.append(await self._sessions.bring(link))
            return _all_of(answers)
        link = self._links.at("session", change.id)
        link.main = sitting
        if sitting is None:
            if not answers or link.href:
                answers.append(await self._sessions.take(link))
            self._links.drop(link)
            return _all_of(answers)
        self._links.keep(link)
        answers.append(await self._sessions.bring(link))
        return _all_of(answers)


def _all_of(answers: Sequence[Answer]) -> Answer:
    """One answer for several: the first that is not done, else whether anything was sent."""
    other = next((one for one in answers if not isinstance(one, Done)), None)
    return other or Done(sent=any(isinstance(one, Done) and one.sent for one in answers))
