"""The `milepost` command. Commands of other parts (`serve`, `admin` …) join by entry points in `milepost.commands`."""

import sys
from importlib import metadata
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from milepost import __version__
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, MilepostError

GROUP = "milepost.commands"

EPILOGUE = """Exit codes: 0 done, 1 error, 2 not understood, 3 not there, 4 not allowed, 5 changed meanwhile, 6 server not
reached (everything is kept), 7 the disk or a file on it, 8 a plugin."""


def build() -> App:
    """The whole command tree."""
    from milepost.cli.checkins import checkin, conflicts_app
    from milepost.cli.feeds import feed
    from milepost.cli.goals import goal, milestone
    from milepost.cli.journals import export, journal, log, plugin
    from milepost.cli.overview import overview
    from milepost.cli.syncing import pair, status, sync

    app = App(
        name="milepost",
        version=__version__,
        help="Keep the goals you set in therapy. Your own words, on this device, shared only when you say so.",
        help_epilogue=EPILOGUE,
        help_format="plaintext",
        result_action="return_value",
    )
    for group in (goal, milestone, checkin, conflicts_app, journal, feed, plugin):
        app.command(group)
    for command in (pair, sync, status, log, export):
        app.command(command)
    for point in sorted(metadata.entry_points(group=GROUP), key=lambda p: p.name):
        module, _, name = point.value.partition(":")
        app.command(f"{module}:{name}", name=point.name)
    app.default(overview)

    @app.meta.default
    def launch(
        *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
        json: Annotated[bool, Parameter(negative="", help="Print one JSON value.")] = False,
        journal: Annotated[str | None, Parameter(help="The journal it is about, by its id.")] = None,
    ) -> None:
        terminal.json, terminal.journal_named = json, journal
        app(tokens, exit_on_error=False, print_error=False)

    return app


def main() -> None:
    """Runs the command line and leaves with its exit code."""
    try:
        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def run(arguments: list[str]) -> int:
    """One command; returns its exit code."""
    try:
        build().meta(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        print(f"milepost: {error}", file=sys.stderr)
        return InvalidInput.exit_code
    except MilepostError as error:
        print(f"milepost: {error}", file=sys.stderr)
        return error.exit_code
    finally:
        terminal.close()
    return 0
