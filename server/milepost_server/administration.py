"""What who runs a server can have done, each under a name: the same whether a server runs on the data folder or not."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from milepost.archiving import KEPT_EVENTS
from milepost.connection_messages import PluginEntry
from milepost.errors import InvalidInput, NotFound
from milepost_server.accounts import account_named, add_account, all_accounts, rename_account
from milepost_server.hosting import changing_keys
from milepost_server.hosting.changing_keys import SealingKey
from milepost_server.hosting.host import Told
from milepost_server.records import all_journals, issue_code
from milepost_server.services import Services


class PairingCodeAsked(Struct, frozen=True):
    """A pairing code is wanted, for an account by its name or id; for the server's first where none is named."""

    user: str = ""


class PairingCode(Struct, frozen=True):
    """A code that works once, within five minutes."""

    code: str


class ArchiveAsked(Struct, frozen=True, kw_only=True):
    """Old events are to be packed away, of every journal, but for about the newest `keep`."""

    keep: Annotated[int, Meta(ge=0, le=2**53 - 1)] = KEPT_EVENTS


class Archived(Struct, frozen=True, kw_only=True):
    """How many events of how many journals were packed away."""

    journals: int
    events: int


class UserAsked(Struct, frozen=True):
    """An account is to begin."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]


class RenameAsked(Struct, frozen=True):
    """An account (by its name or id) is to be called something else."""

    user: str
    name: Annotated[str, Meta(min_length=1, max_length=100)]


class UsersAsked(Struct, frozen=True):
    """Who has an account is asked."""


class User(Struct, frozen=True):
    """An account."""

    id: str
    name: str


class Users(Struct, frozen=True):
    """All accounts, the oldest first."""

    users: list[User]


class PluginEnableAsked(Struct, frozen=True, kw_only=True):
    """A plugin is to run from now on; with `private_hosts` it may connect to addresses of the server's own network."""

    name: str
    private_hosts: bool = False


class PluginDisableAsked(Struct, frozen=True, kw_only=True):
    """A plugin is to run no more."""

    name: str


class PluginsAsked(Struct, frozen=True):
    """Which plugins the server has is asked."""


class InstalledPlugins(Struct, frozen=True):
    """Every plugin that is installed where the server runs."""

    plugins: list[PluginEntry]


class SealingKeysAsked(Struct, frozen=True):
    """Which keys seal what plugins are trusted with is asked."""


class SealingKeys(Struct, frozen=True):
    """The keys of the data folder, the one that seals first."""

    keys: list[SealingKey]


class SealingKeyAdded(Struct, frozen=True):
    """A new key opens from now on."""

    id: str


class SealingKeyNamed(Struct, frozen=True):
    """Something is to be done with this key."""

    id: str


class SealedAnew(Struct, frozen=True):
    """So many texts were sealed anew."""

    texts: int


async def _pairing_code(services: Services, asked: PairingCodeAsked) -> PairingCode:
    account = await services.database.write(account_named(asked.user)) if asked.user else services.account
    return PairingCode(await services.database.write(issue_code(account, services.now_ms())))


async def _add_user(services: Services, asked: UserAsked) -> User:
    if any(name == asked.name for _, name, _ in await services.database.read(all_accounts())):
        raise InvalidInput(f"Somebody is called {asked.name!r} here already. Give another name, to tell them apart.")
    return User(await services.database.write(add_account(asked.name, services.now_ms())), asked.name)


async def _rename_user(services: Services, asked: RenameAsked) -> User:
    account = await services.database.write(account_named(asked.user))
    await services.database.write(rename_account(account, asked.name, services.now_ms()))
    return User(account, asked.name)


async def _list_users(services: Services, _: UsersAsked) -> Users:
    rows = await services.database.read(all_accounts())
    return Users([User(account, name) for account, name, _ in rows])


async def _archive(services: Services, asked: ArchiveAsked) -> Archived:
    journals = await services.database.read(all_journals())
    moved = [await services.store.archive(journal, keep=asked.keep) for (journal,) in journals]
    return Archived(journals=sum(count > 0 for count in moved), events=sum(moved))


async def _enable_plugin(services: Services, asked: PluginEnableAsked) -> PluginEntry:
    told = Told(enabled=True, private_hosts=asked.private_hosts)
    entry = await services.host.set(asked.name, told, services.now_ms())
    services.schedule.hint()
    return entry


async def _disable_plugin(services: Services, asked: PluginDisableAsked) -> PluginEntry:
    return await services.host.set(asked.name, Told(enabled=False), services.now_ms())


async def _list_plugins(services: Services, _: PluginsAsked) -> InstalledPlugins:
    return InstalledPlugins(services.host.entries())


async def _list_keys(services: Services, _: SealingKeysAsked) -> SealingKeys:
    return SealingKeys(await changing_keys.keys(services.database, services.keyring))


async def _add_key(services: Services, _: SealingKeysAsked) -> SealingKeyAdded:
    return SealingKeyAdded(await changing_keys.add(services.keyring))


async def _use_key(services: Services, asked: SealingKeyNamed) -> SealedAnew:
    return SealedAnew(await changing_keys.use(services.database, services.keyring, asked.id))


async def _drop_key(services: Services, asked: SealingKeyNamed) -> SealingKeyNamed:
    await changing_keys.drop(services.database, services.keyring, asked.id)
    return asked


class Operation(Struct, frozen=True):
    """What is asked, and what is done about it."""

    asks: type[Struct]
    run: Callable[[Services, Any], Awaitable[Struct]]


OPERATIONS = {
    "pairing-code": Operation(PairingCodeAsked, _pairing_code),
    "user-add": Operation(UserAsked, _add_user),
    "user-rename": Operation(RenameAsked, _rename_user),
    "user-list": Operation(UsersAsked, _list_users),
    "archive": Operation(ArchiveAsked, _archive),
    "plugin-enable": Operation(PluginEnableAsked, _enable_plugin),
    "plugin-disable": Operation(PluginDisableAsked, _disable_plugin),
    "plugin-list": Operation(PluginsAsked, _list_plugins),
    "key-list": Operation(SealingKeysAsked, _list_keys),
    "key-add": Operation(SealingKeysAsked, _add_key),
    "key-use": Operation(SealingKeyNamed, _use_key),
    "key-drop": Operation(SealingKeyNamed, _drop_key),
}
RUNS_PLUGINS = frozenset({"plugin-enable", "plugin-list"})
"""Operations that need plugins loaded; where no server runs, all others load none: so one that breaks whoever loads it can
be disabled."""


async def carry_out(services: Services, name: str, body: bytes) -> bytes:
    """Does what a JSON body asks for under a name; the answer is JSON.

    Raises:
        NotFound: there is no such operation in this version.
        InvalidInput: the body is not what it asks.
    """
    operation = OPERATIONS.get(name)
    if operation is None:
        raise NotFound(f"This server can't do {name!r}: it may be older than the command.")
    try:
        asked = msgspec.json.decode(body or b"{}", type=operation.asks)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"`{name}`: {error}.") from error
    return msgspec.json.encode(await operation.run(services, asked))
