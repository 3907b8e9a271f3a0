"""The hooks: what Milepost asks each plugin for, once, when it is loaded. None may read or write anything, or wait."""

from collections.abc import Sequence
from typing import Any

import pluggy

from milepost.plugin_api.kinds import Connector, Exporter, Importer, Inbox, Notifier

hookspec = pluggy.HookspecMarker("milepost")
hookimpl = pluggy.HookimplMarker("milepost")


@hookspec
def milepost_exporters() -> Sequence[type[Exporter[Any]]]:  # type: ignore[empty-body]
    """The formats that the plugin writes. They work in the terminal, as downloads and as feeds."""


@hookspec
def milepost_connectors() -> Sequence[type[Connector[Any]]]:  # type: ignore[empty-body]
    """The services that the plugin carries journals to, and back. They work on servers."""


@hookspec
def milepost_inboxes() -> Sequence[type[Inbox[Any]]]:  # type: ignore[empty-body]
    """What the plugin takes in from others' requests. They work on servers."""


@hookspec
def milepost_importers() -> Sequence[type[Importer[Any]]]:  # type: ignore[empty-body]
    """The files of other programs that the plugin reads. They work in the terminal."""


@hookspec
def milepost_notifiers() -> Sequence[type[Notifier[Any]]]:  # type: ignore[empty-body]
    """The ways in which the plugin reminds people. They work on servers."""


@hookspec
def milepost_instruments() -> Sequence[str]:  # type: ignore[empty-body]
    """Questionnaires, each the text of a TOML file as `milepost instrument add` reads it."""


@hookspec
def milepost_templates() -> Sequence[str]:  # type: ignore[empty-body]
    """Packs of templates for goals, each the text of a TOML file as `milepost templates check` reads it."""
