"""What was said on both sides since they last agreed, put together; pure.

Three things of a task may be said on either side: what it is called, whether it is done, when it is due. What only one
side changed is as that side has it. What both changed stays there as it is until it was taken in, and the host then
decides whether it is so in the journal, or is proposed and put right there.
"""

from msgspec import Struct
from msgspec.structs import replace

from milepost_caldav.links import Link
from milepost_caldav.todos import Shown, There
from milepost_caldav.wanting import Wording


class Merged(Struct, frozen=True):
    """What to put there, what counts as agreed on until what was said there is taken in, and whether there is such.

    `base` is what the journal had when that was agreed on.
    """

    shown: Shown
    agreed: Shown
    unseen: bool
    base: dict[str, str]


def last_agreed(link: Link, there: There) -> tuple[Shown | None, dict[str, str]]:
    """What both sides last had, and the base of that: what we sent, where the answer to it was lost."""
    for sent in link.sent:
        if there.revision == sent.revision:
            return sent.shown, sent.base
    return link.shown, link.base


def is_stale(link: Link, there: There) -> bool:
    """Whether somebody wrote over it with what was there before our last version: then only that it is done counts."""
    known = {link.revision, *(sent.revision for sent in link.sent)}
    return bool(there.revision) and link.revision != "" and there.revision not in known


def said_there(link: Link, there: There, wording: Wording) -> Shown | None:
    """What is there, as far as somebody there said it: the rest is as it was agreed on. None where nobody did.

    Neutral titles are never taken in, nor when something is due where that is not shown.
    """
    before, _ = last_agreed(link, there)
    theirs = there.shown
    if before is None:
        # Nothing is known: what is done there was done by somebody.
        return None if not theirs.done else Shown(title="", done=True)
    if is_stale(link, there):
        theirs = replace(before, done=before.done or theirs.done)
    if not wording.own or not theirs.title:
        theirs = replace(theirs, title=before.title)
    if not wording.has_due:
        theirs = replace(theirs, due=before.due)
    return theirs if theirs != before else None


def merged(link: Link, there: There, ours: Shown, base: dict[str, str], wording: Wording) -> Merged:
    """See the module."""
    before, before_base = last_agreed(link, there)
    theirs = said_there(link, there, wording)
    if theirs is None:
        return Merged(ours, ours, False, base)
    if before is None:
        return Merged(replace(ours, done=True), ours, not ours.done, base)
    put, agreed = ours, ours
    for name in ("title", "done", "due"):
        was, now = getattr(before, name), getattr(theirs, name)
        if now not in (was, getattr(ours, name)):
            put, agreed = replace(put, **{name: now}), replace(agreed, **{name: was})
    return Merged(put, agreed, put != agreed, before_base if put != agreed else base)
