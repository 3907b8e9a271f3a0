"""An example plugin: milestones as to-dos in a list elsewhere, and their completion back.

Theory of operation
-------------------
What a to-do is called and when it is due is the journal's to say; whether it is done can be said on either side. So that
each side knows what the other has seen, `context.state` has a *link* for each milestone:

    body   what a to-do was when it was last the same here and there
    etag   the version that it has there
    base   what the journal had at that moment, as the host gave it: handed back when something comes in
    sent   what is about to be put there, stored before it is: a to-do like this one is our own echo
    gone   somebody there deleted it: it is let go of, and nothing is put there again

A to-do is only ever written over a version that was seen (`If-Match`). Whatever else goes wrong raises, and the host
sends it again.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
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
    Milestone,
    Rejected,
    Revision,
    Secret,
    View,
    hookimpl,
)

milepost_api = (1, 1)
"""The versions of the plugin API that this works with."""

Body = dict[str, Any]
Link = dict[str, Any]
SHOWN = ("title", "due", "done")


class Settings(Struct, frozen=True, kw_only=True):
    """What somebody sets when they connect a journal."""

    url: Annotated[str, Meta(description="Where the list is, as in https://todo.example.")]
    token: Annotated[Secret, Meta(description="The token of the list.")]


class TodoConnector(Connector[Settings]):
    """One to-do for each milestone that is not dropped."""

    name = "todo"
    title = "Milestones as to-dos in a list elsewhere, and done ones back"
    settings = Settings
    kinds = frozenset({"milestone"})
    defaults = frozenset({"titles", "dates"})

    def hosts(self, settings: Settings) -> Sequence[str]:
        if (host := urlsplit(settings.url).hostname) is None:
            raise InvalidInput("`url` has no host in it: give an address like https://todo.example.")
        return [host]

    async def check(self, context: Context[Settings]) -> str:
        return f"The list answers; it has {len(await List(context).all())} to-dos."

    def preview(self, change: Change, settings: Settings) -> str:  # noqa: ARG002 - it is the same for each list
        body = body_of(change.view) if isinstance(change, Changed) else None
        return "no to-do" if body is None else f"to-do {body['title']!r}, due {body['due']}, done: {body['done']}"

    async def push(self, changes: Sequence[Change], context: Context[Settings]) -> Sequence[Answer]:
        todos, answers = List(context), list[Answer]()
        for change in changes:
            body = body_of(change.view) if isinstance(change, Changed) else None
            if isinstance(change, Changed) and body is not None:
                answers.append(await bring(change, body, todos, context))
            else:
                await todos.delete(change.id)
                context.state.pop(change.id, None)
                answers.append(Done())
        return answers

    async def pull(self, context: Context[Settings]) -> Sequence[Entry]:
        todos, entries = await List(context).all(), list[Entry]()
        for milestone, link in list(context.state.items()):
            if "body" not in link:
                continue  # it was never there as far as is known, or it is let go of
            todo = todos.get(outside_id(context, milestone))
            if todo is None:
                let_go(context, milestone)
            elif shown(todo) == link.get("sent"):
                settle(context, milestone, link, todo)  # our own echo: only the answer was lost
            elif todo["done"] != link["body"]["done"]:
                status = "reached" if todo["done"] else "planned"
                entries.append(Revision(kind="milestone", id=milestone, fields={"status": status}, base=link["base"]))
                settle(context, milestone, link, todo)
        return entries


def body_of(view: View) -> Body | None:
    """The to-do for a milestone, None for a dropped one. What is withheld is neutral, or left out."""
    if not isinstance(view, Milestone) or view.status == "dropped":
        return None
    return {"title": view.title or "Milestone", "due": view.due_day, "done": view.status == "reached"}


async def bring(change: Changed, body: Body, todos: "List", context: Context[Settings]) -> Answer:
    """Makes a to-do as a milestone is."""
    link: Link = dict(context.state.get(change.id, {}))
    if link.get("gone"):
        return Done(sent=False)
    if link.get("body") == body and "sent" not in link:
        context.state[change.id] = {**link, "base": dict(change.base)}  # it is so already: an echo of what came in
        return Done(sent=False)
    context.state[change.id] = {**link, "sent": body}
    await context.state.save()
    answer = await todos.put(change.id, body, link.get("etag"))
    if answer.status_code == 412:
        return await bring_over(change, body, link, todos, context)
    return note(answer, change, body, context)


async def bring_over(change: Changed, body: Body, link: Link, todos: "List", context: Context[Settings]) -> Answer:
    """The same where the to-do there is not the one that was last seen. Was it us, or somebody there?"""
    todo = await todos.one(change.id)
    if todo is None:
        let_go(context, change.id)
        return Done(sent=False)
    if shown(todo) == body:  # us: only the answer was lost
        context.state[change.id] = {"body": body, "etag": todo["etag"], "base": dict(change.base)}
        return Done()
    known, agreed = link.get("body", body), body
    if todo["done"] != known["done"] and shown(todo) != link.get("sent"):
        # Done there meanwhile: that stays, and as the link says otherwise, `pull` brings it in.
        body, agreed = {**body, "done": todo["done"]}, {**body, "done": known["done"]}
    answer = await todos.put(change.id, body, todo["etag"])
    if answer.status_code == 412:
        return Later("It is being changed there at this moment.")
    return note(answer, change, agreed, context)


def note(answer: httpx.Response, change: Changed, body: Body, context: Context[Settings]) -> Answer:
    """What the list said, and the link if it is there now."""
    if answer.status_code == 422:
        return Rejected("The list does not take it.")
    answer.raise_for_status()
    context.state[change.id] = {"body": body, "etag": answer.headers["etag"], "base": dict(change.base)}
    return Done()


def let_go(context: Context[Settings], milestone: str) -> None:
    """What was deleted there stays in the journal, and is not put there again."""
    context.log("A to-do was deleted there. Its milestone stays, and is not sent there again.")
    context.state[milestone] = {"gone": True}


def settle(context: Context[Settings], milestone: str, link: Link, todo: Mapping[str, Any]) -> None:
    """Notes that what is there is known here."""
    context.state[milestone] = {"body": shown(todo), "etag": todo["etag"], "base": link["base"]}


def shown(todo: Mapping[str, Any]) -> Body:
    """A to-do without its version."""
    return {name: todo[name] for name in SHOWN}


def outside_id(context: Context[Settings], milestone: str) -> str:
    """The same for the same milestone, whenever it is sent, and unlike any of another connection."""
    return str(uuid.uuid5(uuid.UUID(context.connection), milestone))


class List:
    """The list, as far as this needs it."""

    def __init__(self, context: Context[Settings]) -> None:
        self._context = context
        self._url = f"{context.settings.url.rstrip('/')}/todos"
        self._headers = {"Authorization": f"Bearer {context.settings.token.reveal()}"}

    async def all(self) -> dict[str, Any]:
        """Every to-do by its id."""
        answer = await self._context.http.get(self._url, headers=self._headers)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def one(self, milestone: str) -> dict[str, Any] | None:
        """A milestone's to-do, if there is one."""
        answer = await self._context.http.get(self._at(milestone), headers=self._headers)
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def put(self, milestone: str, body: Body, etag: str | None) -> httpx.Response:
        """Writes over the version that was seen, or where there is none yet."""
        seen = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        return await self._context.http.put(self._at(milestone), json=body, headers={**self._headers, **seen})

    async def delete(self, milestone: str) -> None:
        """Takes it away; where it is not there, that is well."""
        answer = await self._context.http.delete(self._at(milestone), headers=self._headers)
        if answer.status_code != 404:
            answer.raise_for_status()

    def _at(self, milestone: str) -> str:
        return f"{self._url}/{outside_id(self._context, milestone)}"


@hookimpl
def milepost_connectors() -> Sequence[type[Connector[Any]]]:
    """The services that this plugin carries journals to."""
    return [TodoConnector]
