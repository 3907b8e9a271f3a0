"""The `milepost` command. Commands of other parts (`serve`, `admin` …) join by entry points in `milepost.commands`."""

import contextlib
import os
import sys
from importlib import metadata

from cyclopts import App, CycloptsError, UnusedCliTokensError

from milepost import __version__
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, MilepostError, StorageFull
from milepost.events.letters import harmless

GROUP = "milepost.commands"

EPILOGUE = """With every command: --json prints one JSON value, --journal ID says which journal it is about.

Exit codes: 0 done, 1 error, 2 not understood, 3 not there, 4 not allowed, 5 changed meanwhile, 6 server not
reached (everything is kept), 7 the disk or a file on it, 8 a plugin."""


def build(*, eager: bool = False) -> App:
    """The whole command tree; what other parts bring is loaded when it is called, or at once."""
    from milepost.cli.assess import assess, assessment
    from milepost.cli.care import plan, reminder, rest
    from milepost.cli.checkins import checkin, conflicts_app
    from milepost.cli.coaching import coach, templates
    from milepost.cli.completion import completion
    from milepost.cli.devices import device
    from milepost.cli.feeds import feed
    from milepost.cli.goals import goal
    from milepost.cli.handover import handover
    from milepost.cli.help_now import help_now
    from milepost.cli.instruments import instrument
    from milepost.cli.journals import export, journal, log, plugin
    from milepost.cli.measuring import measure
    from milepost.cli.milestones import milestone
    from milepost.cli.overview import overview
    from milepost.cli.planning import alliance, practice, reflect
    from milepost.cli.reading import (
        brief,
        burden,
        priorities,
        progress,
        summary,
        then_now,
        timeline,
        today,
    )
    from milepost.cli.sessions import session
    from milepost.cli.syncing import pair, status, sync
    from milepost.cli.topics import bring, topic
    from milepost.cli.undoing import undo

    app = App(
        name="milepost",
        version=__version__,
        help="Keep the goals you set in therapy. Your own words, on this device, shared only when you say so.",
        help_epilogue=EPILOGUE,
        help_format="plaintext",
        result_action="return_value",
    )
    groups = (goal, milestone, measure, practice, checkin, session, topic, reflect, alliance, plan, rest, reminder)
    for group in (*groups, assessment, instrument, templates, conflicts_app, journal, device, feed, plugin):
        app.command(group)
    app.command(then_now, name="then-now")
    for view in (today, progress, brief, timeline, priorities, summary, burden):
        app.command(view)
    for command in (bring, assess, coach, undo, pair, sync, status, log, export, handover, completion):
        app.command(command)
    app.command(help_now, name="help-now")
    for point in sorted(metadata.entry_points(group=GROUP), key=lambda p: p.name):
        # Only a help page needs them all; loading a web server for every command would make each of them slow.
        app.command(point.load() if eager else point.value, name=point.name)
    app.default(overview)

    return app


def _everywhere(arguments: list[str]) -> list[str]:
    """Takes out what every command understands, wherever it stands; after `--` everything is as it is."""
    terminal.json, terminal.journal_named = False, None
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            return [*rest, word, *words]
        if word == "--json":
            terminal.json = True
        elif word == "--journal" or word.startswith("--journal="):
            terminal.journal_named = word.partition("=")[2] or next(words, "")
            if not terminal.journal_named:
                raise InvalidInput("Say which journal: `--journal ID`. `milepost journal list` shows them.")
        else:
            rest.append(word)
    return rest


def main() -> None:
    """Runs the command line and leaves with its exit code."""
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
        sys.exit(code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read has read enough, as `head` does; what a command writes down, it writes before it answers.
        _print_no_more()
        sys.exit(0)
    except OSError as error:
        # Printing failed; all else that fails on a file says so itself.
        _print_no_more()
        print(f"milepost: What was to be printed can't be: {error.strerror}.", file=sys.stderr)
        sys.exit(StorageFull.exit_code)


def _print_no_more() -> None:
    """Lets the interpreter end without trying once more to print what is left over."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run(arguments: list[str]) -> int:
    """One command; returns its exit code."""
    try:
        if any(_not_text(word) for word in arguments):
            raise InvalidInput("That is not text (UTF-8). See to the settings of your terminal, and type it anew.")
        tokens = _everywhere(arguments)
        if terminal.json and tokens in (["--version"], ["-V"]):
            terminal.answer({"version": __version__}, lambda _: None)
            return 0
        build(eager=tokens in (["--help"], ["-h"]))(tokens, exit_on_error=False, print_error=False)
    except UnusedCliTokensError as error:
        words = " ".join(error.unused_tokens or [])[:60]
        print(f"milepost: What is {words!r} for? `milepost --help` shows the commands.", file=sys.stderr)
        return InvalidInput.exit_code
    except CycloptsError as error:
        print(f"milepost: {harmless(str(error))}", file=sys.stderr)
        return InvalidInput.exit_code
    except MilepostError as error:
        print(f"milepost: {harmless(str(error))}", file=sys.stderr)
        return error.exit_code
    finally:
        _copy_plans(arguments)
        terminal.close()
    return 0


def _not_text(word: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in word)


def _copy_plans(arguments: list[str]) -> None:
    """What `help-now` would need on a bad day is renewed whatever became of the command."""
    from milepost.cli.help_now import CHANGING, copy_plans

    if not CHANGING.isdisjoint(arguments):
        terminal.journal_named = None
        with contextlib.suppress(MilepostError):
            copy_plans()
