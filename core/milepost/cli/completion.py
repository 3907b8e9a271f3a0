"""`milepost completion …`: what a shell needs to complete commands by itself; nothing is asked of Milepost at a TAB."""

import sys
from typing import TYPE_CHECKING, Literal

from milepost.cli.terminal import terminal

if TYPE_CHECKING:
    from rich.console import Console

Shell = Literal["bash", "zsh", "fish"]


def completion(shell: Shell, /) -> None:
    """Print what lets a shell complete commands and options when you press TAB.

    Parameters
    ----------
    shell
        `bash`, `zsh` or `fish`.
    """
    from milepost.cli import build

    # Every command by name, those of other parts too: each of those is loaded for it, once, here and not at a TAB.
    script = build().generate_completion(prog_name="milepost", shell=shell)

    def show(_: "Console") -> None:
        sys.stdout.write(script)

    terminal.answer({"shell": shell, "script": script}, show)
