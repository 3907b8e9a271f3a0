"""The connector: goals, steps and the next days of practices as tasks, sessions as events; and what is done there, back."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
from msgspec.structs import replace

from milepost.plugin_api import (
    Answer,
    Change,
    Changed,
    Connector,
    Context,
    Entry,
    Later,
    Milestone,
    Practice,
    Series,
    Session,
    View,
    retry_after_s,
)
from milepost_caldav.looking import Collection
from milepost_caldav.places import COMPONENT, Use
from milepost_caldav.sending import Sender
from milepost_caldav.settings import CaldavSettings
from milepost_caldav.taking_in import Said, TakingIn
from milepost_caldav.todos import clean, read, zone_of
from milepost_caldav.turn import Turn
from milepost_caldav.wanting import sitting_of

SESSIONS = frozenset({"session", "series"})


class Caldav(Connector[CaldavSettings]):
    """A task for each goal, step and day of a practice; an event for each session."""

    name = "caldav"
    title = (
        "Goals, steps and practices as tasks in a calendar of your own server, sessions as appointments; done ones back"
    )
    settings = CaldavSettings
    kinds = frozenset({"goal", "milestone", "practice", "series", "session"})
    defaults = frozenset({"titles", "dates"})
    batch = 100
    timeout_s = 300.0
    _zone = "UTC"

    def hosts(self, settings: CaldavSettings) -> Sequence[str]:
        return [urlsplit(settings.url).hostname or ""]

    async def check(self, context: Context[CaldavSettings]) -> str:
        places = Sender(context).places
        there = await places.all(await places.home())
        uses: tuple[Use, ...] = ("tasks", "appointments")
        found = {use: await places.collection(use, make=False) for use in uses}
        words = [f"the collection for {use} is {'there' if found[use] else 'to be made'}" for use in uses]
        takes = sum(one.takes("tasks") for one in there)
        return f"The server answers; {len(there)} collections are there, {takes} for tasks; {', '.join(words)}."

    def preview(self, change: Change, settings: CaldavSettings) -> str:
        if not isinstance(change, Changed):
            return f"{change.kind}: taken away, if it is there"
        view = change.view
        if isinstance(view, Session | Series):
            sitting = sitting_of(view)
            return f"{COMPONENT['appointments']} {dict(sitting.start)}" if sitting else "nothing"
        title = clean(getattr(view, "title", "") or view.__class__.__name__)
        due = f", due {view.due_day}" if settings.due and isinstance(view, Milestone) and view.due_day else ""
        days = ", one for each of the next days" if isinstance(view, Practice) else ""
        return f"{COMPONENT['tasks']} {title!r}{due}{days}, {getattr(view, 'status', '')}"

    def wake(self, view: View, now: datetime) -> datetime | None:
        if not isinstance(view, Practice) or view.status != "active":
            return None
        tomorrow = now.astimezone(zone_of(self._zone)).date() + timedelta(days=1)
        midnight = datetime.combine(tomorrow, datetime.min.time(), zone_of(self._zone)).astimezone(UTC)
        return max(midnight, now + timedelta(minutes=1))

    async def push(self, changes: Sequence[Change], context: Context[CaldavSettings]) -> Sequence[Answer]:
        self._zone = context.time_zone
        turn = Turn(Sender(context))
        if turn.prepare(changes):
            await context.state.save()
        answers: list[Answer] = []
        for change in changes:
            try:
                answers.append(await turn.bring(change))
            except (httpx.HTTPError, TimeoutError) as error:
                if not answers:
                    raise
                answers.append(_later(error, context.now))
            if isinstance(answers[-1], Later):
                break
        return answers

    async def pull(self, context: Context[CaldavSettings]) -> Sequence[Entry]:
        sender = Sender(context)
        url = sender.places.known("tasks")
        if not url:
            return []
        links = {sender.links.url(link, url): link for link in sender.links.all()}
        links = {at: link for at, link in links.items() if at.startswith(url) and link.kind not in SESSIONS}
        collection = Collection(context, sender.dav, url)
        looked = await collection.look([at for at, link in links.items() if link.shown is not None and not link.gone])
        asked = [at for at, etag in looked.changed.items() if at in links and (not etag or etag != links[at].etag)]
        asked += [at for at in looked.gone if at in links and not links[at].gone]
        found: list[Said] = []
        for at, body in (await collection.bodies(asked)).items():
            link = links[at]
            if not body.text:
                if link.shown is not None and not link.gone:
                    sender.let_go(link)
            elif body.etag != link.etag:
                there = read(body.text, sender.links.uid(link), context.time_zone)
                if there is None:
                    context.log("A task there can't be read as one; it is left alone.")
                    continue
                link.href = at
                found.append(Said(link, replace(there, etag=body.etag)))
        return TakingIn(sender.links, sender.wording, context.now).entries(found)


def _later(error: Exception, now: datetime) -> Later:
    if isinstance(error, httpx.HTTPStatusError):
        return Later(str(error), retry_after_s(error.response.headers.get("retry-after", ""), now))
    return Later(str(error) or "The calendar server took too long.")
