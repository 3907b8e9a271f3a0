"""Bringing tasks outside, one after the other, and taking them away; knows no view and no change.

A task is written over the version that was seen and no other. Where there is another (412), it is read, what was said
there is put together with what is to be said, and that is tried again.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec.structs import replace

from milepost.plugin_api import Answer, Context, Done, Later, PluginFailed, Rejected
from milepost_caldav.dav import Answer as Said
from milepost_caldav.dav import Dav, refused
from milepost_caldav.links import Link, Links, Sent
from milepost_caldav.merging import Merged, merged, said_there
from milepost_caldav.places import Places
from milepost_caldav.settings import CaldavSettings
from milepost_caldav.todos import Shown, Task, There, changed, made, read
from milepost_caldav.wanting import Wording, task_of, wording_for

TRIES = 5
MAX_SENT = 3
"""Versions on their way, besides the newest: each is one that failed, with another wanted since."""
_NEVER = {400, 413, 415, 422}
BUSY = Later("It is being changed there at this moment.")
_GONE = "A task was deleted there. What it is about stays, and is not sent there again."
UNTOUCHED = Done(sent=False)


class Sender:
    """One connection's way outside."""

    def __init__(self, context: Context[CaldavSettings]) -> None:
        settings = context.settings
        self.context = context
        self.links = Links(context)
        self.dav = Dav(context.http, settings.username, settings.password.reveal())
        self.places = Places(context, self.dav)
        self.wording = Wording(
            own=context.plain and "titles" in context.scopes,
            has_due=settings.due and "dates" in context.scopes,
            zone=context.time_zone,
        )
        self._listed: set[str] | None = None

    def task(self, link: Link) -> Task | None:
        """What a task is to be; it has the name of the version that is on its way, or of the next."""
        task = task_of(link, self.links, self.wording)
        if task is None:
            return None
        sent = link.sent[-1] if link.sent else None
        known = sent is not None and sent.shown == task.shown and sent.ours == task.ours
        return replace(task, revision=sent.revision if sent is not None and known else self.links.revision(link, task))

    def _wording(self, link: Link) -> Wording:
        return wording_for(link, self.links, self.wording)

    def prepare(self, link: Link, base: dict[str, str]) -> bool:
        """Notes what is about to leave; whether that must be stored before."""
        task = self.task(link)
        if task is None or link.gone or self._is_there(link, task):
            return False
        if not any(sent.revision == task.revision for sent in link.sent):
            link.sent = [*link.sent[-MAX_SENT:], Sent(task.shown, task.ours, task.revision, base)]
            link.count += 1
            self.links.keep(link)
        return True

    def _is_there(self, link: Link, task: Task) -> bool:
        """Whether that is what there is already, and nothing else is on its way."""
        return link.shown == task.shown and link.ours == task.ours and not link.sent

    async def bring(self, link: Link, base: dict[str, str]) -> Answer:
        """Has a task there as it is to be."""
        task = self.task(link)
        if task is None:
            return await self.take(link)
        if link.gone:
            return UNTOUCHED
        collection = await self.places.collection("tasks")
        if link.href and not link.href.startswith(collection):
            return await self._move(link, task, base, collection)
        if self._is_there(link, task):
            link.base = base
            self.links.keep(link)
            return UNTOUCHED
        there = None
        if link.shown is not None and not (link.own and link.etag):
            there = await self.see(link)
            if there is None and not link.leaving:
                return self.let_go(link)
            if there is None:
                link.forget_outside()
        return await self._write(link, task, base, there)

    async def _write(self, link: Link, task: Task, base: dict[str, str], there: There | None) -> Answer:
        url = self.links.url(link, await self.places.collection("tasks"))
        for _ in range(TRIES):
            said, put = await self._put(link, url, task, base, there)
            if said is None and there is not None:
                self._settle(link, url, replace(task, revision=there.revision), put, there.etag, there)
                return UNTOUCHED
            if said is None:
                continue
            if said.status == 412:
                there = await self.see(link)
                if there is None and link.shown is not None and not link.leaving:
                    return self.let_go(link)
                if there is None:
                    link.forget_outside()
                continue
            if said.status >= 400:
                return self.rejected(said)
            await self._put_down(link, url, task, put, there, said)
            return Done()
        return BUSY

    async def _put(
        self, link: Link, url: str, task: Task, base: dict[str, str], there: There | None
    ) -> tuple[Said | None, Merged]:
        """Writes once; what was said is None where it stands there as it should already."""
        uid = self.links.uid(link)
        if there is None or there.calendar is None:
            ours = Merged(task.shown, task.shown, unseen=False, base=base)
            etag = there.etag if there is not None else link.etag
            return await self.dav.put(url, made(uid, task), etag), ours
        put = merged(link, there, task.shown, base, self._wording(link))
        if link.shown is not None and there.shown == put.shown and link.ours == task.ours:
            return None, put
        whole = replace(task, shown=put.shown)
        if not task.has_due and (link.shown is None or link.shown.due):
            whole = replace(whole, has_due=True)  # it is shown there no more
        before = bytes(there.calendar.to_ical())
        if changed(there, uid, replace(whole, revision=there.revision)) == before:
            return None, put
        return await self.dav.put(url, changed(there, uid, whole), there.etag), put

    async def _put_down(self, link: Link, url: str, task: Task, put: Merged, there: There | None, said: Said) -> None:
        """Notes what was written, and in which version; a server that does not say it changed what it was given."""
        etag = said.headers.get("etag", "")
        if etag:
            self._settle(link, url, task, put, etag, there)
            return
        found = await self.see(link, url)
        if found is None or found.calendar is None:
            self._settle(link, url, task, put, "", found)
            return
        agreed = replace(found.shown, done=put.agreed.done)
        unseen = put.unseen or found.shown.done != put.shown.done
        agreed = put.agreed if put.unseen else agreed
        self._settle(link, url, task, replace(put, agreed=agreed, unseen=unseen), found.etag, found)

    def _settle(self, link: Link, url: str, task: Task, put: Merged, etag: str, there: There | None) -> None:
        link.href, link.etag, link.own = url, "" if put.unseen else etag, there is None
        link.shown, link.base = put.agreed, put.base
        link.ours, link.revision = task.ours, task.revision
        link.sent, link.gone, link.leaving = [], False, False
        self.links.keep(link)

    async def _move(self, link: Link, task: Task, base: dict[str, str], collection: str) -> Answer:
        """Another collection is to be used now: it is put there, with what was said in the old one, and goes here."""
        old, there = link.href, None
        if urlsplit(old).netloc == urlsplit(collection).netloc:
            there = await self.see(link)
        known = replace(link)
        link.forget_outside()
        if there is not None and there.calendar is not None:
            known.href = ""
            put = merged(known, there, task.shown, base, self._wording(link))
            link.shown = None
        else:
            put = Merged(task.shown, task.shown, unseen=False, base=base)
        link.sent = known.sent
        answer = await self._write(link, replace(task, shown=put.shown), base, None)
        if not isinstance(answer, Done):
            return answer
        if there is not None and (await self.dav.delete(old, there.etag)).status == 412:
            self.links.keep(known)
            return BUSY
        if put.unseen:
            link.shown, link.base, link.etag = put.agreed, put.base, ""
            self.links.keep(link)
        return answer

    async def see(self, link: Link, url: str = "") -> There | None:
        """What is there of a task, with its version; None where it is not there."""
        url = url or self.links.url(link, await self.places.collection("tasks"))
        said = await self.dav.get(url)
        etag = said.headers.get("etag", "")
        if said.status < 400 and not etag:
            told = await self.dav.properties(url, ["d:getetag"])
            etag = next((one.text("d:getetag") for one in told.found.values()), "")
            if not etag:
                raise PluginFailed(
                    "The calendar server names no versions (ETag), so nothing can be changed there safely."
                )
            said = await self.dav.get(url)
        if said.status >= 400:
            return None
        found = read(said.body, self.links.uid(link), self.wording.zone)
        if found is None:  # what can't be read says nothing
            return There(calendar=None, shown=Shown(), revision="", completed_at=None, etag=etag)
        return replace(found, etag=etag)

    async def take(self, link: Link, *, moot: bool = False) -> Answer:
        """Takes a task away; `moot`: whatever was said there meanwhile.

        One that was completed there meanwhile stays until that was taken in.
        """
        url = link.href
        if not url:
            collection = await self.places.collection("tasks", make=False)
            known = bool(link.sent) or link.shown is not None
            if not collection or (not known and not await self.listed([link])):
                return self._taken(link, moot=moot, sent=False)
            url = self.links.url(link, collection)
        if link.gone or urlsplit(url).hostname not in self.hosts:
            return self._taken(link, moot=moot, sent=False)
        etag = link.etag
        for _ in range(TRIES):
            if not etag:
                there = await self.see(link, url)
                if there is None:
                    return self._taken(link, moot=moot, sent=False)
                if not moot and there.calendar is not None and self._is_completed_unseen(link, there):
                    link.etag, link.href, link.leaving = "", url, False
                    self.links.keep(link)
                    return UNTOUCHED
                etag = there.etag
            await self.note_leaving(link)
            said = await self.dav.delete(url, etag)
            if said.status != 412:
                return self._taken(link, moot=moot, sent=True)
            etag = ""
        return BUSY

    async def note_leaving(self, link: Link) -> None:
        """Stores that we take it away: where the answer is lost, it is not somebody else who did."""
        link.leaving = True
        self.links.keep(link)
        await self.context.state.save()

    @property
    def hosts(self) -> Sequence[str]:
        """The one server that is asked."""
        return [urlsplit(self.context.settings.base).hostname or ""]

    async def listed(self, links: Sequence[Link]) -> list[Link]:
        """Those that are there, of what nothing is known of; the collection is listed once for all such."""
        collection = await self.places.collection("tasks", make=False)
        if self._listed is None and collection and links:
            told = await self.dav.properties(collection, ["d:getetag"], depth="1")
            self._listed = set(told.found)
        there = self._listed or ()
        return [link for link in links if self.links.url(link, collection) in there]

    def _is_completed_unseen(self, link: Link, there: There) -> bool:
        said = said_there(link, there, self._wording(link))
        return said is not None and said.done and not (link.shown is not None and link.shown.done)

    def _taken(self, link: Link, *, moot: bool, sent: bool) -> Answer:
        if moot:
            self.links.drop(link)
        elif not link.gone:
            link.forget_outside()
            self.links.keep(link)
        return Done(sent=sent)

    def let_go(self, link: Link) -> Answer:
        """Somebody deleted it there: it is not put there again."""
        if link.leaving:
            link.forget_outside()
            self.links.keep(link)
            return UNTOUCHED
        self.context.log(_GONE)
        link.gone, link.sent, link.etag = True, [], ""
        self.links.keep(link)
        return UNTOUCHED

    def rejected(self, said: Said) -> Answer:
        """What an answer to what was written means.

        Raises:
            PluginFailed, httpx.HTTPStatusError: it is not the task's fault.

        """
        if said.status in {403, 409} and b"no-uid-conflict" in said.body:
            return Rejected("Something else there has its name already: delete one of the two there, then retry.")
        if said.status in {404, 409, 410}:
            raise PluginFailed(
                "The collection is not there any more. `milepost connection withdraw` and `resume` begin anew."
            )
        if said.status in _NEVER:
            return Rejected(f"The calendar server does not take it ({said.status}).")
        raise refused(said, "PUT")
