"""`milepost plugin …`: what is installed."""

from typing import Any

from cyclopts import App

from milepost.cli.show import escape, table
from milepost.cli.terminal import terminal
from milepost.plugin_loading import load_plugins

plugin = App(name="plugin", help="What else Milepost can talk to.")

BRINGS = {
    "exporters": "export",
    "importers": "import",
    "connectors": "connect",
    "inboxes": "inbox",
    "notifiers": "notify by",
    "instruments": "questionnaire",
    "templates": "templates",
}
"""Kind of what a plugin brings → how that is said."""


@plugin.command(name="list")
def plugin_list() -> None:
    """What is installed, and what could not be loaded and why."""
    found = load_plugins().all

    def show(console: Any) -> None:
        shown = table("plugin", "package", "brings", "")
        for one in found:
            shown.add_row(
                one.name,
                f"{one.package} {one.version}",
                ", ".join(f"{word} {name}" for kind, word in BRINGS.items() for name in getattr(one, kind)),
                escape(one.problem),
            )
        console.print(shown)

    terminal.answer(found, show)
