"""`milepost plugin enable` and `disable`, and `milepost admin plugins`: which plugins a server runs, for who runs it."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from milepost.cli.show import escape, table
from milepost.cli.terminal import terminal
from milepost.connection_messages import PluginEntry
from milepost.errors import PluginFailed
from milepost_server.admin_asking import done
from milepost_server.admin_copies import Data
from milepost_server.administration import InstalledPlugins, PluginDisableAsked, PluginEnableAsked, PluginsAsked

Flag = Annotated[bool, Parameter(negative="")]


def enable(name: str, /, *, private_hosts: Flag = False, data: Data = Path("milepost-data")) -> None:
    """Let a plugin run on the server, for everybody there; for who runs it. A running server loads it at once.

    Parameters
    ----------
    name
        The plugin, as `milepost plugin list` names it.
    private_hosts
        It may connect to addresses of this machine and its network. Without, to public ones alone.

    """
    made = done(data, "plugin-enable", PluginEnableAsked(name=name, private_hosts=private_hosts), PluginEntry)

    def show(console: Any) -> None:
        if not made.problem:
            where = ", and may connect to private addresses" if made.private_hosts else ""
            console.print(f"{escape(made.name)} is enabled{where}.")

    terminal.answer(made, show)
    if made.problem:
        raise PluginFailed(f"`{name}` is enabled, and does not run: {made.problem}")


def disable(name: str, /, *, data: Data = Path("milepost-data")) -> None:
    """Let a plugin run no more on the server; for who runs it. What is connected by it waits, and loses nothing.

    Parameters
    ----------
    name
        The plugin, as `milepost plugin list` names it.

    """
    made = done(data, "plugin-disable", PluginDisableAsked(name=name), PluginEntry)
    terminal.answer(made, lambda console: console.print(f"{escape(made.name)} is disabled."))


def plugins(*, data: Data = Path("milepost-data")) -> None:
    """Which plugins are installed where the server runs, and whether each does."""
    found = done(data, "plugin-list", PluginsAsked(), InstalledPlugins).plugins

    def show(console: Any) -> None:
        shown = table("plugin", "package", "", "")
        for one in found:
            state = "does not run" if one.problem else "runs"
            private = " with private addresses" if one.private_hosts else ""
            shown.add_row(one.name, f"{one.package} {one.version}", state + private, escape(one.problem))
        console.print(shown)

    terminal.answer(found, show)
