"""Connectors that each do one thing wrong, and a good one that they are made from."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar

import httpx
import msgspec
from msgspec import Meta, Struct

from milepost.plugin_api import (
    Answer,
    Change,
    Changed,
    Connector,
    Context,
    Done,
    Entry,
    InvalidInput,
    Later,
    NewEntry,
    Rejected,
    Secret,
    View,
    plain,
)


class Settings(Struct, frozen=True, kw_only=True):
    host: Annotated[str, Meta(description="Where it is.")]
    token: Annotated[Secret, Meta(description="What lets one in.")]


class Good(Connector[Settings]):
    name = "good"
    title = "Good"
    settings = Settings

    def hosts(self, settings: Settings) -> Sequence[str]:
        return [settings.host]

    async def check(self, context: Context[Settings]) -> str:
        (await context.http.get(f"https://{context.settings.host}/")).raise_for_status()
        return "it answers"

    async def push(self, changes: Sequence[Change], context: Context[Settings]) -> Sequence[Answer]:
        return [await self.bring(change, context) for change in changes]

    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        if isinstance(change, Changed):
            answer = await context.http.put(self.address(change, context), json=plain(change.view))
        else:
            answer = await context.http.delete(self.address(change, context))
            if answer.status_code == 404:
                return Done()
        answer.raise_for_status()
        return Done()

    def address(self, change: Change, context: Context[Settings]) -> str:
        return f"https://{context.settings.host}/{change.kind}/{uuid.uuid5(uuid.UUID(context.connection), change.id)}"

    async def pull(self, context: Context[Settings]) -> Sequence[Entry]:
        listed = await context.http.get(f"https://{context.settings.host}/new/")
        listed.raise_for_status()
        found: list[Entry] = []
        for at in listed.json():
            answer = await context.http.get(f"https://{context.settings.host}{at}")
            answer.raise_for_status()
            found.append(NewEntry(kind="topic", external_id=at, fields={"text": answer.text}))
        return found


class RemembersWhatItMade(Good):
    """Ids outside are those that the service gave; what was made is found again by a marker, and noted before."""

    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        context.state[change.id] = change.key
        await context.state.save()
        return await super().bring(change, context)


class SaysEach(Good):
    delivery = "each"

    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        said = {"kind": change.kind, "is": type(change).__name__, "view": plain(getattr(change, "view", None))}
        headers = {"webhook-id": change.key}
        answer = await context.http.post(f"https://{context.settings.host}/hook", json=said, headers=headers)
        answer.raise_for_status()
        return Done()

    async def pull(self, context: Context[Settings]) -> Sequence[Entry]:
        return await super().pull(context)


class Local(Good):
    def hosts(self, settings: Settings) -> Sequence[str]:
        return [settings.host.partition(":")[0]]

    def address(self, change: Change, context: Context[Settings]) -> str:
        return super().address(change, context).replace("https:", "http:")

    async def check(self, context: Context[Settings]) -> str:
        (await context.http.get(f"http://{context.settings.host}/")).raise_for_status()
        return "it answers"


class DoesItTwice(Good):
    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        if isinstance(change, Changed):
            await context.http.post(f"https://{context.settings.host}/things", json=plain(change.view))
        return Done()


class DoesItTwiceIfItForgets(Good):
    def address(self, change: Change, context: Context[Settings]) -> str:
        made = context.state.setdefault(change.id, str(uuid.uuid4()))
        return f"https://{context.settings.host}/{change.kind}/{made}"


class RejectsFaults(Good):
    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        try:
            return await super().bring(change, context)
        except httpx.HTTPError as error:
            return Rejected(str(error))


class SaysDoneAllTheSame(Good):
    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        try:
            return await super().bring(change, context)
        except httpx.HTTPError:
            return Done()


class NotesBeforeItIsDone(Good):
    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        if context.state.get(change.key):
            return Done()
        context.state[change.key] = True
        await context.state.save()
        return await super().bring(change, context)


class GoesOnWhenCutShort(Good):
    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        try:
            return await super().bring(change, context)
        except asyncio.CancelledError:
            return Later()


class LeavesThings(Good):
    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        return await super().bring(change, context) if isinstance(change, Changed) else Done()


class FailsOnWhatIsGone(Good):
    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        if isinstance(change, Changed):
            return await super().bring(change, context)
        (await context.http.delete(self.address(change, context))).raise_for_status()
        return Done()


class SaysWithheld(Good):
    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        if isinstance(change, Changed):
            await context.http.put(self.address(change, context), content=msgspec.json.encode(change.view))
        return Done()


class KeepsOldWords(Good):
    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        if isinstance(change, Changed) and context.state.get(change.id):
            await context.http.patch(self.address(change, context), json=plain(change.view))
            return Done()
        context.state[change.id] = True
        return await super().bring(change, context)


class KnowsAllEvents(Good):
    known: ClassVar[dict[str, int]] = {}

    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        if isinstance(change, Changed) and change.event is not None:
            self.known[change.event.type]
        return await super().bring(change, context)


class Strays(Good):
    async def check(self, context: Context[Settings]) -> str:
        await context.http.get("https://elsewhere.example/")
        return "fine"


class DeclaresAnAddress(Good):
    def hosts(self, settings: Settings) -> Sequence[str]:
        return [f"https://{settings.host}/"]


class LogsItsToken(Good):
    async def check(self, context: Context[Settings]) -> str:
        context.log(f"asking with {context.settings.token.reveal()}")
        return "fine"


class LogsItsTokenElsewhere(Good):
    async def check(self, context: Context[Settings]) -> str:
        logging.getLogger("plugin").debug("asking with %s", context.settings.token.reveal())
        return "fine"


class RaisesItsToken(Good):
    async def bring(self, change: Change, context: Context[Settings]) -> Answer:
        try:
            return await super().bring(change, context)
        except httpx.HTTPError as error:
            raise InvalidInput(f"not with {context.settings.token.reveal()}") from error


class ChecksByWriting(Good):
    async def check(self, context: Context[Settings]) -> str:
        await context.http.put(f"https://{context.settings.host}/check", content=b"hello")
        return "fine"


class FindsAllWell(Good):
    async def check(self, context: Context[Settings]) -> str:
        with contextlib.suppress(httpx.HTTPError):
            await super().check(context)
        return "all well"


class PreviewsItsToken(Good):
    def preview(self, change: Change, settings: Settings) -> str:
        del change
        return f"Authorization: {settings.token.reveal()}"


class WakesAtOnce(Good):
    def wake(self, view: View, now: datetime) -> datetime | None:
        del view
        return now


class AnswersTooLittle(Good):
    async def push(self, changes: Sequence[Change], context: Context[Settings]) -> Sequence[Answer]:
        return (await super().push(changes, context))[1:]


class AnswersAnything(Good):
    async def push(self, changes: Sequence[Change], context: Context[Settings]) -> Sequence[Any]:
        await super().push(changes, context)
        return [True for _ in changes]


class ForgetsWhatCameIn(Good):
    async def pull(self, context: Context[Settings]) -> Sequence[Entry]:
        if context.state.get("looked"):
            return ()
        context.state["looked"] = True
        await context.state.save()
        return await super().pull(context)


class TakesHalf(Good):
    async def pull(self, context: Context[Settings]) -> Sequence[Entry]:
        try:
            return await super().pull(context)
        except httpx.HTTPError:
            return ()


class BringsNonsense(Good):
    async def pull(self, context: Context[Settings]) -> Sequence[Entry]:
        del context
        return [NewEntry(kind="topic", external_id="1", fields={"words": "no such field"})]
