"""What a device does where a server refuses a request as a whole: finds the event that it can't read; pure.

A server answers event by event as long as it can read a request. Where it can't (half of a letter in a text, a proxy that
takes no more than so many bytes), it refuses all of it, and one event would block everything behind it for ever. So half
as many events are sent, and half of these, until one is left. If the same request is answered without that one, the event
is to blame: it is set apart, and a stub goes out in its place.
"""

from collections.abc import Sequence

from msgspec import Struct

from milepost.envelope import Event
from milepost.errors import InvalidEvent, InvalidInput, MilepostError, TooLarge
from milepost.messages import MAX_PUSH_EVENTS

REFUSED_AS_A_WHOLE = (InvalidInput, InvalidEvent, TooLarge)


class Suspect(Struct, frozen=True):
    """An event that was refused when it was sent alone, and why."""

    journal: str
    event: Event
    reason: str


class Narrowing:
    """How many events a request may have, journals taken together, after what became of those before it."""

    def __init__(self) -> None:
        self.most = MAX_PUSH_EVENTS
        self._suspect: Suspect | None = None

    def refused(self, sent: Sequence[tuple[str, Event]], error: MilepostError) -> None:
        """The whole request was refused, with these events (and their journals) in it.

        Raises:
            MilepostError: that same error, where no event can be to blame.
        """
        if not sent or (len(sent) == 1 and sent[0][1].rejected):
            raise error
        self.most = len(sent) // 2
        self._suspect = Suspect(*sent[0], str(error)) if len(sent) == 1 else None

    def answered(self) -> Suspect | None:
        """The request was answered. Returns the event that is to blame for an earlier one, where that is known now."""
        found, self._suspect = self._suspect, None
        if found is not None:
            self.most = MAX_PUSH_EVENTS
        return found
