"""The console that people read: whatever words hold, a terminal obeys none of it. Knows no command."""

from typing import Any

from rich.console import Console
from rich.text import Text

from milepost.events.letters import harmless


class HarmlessConsole(Console):
    """A console on which words are words, even those that came from another device."""

    def render_str(self, text: str, **how: Any) -> Text:
        """Words as they are shown; all text that is printed or stands in a table goes through here."""
        return super().render_str(harmless(text), **how)

    def on_broken_pipe(self) -> None:
        """Whoever reads has read enough; `main` sees to it."""
        raise BrokenPipeError
