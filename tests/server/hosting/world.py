"""An outside that keeps what it is given, and a connector to it: what a service would have, as one dictionary."""

import sys
import types
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Annotated, Any

from msgspec import Meta, Struct

from milepost.plugin_api import (
    Answer,
    Change,
    Changed,
    Connector,
    Context,
    Done,
    Entry,
    Inbox,
    InboxContext,
    Later,
    NewEntry,
    Notifier,
    Rejected,
    Reply,
    Request,
    Secret,
    hookimpl,
    plain,
)


class World:
    """Everything outside: things by (kind, id), every request with its key, and how it behaves."""

    def __init__(self) -> None:
        self.things: dict[tuple[str, str], dict[str, Any]] = {}
        self.requests: list[tuple[str, str, str, str]] = []
        self.entries: list[Entry] = []
        self.bases: dict[tuple[str, str], dict[str, str]] = {}
        self.behave: Callable[[Change], Answer | None] = lambda _: None
        self.raises: BaseException | None = None

    def take(self, change: Change) -> Answer:
        if self.raises is not None:
            raise self.raises
        answer = self.behave(change) or Done()
        self.requests.append((type(answer).__name__, change.kind, change.id, change.key))
        if isinstance(answer, Done):
            if isinstance(change, Changed):
                self.bases[change.kind, change.id] = dict(change.base)
                self.things[change.kind, change.id] = plain(change.view)
            else:
                self.things.pop((change.kind, change.id), None)
        return answer


class Settings(Struct, frozen=True, kw_only=True):
    url: Annotated[str, Meta(description="Where to.")] = "http://outside.example"
    token: Annotated[Secret, Meta(description="The key.")] = Secret("planted-secret")


def connector(world: World, **attributes: Any) -> type[Connector[Settings]]:
    """A connector class to a world; `attributes` are set on it."""

    class ToWorld(Connector[Settings]):
        name = "world"
        title = "Keeps what it is given"
        settings = Settings

        def hosts(self, settings: Settings) -> Sequence[str]:
            return ["outside.example"]

        async def push(self, changes: Sequence[Change], context: Context[Settings]) -> Sequence[Answer]:
            answers: list[Answer] = []
            for change in changes:
                answers.append(world.take(change))
                if isinstance(answers[-1], Later) and self.delivery == "each":
                    break
            return answers

    for name, value in attributes.items():
        setattr(ToWorld, name, value)
    return ToWorld


def two_way(world: World, **attributes: Any) -> type[Connector[Settings]]:
    """The same, which also gives what there is in `world.entries`."""

    class BothWays(connector(world, **attributes)):  # type: ignore[misc]
        async def pull(self, context: Context[Settings]) -> Sequence[Entry]:
            entries, world.entries = world.entries, []
            return entries

    return BothWays


class Box(Inbox[Settings]):
    name = "box"
    title = "Takes in numbers"
    settings = Settings

    def receive(self, request: Request, context: InboxContext[Settings]) -> Reply:
        if request.headers.get("x-token") != context.settings.token.reveal():
            return Reply(status=401, body=b"no")
        goal = context.view.goals[0].id
        name, _, value = request.body.decode().partition("=")
        fields = {"subject": goal, "on": "2027-01-15", "value": int(value)}
        return Reply(body=b"yes", entries=(NewEntry(kind="checkin", external_id=name, fields=fields),))


def points(**modules: dict[str, Any]) -> list[metadata.EntryPoint]:
    """Entry points of made-up plugins: name → what its module has."""
    found = []
    for name, content in modules.items():
        module = types.ModuleType(f"made_up_{name}")
        vars(module).update(content)
        sys.modules[module.__name__] = module
        found.append(metadata.EntryPoint(name, module.__name__, "milepost.plugins"))
    return found


def bringing(*classes: type) -> dict[str, Any]:
    """A module that brings classes of any kind that can be connected to."""
    kinds = {"milepost_connectors": Connector, "milepost_inboxes": Inbox, "milepost_notifiers": Notifier}
    module: dict[str, Any] = {}
    for hook, base in kinds.items():
        of_kind = [cls for cls in classes if issubclass(cls, base)]
        if of_kind:
            module[hook] = hookimpl(_named(hook, of_kind))
    return module


def _named(hook: str, classes: list[type]) -> Any:
    def brought() -> list[type]:
        return classes

    brought.__name__ = hook
    return brought


REJECT = Rejected("it is too round")
