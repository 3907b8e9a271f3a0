"""One line from a person at a terminal, with arrow keys, Home and End as everywhere else; remembers nothing of it."""

import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_STYLE = re.compile(r"(?:\x1b\[[0-9;]*m)+")


def read_line(console: "Console", question: str) -> str:
    """What the person types after a question, which may be marked up.

    Raises:
        EOFError: they leave it at that, with Ctrl-D.
    """
    with console.capture() as shown:
        console.print(question, end=" ", soft_wrap=True)
    prompt = shown.get()
    if sys.stdin.isatty() and sys.stdout.isatty() and _editing():
        # The editor must know what takes no room, or the line is drawn in the wrong place.
        prompt = _STYLE.sub("\x01\\g<0>\x02", prompt)
    return input(prompt)


def _editing() -> bool:
    """Whether lines can be edited; Python's `input` does so once the module is there."""
    try:
        import readline
    except ImportError:  # a Python that was built without it
        return False
    # What somebody said a question ago is no answer to this one, and nobody else's to find with the arrow up.
    readline.set_auto_history(False)
    return True
