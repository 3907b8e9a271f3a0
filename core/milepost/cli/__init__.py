"""The `milepost` command. Commands of other parts (`serve`, `admin` …) join by entry points in `milepost.commands`."""

import contextlib
import os
import sys
from importlib import metadata

from cyclopts import App, CycloptsError, Group, UnusedCliTokensError

from milepost import __version__
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, MilepostError, Offline, StorageFull
from milepost.events.letters import harmless

GROUP = "milepost.commands"

EPILOGUE = """With every command: --json prints one JSON value, --journal ID says which journal it is about.

Exit codes: 0 done, 1 error, 2 not understood, 3 not there, 4 not allowed,
5 changed meanwhile, 6 server not reached, 7 the disk or a file, 8 a plugin."""

GROUPS = {
    "What you want to be different": "goal milestone measure practice checkin coach templates undo",
    "Around the sessions": "session topic bring reflect alliance assess assessment instrument brief handover",
    "Looking": "today progress timeline then-now priorities summary burden log",
    "Looking after yourself": "help-now plan rest reminder",
    "Devices and sharing": "pair sync status doctor conflicts refused device devices journal feed export import redact plugin "
    "completion",
    "Together": "invite join members propose proposals share caseload access-log",
}
"""The headings of the help page → the commands below each; what is under none (a server's) comes last."""


def build(*, eager: bool = False) -> App:
    """The whole command tree; what other parts bring is loaded when it is called, or at once."""
    from milepost.cli.overview import overview

    app = App(
        name="milepost",
        version=__version__,
        help="Keep the goals you set in therapy. Your own words, on this device, shared only when you say so.",
        help_epilogue=EPILOGUE,
        help_format="plaintext",
        result_action="return_value",
    )
    _add_groups(app)
    _add_commands(app)
    for point in sorted(metadata.entry_points(group=GROUP), key=lambda p: p.name):
        # Only a help page needs them all; loading a web server for every command would make each of them slow.
        app.command(point.load() if eager else point.value, name=point.name)
    app.default(overview)
    if eager:
        _group(app)
    return app


def _add_groups(app: App) -> None:
    """The commands that have others below them."""
    from milepost.cli.assess import assessment
    from milepost.cli.care import plan, reminder, rest
    from milepost.cli.checkins import checkin
    from milepost.cli.coaching import templates
    from milepost.cli.conflicts import conflicts_app
    from milepost.cli.devices import device
    from milepost.cli.feeds import feed
    from milepost.cli.goals import goal
    from milepost.cli.importing import import_app
    from milepost.cli.instruments import instrument
    from milepost.cli.journals import journal
    from milepost.cli.measuring import measure
    from milepost.cli.members import invite
    from milepost.cli.members_preview import members
    from milepost.cli.milestones import milestone
    from milepost.cli.planning import alliance, practice, reflect
    from milepost.cli.plugins import plugin
    from milepost.cli.proposing import proposals_app
    from milepost.cli.refused import refused_app
    from milepost.cli.sessions import session
    from milepost.cli.topics import topic

    own = (goal, milestone, measure, practice, checkin, session, topic, reflect, alliance, plan, rest, reminder)
    forms, shared = (assessment, instrument, templates), (invite, members, proposals_app)
    for group in (*own, *forms, conflicts_app, refused_app, journal, device, *shared, feed, import_app, plugin):
        app.command(group)


def _add_commands(app: App) -> None:
    """The commands that are one thing."""
    from milepost.cli import reading
    from milepost.cli.assess import assess
    from milepost.cli.coaching import coach
    from milepost.cli.completion import completion
    from milepost.cli.devices import access_log
    from milepost.cli.doctor import doctor
    from milepost.cli.handover import handover
    from milepost.cli.help_now import help_now
    from milepost.cli.journals import export, log
    from milepost.cli.members import join
    from milepost.cli.proposing import propose
    from milepost.cli.redacting import redact
    from milepost.cli.sharing import caseload, share
    from milepost.cli.standing import status
    from milepost.cli.syncing import pair, sync
    from milepost.cli.topics import bring
    from milepost.cli.undoing import undo

    views = (
        reading.today, reading.progress, reading.brief, reading.timeline, reading.priorities, reading.summary,
        reading.burden,
    )  # fmt: skip
    own = (bring, assess, coach, undo, redact, pair, sync, status, doctor, log, export, handover, completion)
    for command in (*views, *own, join, propose, share, caseload):
        app.command(command)
    for command, name in ((reading.then_now, "then-now"), (access_log, "access-log"), (help_now, "help-now")):
        app.command(command, name=name)


def _group(app: App) -> None:
    """Puts the commands under their headings, in this order; only the help page shows them."""
    groups = [(Group(heading, sort_key=at), names) for at, (heading, names) in enumerate(GROUPS.items())]
    places = {name: group for group, names in groups for name in names.split()}
    other = Group("Running a server, and what plugins bring", sort_key=len(GROUPS))
    for name in app:
        if not name.startswith("-"):
            app[name].group = (places.get(name, other),)


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
        said = str(error)
        if isinstance(error, Offline) and not _ASKING.isdisjoint(arguments):
            said = f"{said.partition(' Everything is kept')[0]} {_NOT_KEPT}"
        print(f"milepost: {harmless(said)}", file=sys.stderr)
        return error.exit_code
    finally:
        _copy_plans(arguments)
        terminal.close()
    return 0


_ASKING = frozenset({"device", "feed", "pair"})
"""Commands that ask something of the server."""
_NOT_KEPT = "A request is not kept for later, as what you write is: ask again when the server can be reached."


def _not_text(word: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in word)


def _copy_plans(arguments: list[str]) -> None:
    """What `help-now` would need on a bad day is renewed whatever became of the command."""
    from milepost.cli.help_now import CHANGING, copy_plans

    if not CHANGING.isdisjoint(arguments):
        terminal.journal_named = None
        with contextlib.suppress(MilepostError):
            copy_plans()
