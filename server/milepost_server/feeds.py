"""Calendar subscriptions, as units of work: each with a secret address, made by an account, in one journal."""

import msgspec

from milepost.database import Query, Row, Work, unit
from milepost.errors import InvalidInput, NotFound
from milepost.messages import Feed
from milepost.sql_scripts import statements
from milepost_server.access_log import Done, note
from milepost_server.records import Caller, secret_hash

_SQL = statements("milepost_server", "server.sql")
_encode = msgspec.json.Encoder(order="sorted").encode
_REVOKED = "That feed was revoked. `milepost feed add` makes another."


@unit
def add_feed(feed: Feed, token: str, by: Caller) -> Work[None]:
    """A calendar subscription begins."""
    done = Done(what="made feed", actor=by.account, device=by.device, subject=feed.id)
    yield from note(feed.journal, done, feed.created_at)
    yield Query(
        _SQL["add_feed"],
        {
            "token_hash": secret_hash(token),
            "feed": feed.id,
            "journal": feed.journal,
            "account": by.account,
            "format": feed.format,
            "plain": int(feed.plain),
            "name": feed.name,
            "now": feed.created_at,
            "settings": _encode(feed.settings).decode(),
        },
    )


@unit
def change_feed(feed: Feed, by: Caller, now: int) -> Work[None]:
    """A subscription shows other things, or in other words, from now on.

    Raises:
        InvalidInput: it was revoked.

    """
    found = yield Query(
        _SQL["change_feed"],
        {
            "journal": feed.journal,
            "feed": feed.id,
            "plain": int(feed.plain),
            "name": feed.name,
            "settings": _encode(feed.settings).decode(),
            "now": now,
        },
    )
    if not found:
        raise InvalidInput(_REVOKED)
    done = Done(what="changed feed", actor=by.account, device=by.device, subject=feed.id)
    yield from note(feed.journal, done, now)


@unit
def rotate_feed(feed: Feed, token: str, by: Caller, now: int) -> Work[None]:
    """A subscription gets another address; the one that it had ends as if it was revoked.

    Raises:
        InvalidInput: it was revoked.

    """
    about = {"journal": feed.journal, "feed": feed.id, "token_hash": secret_hash(token)}
    if not (yield Query(_SQL["copy_feed"], about)):
        raise InvalidInput(_REVOKED)
    yield Query(_SQL["replace_feed"], {**about, "now": now})
    done = Done(what="rotated feed", actor=by.account, device=by.device, subject=feed.id)
    yield from note(feed.journal, done, now)


@unit
def feed_of(journal: str, feed: str, owned: str) -> Work[Feed]:
    """One of a journal's subscriptions.

    Raises:
        NotFound: the journal has no such feed.

    """
    return (yield from _feed(journal, feed, owned))


@unit
def revoke_feed(journal: str, feed: str, by: Caller, owned: str, now: int) -> Work[Feed]:
    """Ends a subscription; again changes nothing. `owned`: an account's own alone, or anybody's where it is empty.

    Raises:
        NotFound: the journal has no such feed.

    """
    before = yield from _feed(journal, feed, owned)
    if before.revoked_at is None:
        yield Query(_SQL["revoke_feed"], {"journal": journal, "feed": feed, "now": now})
        yield from note(journal, Done(what="revoked feed", actor=by.account, device=by.device, subject=feed), now)
    return (yield from _feed(journal, feed, owned))


@unit
def _feed(journal: str, feed: str, owned: str) -> Work[Feed]:
    for row in (yield feeds_of(journal, owned)):
        if row[0] == feed:
            return as_feed(row)
    raise NotFound(f"This journal has no feed {feed}. `milepost feed list` shows those there are.")


def as_feed(row: Row) -> Feed:
    """A feed from its row."""
    feed, journal, format_name, plain, name, created_at, revoked_at, settings, changed_at = row
    return Feed(
        id=feed,
        journal=journal,
        format=format_name,
        plain=bool(plain),
        name=name,
        created_at=created_at,
        revoked_at=revoked_at,
        settings=msgspec.json.decode(settings),
        changed_at=changed_at,
    )


def feeds_of(journal: str, owned: str = "") -> Query:
    """Rows for `as_feed`: those that an account made, or all where it is empty."""
    return Query(_SQL["feeds_of"], {"journal": journal, "owned": owned})


def feed_by_token(token: str) -> Query:
    """Rows for `as_feed`."""
    return Query(_SQL["feed_by_token"], {"token_hash": secret_hash(token)})
