"""What of a repair may go into a log, and why: nobody puts words into somebody else's mouth. Knows no HTTP.

Theory of operation
-------------------
An event that is given back is taken

- as it was, whoever wrote it, where a receipt shows that this server once had it (see `milepost.receipts`);
- as in a push, where it is the caller's own: in the caller's name, under a device id that is the caller's or nobody's;
- where the caller is alone in the journal and its author is no account of this server: such a log comes from another
  server, or from before this one was made anew, and there is nobody here whom it could be held against.

Anything else is `unproven`: it is not looked at further, and whoever holds it goes on holding it. What the log has
already is left to the log, which answers `duplicate` or `forked` and stores nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from milepost.database import Work, unit
from milepost.envelope import MAX_REASON, Event, check_envelope, identity_digest
from milepost.errors import InvalidEvent
from milepost.receipts import Link, Proof, says_all
from milepost_server.accounts import account_name
from milepost_server.receipts import Receipts
from milepost_server.records import bind_writer, members_of, writer_owner

Why = Literal["known", "proven", "own", "moved", "unproven"]


class Returned(Struct, frozen=True):
    """An event of a repair, as it may be stored, and why it may (or not)."""

    event: Event
    why: Why


class Standing(Struct, frozen=True):
    """What the server's records say of those who are named in a repair."""

    owners: Mapping[str, str]
    """Device id → the account that writes under it, as far as that is known."""
    accounts: frozenset[str]
    alone: bool
    """Whether the caller is the journal's only member."""


@unit
def standing(journal: str, account: str, events: Sequence[Event]) -> Work[Standing]:
    """Looks up whoever is named in a repair."""
    owners: dict[str, str] = {}
    for device in sorted({event.device for event in events}):
        rows = yield writer_owner(device)
        if rows:
            owners[device] = str(rows[0][0])
    accounts = set[str]()
    for actor in sorted({event.actor for event in events} - {""}):
        if (yield account_name(actor)):
            accounts.add(actor)
    members = yield members_of(journal)
    return Standing(owners, frozenset(accounts), {row[0] for row in members} <= {account})


@unit
def bind(writers: Mapping[str, str]) -> Work[None]:
    """From now on each of these device ids is one of its account's, unless it is somebody's already."""
    for device, account in writers.items():
        yield bind_writer(device, account)


def links_of(receipts: Receipts, journal: str, proofs: Sequence[Proof]) -> dict[str, Link]:
    """Digest → link, of all that is shown to have been in the journal's log."""
    return {link.digest: link for proof in proofs if receipts.shows_place(journal, proof) for link in proof.links}


def judged(
    receipts: Receipts,
    journal: str,
    account: str,
    events: Sequence[Event],
    proofs: Sequence[Proof],
    counters: Mapping[str, int],
    known: Standing,
) -> list[Returned]:
    """What becomes of each event of a repair by a member, in a log that has `counters`."""
    links = links_of(receipts, journal, proofs)
    owners = dict(known.owners)
    for event in events:
        if event.actor == account and not event.rejected:
            owners.setdefault(event.device, account)
    found: list[Returned] = []
    for event in events:
        if event.n <= counters.get(event.device, 0):
            found.append(Returned(_bare(event), "known"))
            continue
        shown = _shown(receipts, journal, event, links)
        if shown is not None:
            found.append(Returned(shown, "proven"))
        else:
            found.append(Returned(_bare(event), _unshown(event, account, owners.get(event.device, ""), known)))
    return found


def writers(account: str, returned: Sequence[Returned], known: Standing) -> dict[str, str]:
    """Device id → account, of what is to be taken and was nobody's yet."""
    found: dict[str, str] = {}
    for one in returned:
        event = one.event
        mine = one.why == "own" and event.actor == account
        theirs = one.why == "proven" and event.actor in known.accounts
        if event.device not in known.owners and not event.rejected and (mine or theirs):
            found.setdefault(event.device, event.actor)
    return found


def _shown(receipts: Receipts, journal: str, event: Event, links: Mapping[str, Link]) -> Event | None:
    """The event as this server once had it, if that is shown."""
    try:
        check_envelope(event)
    except InvalidEvent:
        return None
    link = links.get(identity_digest(journal, event).hex())
    if not says_all(event) and not receipts.shows_event(journal, event):
        return None
    if link is not None and link.rejected == event.rejected:
        merge_hlc = "" if event.rejected or link.merge_hlc == event.hlc else link.merge_hlc
        return replace(_bare(event), received_at=link.received_at, merge_hlc=merge_hlc)
    return None if says_all(event) else _bare(event)


def _unshown(event: Event, account: str, owner: str, known: Standing) -> Why:
    if owner == account and (event.rejected or event.actor == account):
        return "own"
    if known.alone and owner in {"", account} and (event.rejected or event.actor not in known.accounts):
        return "moved"
    return "unproven"


def _bare(event: Event) -> Event:
    """The event without what says nothing in a log: its receipt, and of a stub all but what stays of it."""
    if event.rejected:
        return Event(
            device=event.device,
            n=event.n,
            seen=event.seen,
            rejected=event.rejected[:MAX_REASON],
            digest=event.digest,
            received_at=event.received_at,
        )
    return replace(event, receipt="") if event.receipt else event
