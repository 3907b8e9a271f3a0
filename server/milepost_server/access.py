"""Who calls, and which journals are theirs; remembered where nobody else writes to the database, until something changes."""

from collections import OrderedDict

from msgspec import Struct

from milepost.database import Database
from milepost.errors import NotAllowed, NotFound, NotSignedIn
from milepost_server.access_rules import Rule
from milepost_server.records import Caller, device_by_token, journals_of

MAX_CALLERS = 50_000

_SIGN_IN = (
    "Send one that is known here as `Authorization: Bearer …`. `milepost device token NAME`, on a paired device, makes one "
    "for a script; `milepost pair` pairs a device."
)

_FOR_DEVICES = "This token is one for scripts: it can't push events. Pair the device: `milepost pair`."
_FOR_SCRIPTS = (
    "This token belongs to a device that counts its own events. Make one for scripts: `milepost device token NAME`."
)


class Access:
    """Answers from memory; whatever changes devices or members calls `forget`. Where other servers may change them
    (`remembers` is false), the database is asked each time: what is revoked there opens nothing here either.
    """

    def __init__(self, database: Database, *, remembers: bool = True) -> None:
        self._database = database
        self.remembers = remembers
        self._callers: OrderedDict[str, Caller] = OrderedDict()
        self._journals: OrderedDict[str, dict[str, str]] = OrderedDict()
        self.generation = 0
        self._were_good: OrderedDict[str, None] = OrderedDict()

    def forget(self) -> None:
        """Devices or members changed: ask the database anew."""
        self.generation += 1  # what is being read now is not remembered
        self._callers.clear()
        self._journals.clear()

    def knows(self, authorization: str) -> bool:
        """Whether the header is, or lately was, that of a device: nobody guesses one."""
        return authorization in self._were_good

    async def caller(self, authorization: str) -> Caller:
        """The device behind an `Authorization` header.

        Raises:
            NotSignedIn: none, unknown or revoked.

        """
        known = self._callers.get(authorization)
        if known is not None:
            return known
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn(f"This needs a token. {_SIGN_IN}")
        generation = self.generation
        rows = await self._database.read(device_by_token(token.strip()))
        if not rows:
            raise NotSignedIn(f"This server does not know that token. {_SIGN_IN}")
        device, account, kind, revoked_at, scopes = rows[0]
        if revoked_at is not None:
            raise NotSignedIn("This device was revoked. What it holds stays on it; pair it again to sync.")
        caller = Caller(account, device, kind, scopes)
        self._were_good[authorization] = None
        if len(self._were_good) > MAX_CALLERS:
            self._were_good.popitem(last=False)
        if self.remembers and generation == self.generation:
            self._callers[authorization] = caller
        if len(self._callers) > MAX_CALLERS:
            self._callers.popitem(last=False)
        return caller

    async def journals(self, account: str) -> dict[str, str]:
        """Journal id → the account's role there."""
        known = self._journals.get(account)
        if known is None:
            generation = self.generation
            rows = await self._database.read(journals_of(account))
            known = {journal: role for journal, role, _ in rows}
            if self.remembers and generation == self.generation:
                self._journals[account] = known
            if len(self._journals) > MAX_CALLERS:
                self._journals.popitem(last=False)
        return known

    async def admit(self, authorization: str, rule: Rule, journal: str) -> "Admitted":
        """Who makes a request that the rule lets in.

        Raises:
            NotSignedIn: no valid token.
            NotFound: no such journal, or not theirs; both look the same.
            NotAllowed: the token or the role is not enough.

        """
        caller = await self.caller(authorization)
        role = ""
        if rule.who != "account":
            role = (await self.journals(caller.account)).get(journal, "")
            if not role:
                raise NotFound(f"There is no journal {journal} here that is yours.")
        if rule.kind == "log" and caller.kind != "log":
            raise NotAllowed(_FOR_DEVICES)
        if rule.kind == "api" and caller.kind != "api":
            raise NotAllowed(_FOR_SCRIPTS)
        if rule.scope not in caller.scopes.split():
            raise NotAllowed(f"This token may not {rule.scope}: it was made to {caller.scopes.replace(' ', ' and ')}.")
        if rule.who == "owner" and role != "owner":
            raise NotAllowed("Only an owner of this journal may do that.")
        return Admitted(caller, role)


class Admitted(Struct, frozen=True):
    """Who makes a request, and their role in the journal that it is about (empty where it is about none)."""

    caller: Caller
    role: str
