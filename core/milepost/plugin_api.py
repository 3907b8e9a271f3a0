"""All that a plugin needs, and all that it may use: kinds of plugins, hooks, and the views that they are given.

A plugin is a Python package with an entry point in the group `milepost.plugins` that names a module; functions in it
marked `@hookimpl` are its hooks. `API_VERSION` grows when something here changes in a way that plugins notice; what is
to go away warns for at least one minor version first.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import pluggy
from msgspec import Struct

from milepost.errors import MilepostError, PluginFailed
from milepost.views.checkins import Checkin
from milepost.views.entities import (
    Goal,
    Measure,
    Milestone,
    Practice,
    Reflection,
    Series,
    Session,
    Topic,
    plain,
)
from milepost.views.journal import JournalView

__all__ = [
    "API_VERSION",
    "Checkin",
    "ExportContext",
    "Exporter",
    "Goal",
    "JournalView",
    "Measure",
    "MilepostError",
    "Milestone",
    "PluginFailed",
    "Practice",
    "Reflection",
    "Series",
    "Session",
    "Topic",
    "hookimpl",
    "hookspec",
    "milepost_exporters",
    "plain",
]

API_VERSION = 1

hookspec = pluggy.HookspecMarker("milepost")
hookimpl = pluggy.HookimplMarker("milepost")


class ExportContext(Struct, frozen=True, kw_only=True):
    """What an export is for.

    `plain` says that the person wants their own words in it; without it an export that others may see, such as a
    calendar, is discreet. `salt` makes ids of this export unlike those of every other (a journal's or a feed's id),
    `name` is what the person calls the feed, and `changed_ms` is when anything that shows last changed, in
    milliseconds since 1970.
    """

    plain: bool = False
    salt: str = ""
    name: str = ""
    changed_ms: int = 0


class Exporter(ABC):
    """Writes a journal in some format. Made anew, without arguments, for each export; it keeps nothing.

    The same view and context must give the same bytes: a feed is compared by them. Whatever `render` raises is
    reported to the person with the plugin's name, and nothing else notices.
    """

    format: ClassVar[str]
    """What the person types: `milepost export <format>`. Lowercase letters, digits and hyphens."""
    media_type: ClassVar[str]
    file_name: ClassVar[str]
    """A name to save it under, with its ending."""
    discreet: ClassVar[bool] = False
    """Whether it leaves every word of the person's out unless `context.plain`: only such a one makes a neutral feed."""

    @abstractmethod
    def render(self, view: JournalView, context: ExportContext) -> bytes:
        """The whole journal in this format."""


@hookspec
def milepost_exporters() -> Sequence[type[Exporter]]:  # type: ignore[empty-body]
    """The exporters that the plugin brings. Called once, when it is loaded; it must not read or write anything."""
