"""The messages about plugins and connections, as a server and a terminal exchange them."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from milepost.plugin_api import Scope

NAME = "^[a-z0-9][a-z0-9-]{0,59}$"
Name = Annotated[str, Meta(pattern=NAME)]
Settings = Annotated[dict[str, Any], Meta(max_length=100)]

ConnectableKind = Literal["connector", "inbox", "notifier"]
Status = Literal["active", "paused", "asks"]
"""`asks`: an owner of the journal has not granted it yet."""


class Brought(Struct, frozen=True, kw_only=True):
    """What a connection can be to: a plugin's connector, inbox or notifier. `settings` is a JSON Schema."""

    name: str
    kind: ConnectableKind
    title: str
    defaults: list[Scope]
    settings: dict[str, Any]


class PluginEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A plugin of a server. `problem` says why it does not run. `private_hosts`: it may reach private addresses."""

    name: str
    package: str
    version: str
    enabled: bool
    problem: str = ""
    private_hosts: bool = False
    formats: list[str] = field(default_factory=list)
    connects: list[Brought] = field(default_factory=list)


class ConnectionRequest(Struct, frozen=True, kw_only=True):
    """A connection is to begin: `to` is what a plugin brings, or a plugin that brings one such thing. Without an `id`
    that is its name. Without `scopes`, those that the plugin offers first. One that begins `paused` sends nothing before it
    is resumed, so that what would leave can be looked at first.
    """

    to: Annotated[str, Meta(min_length=1, max_length=60)]
    id: Name | UnsetType = UNSET
    settings: Settings = field(default_factory=dict)
    scopes: list[Scope] | UnsetType = UNSET
    plain: bool = False
    paused: bool = False


class ConnectionChange(Struct, frozen=True, kw_only=True):
    """What is different from now on: settings that are named (null brings a default back), all scopes, the wording."""

    settings: Settings | UnsetType = UNSET
    scopes: list[Scope] | UnsetType = UNSET
    plain: bool | UnsetType = UNSET


class Connection(Struct, frozen=True, kw_only=True):
    """A connection and how it goes. Times are in milliseconds since 1970, 0 for never.

    `behind` are events of the journal that it has still to go through, `letters` what was rejected and waits for a
    decision. `address` is told once, when an inbox is made, and so are secrets that the plugin `made_up`. Secret settings
    show as `(set)`.
    """

    id: str
    journal: str
    to: str
    plugin: str
    by: str
    status: Status
    reason: str = ""
    scopes: list[Scope] = field(default_factory=list)
    plain: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    hosts: list[str] = field(default_factory=list)
    made_at: int = 0
    generation: int = 0
    behind: int = 0
    letters: int = 0
    failures: int = 0
    success_at: int = 0
    error_at: int = 0
    error: str = ""
    next_at: int = 0
    address: str = ""
    made_up: dict[str, str] = field(default_factory=dict)


class Letter(Struct, frozen=True, kw_only=True):
    """What the other side would not take: `id` names it to `retry` and `skip`."""

    id: str
    kind: str
    reason: str
    tries: int
    at: int


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a connection's log. `sent`: so many things left to `hosts`, `words` names the kinds and their fields."""

    at: int
    what: str
    words: str = ""
    hosts: str = ""
    things: int = 0


class Previewed(Struct, frozen=True, kw_only=True):
    """What would leave for one thing: `text` as the plugin says, else `view` as the plugin is given it."""

    kind: str
    id: str
    what: Literal["changed", "removed", "withdrawn"]
    view: dict[str, Any] = field(default_factory=dict)
    text: str = ""


class ConnectionDetails(Struct, frozen=True, kw_only=True):
    """A connection, what waits to be decided on, and the newest lines of its log."""

    connection: Connection
    letters: list[Letter]
    log: list[Line]


class Checked(Struct, frozen=True, kw_only=True):
    """What trying a connection's settings out came to."""

    ok: bool
    words: str
