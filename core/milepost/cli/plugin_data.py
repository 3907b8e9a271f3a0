"""The questionnaires and templates that installed plugins bring; plugins are loaded only by commands that ask for these."""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from milepost.measures import Instrument, load_instrument

if TYPE_CHECKING:
    from milepost.plugins import Plugins
    from milepost.templates import Pack


class Brought(NamedTuple):
    """A questionnaire, and the plugin that brings it."""

    found: Instrument
    plugin: str


@cache
def _loaded(_: tuple[tuple[str, str], ...]) -> "Plugins":
    from milepost.plugin_loading import load_plugins

    return load_plugins()


def _plugins() -> "Plugins":
    """The plugins of this installation; loaded once, however often a command asks, for as long as they are the same."""
    from milepost.plugin_loading import installed

    return _loaded(tuple((point.name, point.value) for point in installed()))


def plugin_instruments() -> dict[str, Brought]:
    """Id → questionnaire, of all that working plugins bring."""
    plugins = _plugins()
    return {
        name: Brought(load_instrument(plugins.instruments[name].encode(), f"{name} of the plugin {one.name}"), one.name)
        for one in plugins.all
        for name in one.instruments
    }


def with_plugin_templates() -> "Pack":
    """The templates that come with Milepost, and those that working plugins bring."""
    from milepost.templates import built_in, load_pack, together

    plugins = _plugins()
    return together(built_in(), *(load_pack(text.encode(), name) for name, text in plugins.templates.items()))
