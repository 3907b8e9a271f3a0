"""The `milepost` command. Commands of other parts (`serve`, `admin` …) join by entry points in `milepost.commands`.

One named `plugin.enable` joins the commands below `plugin`.
"""

import contextlib
import os
import sys
from importlib import import_module, metadata
from typing import Any

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
    "Devices and sharing": "pair sync status doctor conflicts refused device devices journal feed export import redact "
    "plugin connection completion",
    "Together": "invite join members propose proposals share caseload access-log",
}
"""The headings of the help page → the commands below each; what is under none (a server's) comes last."""


_WHERE = """
goals: goal; milestones: milestone; measuring: measure; planning: practice reflect alliance; checkins: checkin;
coaching: coach templates; undoing: undo; sessions: session; topics: topic bring; assess: assess assessment;
instruments: instrument; handover: handover; help_now: help-now; care: plan rest reminder; syncing: pair sync;
reading: brief today progress timeline then-now priorities summary burden; journals: journal log export;
standing: status; doctor: doctor; conflicts: conflicts=conflicts_app; refused: refused=refused_app;
devices: device devices=device access-log; feeds: feed; redacting: redact; plugins: plugin; connecting: connection;
completion: completion; members: invite join; members_preview: members; proposing: propose proposals=proposals_app;
sharing: share caseload; importing: import=import_app
"""
COMMANDS = {
    name: f"milepost.cli.{module.strip()}:{at or name.replace('-', '_')}"
    for line in _WHERE.split(";")
    for module, _, names in [line.partition(":")]
    for name, _, at in [word.partition("=") for word in names.split()]
}
"""Command → where it is, as module:object."""


def build(*, eager: bool = False, called: str | None = None, shown: str = "") -> App:
    """The whole command tree. What other parts bring is loaded when it is called, or at once: all of it (`eager`), or what
    they bring below the group that is `shown`. Where it is known what is `called`, nothing else is loaded either.
    """
    from milepost.cli.overview import overview

    app = App(
        name="milepost",
        version=__version__,
        help="Keep the goals you set in therapy. Your own words, on this device, shared only when you say so.",
        help_epilogue=EPILOGUE,
        help_format="plaintext",
        result_action="return_value",
    )
    whole = eager or called is None
    for name, at in COMMANDS.items():
        app.command(_loaded(at) if whole or name == called else at, name=name)
    for point in sorted(metadata.entry_points(group=GROUP), key=lambda p: p.name):
        # Only a help page needs them all; loading a web server for every command would make each of them slow.
        group, _, name = point.name.rpartition(".")
        if not group:
            app.command(point.load() if eager else point.value, name=name)
        elif (whole or group == called) and name not in [
            *app[group]
        ]:  # the group may be one that is there for every tree
            app[group].command(point.load() if eager or group == shown else point.value, name=name)
    app.default(overview)
    if eager:
        _group(app)
    return app


def _loaded(at: str) -> Any:
    module, _, name = at.partition(":")
    return getattr(import_module(module), name)


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
        helped = tokens[-1:] in (["--help"], ["-h"])
        groups = tokens[:-1] if helped else tokens
        with terminal.file_trouble():
            app = build(
                eager=helped and not groups,
                called=groups[0] if groups else "",
                shown=groups[0] if len(groups) == 1 else "",
            )
            app(tokens, exit_on_error=False, print_error=False)
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


_ASKING = frozenset({"connection", "device", "feed", "pair"})
"""Commands that ask something of the server."""
_NOT_KEPT = "A request is not kept for later, as what you write is: ask again when the server can be reached."


def _not_text(word: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in word)


def _copy_plans(arguments: list[str]) -> None:
    """What `help-now` would need on a bad day is renewed whatever became of the command."""
    from milepost.cli.help_now import CHANGING, copy_plans

    if not CHANGING.isdisjoint(arguments):
        terminal.journal_named = None
        with contextlib.suppress(MilepostError), terminal.file_trouble():
            copy_plans()
