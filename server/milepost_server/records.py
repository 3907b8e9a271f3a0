"""The server's own records, as units of work: devices, pairing codes, members, requests. Knows no HTTP."""

import hashlib
import secrets

from msgspec import UNSET, Struct

from milepost.clock import new_id
from milepost.database import Query, Row, Work, unit
from milepost.errors import CodeRefused, InvalidInput, NotAllowed, NotFound
from milepost.membership import DeviceChange, DeviceCode
from milepost.messages import SCOPES, DeviceEntry, JournalEntry
from milepost.schema import migrations
from milepost.sql_scripts import statements
from milepost_server.access_log import Done, note

SCHEMA = migrations("milepost_server", "server")
CODE_LIFETIME_MS = 5 * 60 * 1000
KEY_LIFETIME_MS = 7 * 24 * 3600 * 1000
"""For so long a request sent again under its key is not carried out again."""
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 signs that can't be mistaken for one another: eight of them are 40 bits."""

ALL_SCOPES = " ".join(SCOPES)

_SQL = statements("milepost_server", "server.sql")


class Caller(Struct, frozen=True):
    """Who asks: the account, and which of its devices. `kind` is `log`, or `api` where the server counts its events.
    `scopes` are what its token may: `read`, `write`, `manage`.
    """

    account: str
    device: str
    kind: str = "log"
    scopes: str = ALL_SCOPES


def secret_hash(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_token() -> str:
    """256 random bits in base64url."""
    return secrets.token_urlsafe(32)


def new_code(groups: int = 2) -> str:
    """A code like `K7QM-2XTP`, of 20 random bits a group: two for pairing, three for an invitation, which lasts longer."""
    return "-".join("".join(secrets.choice(_CODE_LETTERS) for _ in range(4)) for _ in range(groups))


def code_hash(code: str) -> str:
    return secret_hash("".join(sign for sign in code.upper() if sign in _CODE_LETTERS))


def all_journals() -> Query:
    """Rows (journal)."""
    return Query(_SQL["all_journals"], {})


@unit
def issue_code(account: str, now: int) -> Work[str]:
    """A new pairing code for an account; works once, within `CODE_LIFETIME_MS`."""
    code = new_code()
    yield Query(_SQL["drop_old_codes"], {"before": now - CODE_LIFETIME_MS})
    values = {"code_hash": code_hash(code), "account": account, "expires_at": now + CODE_LIFETIME_MS}
    yield Query(_SQL["add_code"], values)
    return code


@unit
def code_for_device(by: Caller, now: int) -> Work[DeviceCode]:
    """A pairing code that a device makes for one more of its account's."""
    yield from note(by.account, Done(what="made code", actor=by.account, device=by.device), now)
    code = yield from issue_code(by.account, now)
    return DeviceCode(code=code, expires_at=now + CODE_LIFETIME_MS)


class Paired(Struct, frozen=True):
    """What pairing gave: the account, its name, the new device, the account's journals, and whether the device's own
    journal is among them.
    """

    account: str
    name: str
    device: str
    journals: list[Row]
    claimed: bool


@unit
def pair(code: str, token: str, name: str, *, journal: str, keep: bool, now: int) -> Work[Paired]:
    """Uses up a code and makes a device of it. Its own `journal` becomes the account's private one where there is none
    yet, or one more where the person wants to `keep` it apart.

    Raises:
        CodeRefused: wrong, used up or too old.

    """
    used = yield Query(_SQL["use_code"], {"code_hash": code_hash(code), "now": now})
    if not used:
        yield from _refuse(code)
    return (yield from add_device(str(used[0][0]), token, name, journal=journal, keep=keep, now=now))


@unit
def add_device(account: str, token: str, name: str, *, journal: str, keep: bool, now: int) -> Work[Paired]:
    """A device that keeps a log becomes the account's, with the journal that began on it, if any."""
    device = new_id()
    values = {"token_hash": secret_hash(token), "device": device, "account": account, "name": name}
    yield Query(_SQL["add_device"], {**values, "kind": "log", "scopes": ALL_SCOPES, "now": now})
    yield from note(account, Done(what="paired", actor=account, device=device, subject=device), now)
    claimed = False
    if journal:
        private = yield Query(_SQL["private_journal"], {"account": account})
        if keep or not private or private[0][0] == journal:
            yield from claim(journal, Caller(account, device), private=True, now=now)
            claimed = True
    journals = yield Query(_SQL["journals_of"], {"account": account})
    claimed = claimed or any(row[0] == journal for row in journals)
    names = yield Query(_SQL["account_name"], {"account": account})
    return Paired(account, str(names[0][0]), device, journals, claimed)


@unit
def _refuse(code: str) -> Work[None]:
    found = yield Query(_SQL["find_code"], {"code_hash": code_hash(code)})
    if not found:
        raise CodeRefused(
            "This server did not give out that code. Check it, or make a new one: `milepost admin pairing-code`."
        )
    if found[0][1] is not None:
        raise CodeRefused("That code was used already; each works once. Make a new one: `milepost admin pairing-code`.")
    raise CodeRefused(
        f"That code is too old (they last {CODE_LIFETIME_MS // 60_000} minutes). "
        "Make a new one: `milepost admin pairing-code`."
    )


@unit
def claim(journal: str, by: Caller, *, private: bool, now: int) -> Work[None]:
    """Makes a journal the caller's; again changes nothing. It becomes the private one if there is none yet.

    Raises:
        NotAllowed: it is somebody else's.

    """
    members = yield Query(_SQL["members_of"], {"journal": journal})
    if any(member == by.account for member, _ in members):
        return
    if members:
        raise NotAllowed("That journal belongs to another account. Ask its owner for an invitation.")
    others = yield Query(_SQL["private_journal"], {"account": by.account})
    values = {
        "journal": journal,
        "account": by.account,
        "role": "owner",
        "private": int(private and not others),
        "now": now,
    }
    yield Query(_SQL["add_member"], values)
    yield from note(
        journal, Done(what="claimed", actor=by.account, device=by.device, subject=by.account, role="owner"), now
    )


def writer_owner(device: str) -> Query:
    """Rows (account): whose an id is that writes events; at most one."""
    return Query(_SQL["writer_owner"], {"device": device})


@unit
def own_writer(device: str, account: str, paired: str) -> Work[None]:
    """Binds an id that writes events to the account that used it first, and notes which `paired` device it is of.

    Raises:
        NotAllowed: it is another account's.

    """
    yield Query(_SQL["own_writer"], {"device": device, "account": account, "paired": paired})
    rows = yield writer_owner(device)
    if rows[0][0] != account:
        raise NotAllowed("Another account writes under that device id. Pair this device anew.")


def bind_writer(device: str, account: str) -> Query:
    """The id is the account's, unless it is somebody's already."""
    return Query(_SQL["bind_writer"], {"device": device, "account": account})


def members_of(journal: str) -> Query:
    """Rows (account, role)."""
    return Query(_SQL["members_of"], {"journal": journal})


@unit
def add_api_device(entry: DeviceEntry, token: str, account: str, by: str = "") -> Work[None]:
    """A token for a script begins; `by` is the device that asked for it."""
    done = Done(what="made token", actor=account, device=by, subject=entry.id, role=" ".join(entry.scopes or SCOPES))
    yield from note(account, done, entry.created_at)
    values = {"token_hash": secret_hash(token), "device": entry.id, "account": account, "name": entry.name}
    yield Query(
        _SQL["add_device"],
        {**values, "kind": entry.kind, "scopes": " ".join(entry.scopes or SCOPES), "now": entry.created_at},
    )


@unit
def revoke_device(by: Caller, device: str, now: int) -> Work[DeviceEntry]:
    """Ends a device's token; again changes nothing.

    Raises:
        NotFound: the account has no such device.

    """
    before = yield from _device(by.account, device)
    if before.revoked_at is None:
        yield Query(_SQL["revoke_device"], {"account": by.account, "device": device, "now": now})
        done = Done(what="revoked device", actor=by.account, device=by.device, subject=device)
        yield from note(by.account, done, now)
    return (yield from _device(by.account, device))


@unit
def change_device(by: Caller, device: str, changed: DeviceChange, now: int) -> Work[DeviceEntry]:
    """Gives a device another name, or a script's token other scopes.

    Raises:
        NotFound: the account has no such device.
        InvalidInput: a device that keeps a log needs all scopes.

    """
    entry = yield from _device(by.account, device)
    named = {"account": by.account, "device": device}
    if changed.name is not UNSET and changed.name != entry.name:
        yield Query(_SQL["rename_device"], {**named, "name": changed.name})
        done = Done(what="renamed device", actor=by.account, device=by.device, subject=device)
        yield from note(by.account, done, now)
    if changed.scopes is not UNSET and set(changed.scopes) != set(entry.scopes or SCOPES):
        if entry.kind != "api":
            raise InvalidInput("Only a script's token can be given scopes. Revoke the device, or leave it as it is.")
        scopes = " ".join(scope for scope in SCOPES if scope in changed.scopes)
        yield Query(_SQL["rescope_device"], {**named, "scopes": scopes})
        done = Done(what="changed scopes", actor=by.account, device=by.device, subject=device, role=scopes)
        yield from note(by.account, done, now)
    return (yield from _device(by.account, device))


@unit
def _device(account: str, device: str) -> Work[DeviceEntry]:
    for entry in (yield from devices(account)):
        if entry.id == device:
            return entry
    raise NotFound(f"You have no device {device}. `milepost device list` shows those there are.")


@unit
def devices(account: str) -> Work[list[DeviceEntry]]:
    """Every device of an account, the oldest first, each with the ids that it writes under."""
    rows = yield Query(_SQL["devices_of"], {"account": account})
    writers = yield Query(_SQL["writers_of"], {"account": account})
    ids: dict[str, list[str]] = {}
    for paired, writer in writers:
        ids.setdefault(paired, []).append(writer)
    return [
        DeviceEntry(
            id=device,
            name=name,
            kind=kind,
            created_at=created,
            revoked_at=revoked,
            scopes=[] if scopes == ALL_SCOPES else scopes.split(),
            writes_as=ids.get(device, []),
        )
        for device, name, kind, created, revoked, scopes in rows
    ]


@unit
def api_writer(journal: str, device: str) -> Work[str]:
    """The id that the server writes under for an `api` device in a journal."""
    yield Query(_SQL["add_api_writer"], {"journal": journal, "device": device, "writer": new_id()})
    rows = yield known_api_writer(journal, device)
    return str(rows[0][0])


def known_api_writer(journal: str, device: str) -> Query:
    """Rows (id): what `api_writer` gave, or none."""
    return Query(_SQL["api_writer"], {"journal": journal, "device": device})


@unit
def drop_api_writers(journal: str) -> Work[None]:
    """From now on every `api` device writes to the journal under another id."""
    yield Query(_SQL["drop_api_writers"], {"journal": journal})


class RequestKey(Struct, frozen=True):
    """What is kept of an `Idempotency-Key`: hashes of it (with its device) and of what was asked under it."""

    key_hash: str
    fingerprint: str


class AlreadyDone(Exception):
    """A request under this key was carried out while this one was under way."""


@unit
def keep_request(journal: str, key: RequestKey, entity: str, now: int) -> Work[None]:
    """Notes that a request is carried out, in the transaction that does; older notes of the journal go.

    Raises:
        AlreadyDone: it was, meanwhile.

    """
    yield Query(_SQL["drop_old_requests"], {"journal": journal, "before": now - KEY_LIFETIME_MS})
    values = {"journal": journal, "key_hash": key.key_hash, "fingerprint": key.fingerprint, "entity": entity}
    kept = yield Query(_SQL["keep_request"], {**values, "now": now})
    if not kept:
        raise AlreadyDone


def done_request(journal: str, key: RequestKey, now: int) -> Query:
    """Rows (fingerprint, entity): at most one."""
    before = now - KEY_LIFETIME_MS
    return Query(_SQL["done_request"], {"journal": journal, "key_hash": key.key_hash, "before": before})


def as_entry(row: Row, *, empty: bool) -> JournalEntry:
    """A journal of an account's, from its row."""
    return JournalEntry(id=row[0], role=row[1], private=bool(row[2]), empty=empty)


def device_by_token(token: str) -> Query:
    """Rows (device, account, kind, revoked_at, scopes)."""
    return Query(_SQL["device_by_token"], {"token_hash": secret_hash(token)})


def journals_of(account: str) -> Query:
    """Rows (journal, role, private)."""
    return Query(_SQL["journals_of"], {"account": account})


def count_devices() -> Query:
    """One row: how many devices were ever paired."""
    return Query(_SQL["count_devices"], {})
