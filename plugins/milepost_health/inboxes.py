"""The addresses that phones send to. What an app sends is read elsewhere; here it is let in, and answered.

A message is let in by its secret address, and by a secret beside it where one is set. Nothing is kept of what there is no rule
for but its name in the log, and nothing of it is in an answer but how much there was.
"""

import hashlib
import hmac
from abc import abstractmethod
from collections import Counter
from datetime import tzinfo
from typing import Annotated, ClassVar, Generic, TypeVar

import msgspec
from msgspec import Meta

from milepost.plugin_api import Inbox, InboxContext, NewEntry, Reply, Request, Scope, Secret
from milepost_health import auto_export, life_dashboard, own_json
from milepost_health.rules import Noting, Rules
from milepost_health.times import today, zone_named
from milepost_health.told import NoPayload, Told

SIGNATURE = "x-signature"
MAX_ENTRIES = 5_000
"""Check-ins that one message may come to."""
MAX_SAID = 500


class BearerSettings(Rules, frozen=True, kw_only=True):
    """Rules, and a secret that the sender gives along."""

    secret: Annotated[
        Secret | None,
        Meta(description="What the app gives in the header `Authorization`, after `Bearer `; may be left out."),
    ] = None


class SignedSettings(Rules, frozen=True, kw_only=True):
    """Rules, and a secret that the sender signs with."""

    secret: Annotated[Secret | None, Meta(description="What the app signs with (HMAC); may be left out.")] = None


S = TypeVar("S", BearerSettings, SignedSettings)


class PhoneInbox(Inbox[S], Generic[S]):
    """What all of these addresses have in common."""

    defaults: ClassVar[frozenset[Scope]] = frozenset({"titles", "dates", "numbers"})

    @abstractmethod
    def told(self, body: bytes, zone: tzinfo | None) -> Told:
        """What a body tells.

        Raises:
            NoPayload: it is not what is sent here.

        """

    @abstractmethod
    def may_send(self, request: Request, secret: str) -> bool:
        """Whether a request shows that its sender knows the secret."""

    def receive(self, request: Request, context: InboxContext[S]) -> Reply:
        settings = context.settings
        if settings.secret and not self.may_send(request, settings.secret.reveal()):
            return said(401, "The secret or the signature is missing or wrong.")
        if request.method != "POST":
            return said(405, "Send it by POST.")
        zone = zone_named(context.view.time_zone)
        try:
            found = self.told(request.body, zone)
        except NoPayload as error:
            return said(400, str(error))
        until = today(request.received_ms, zone)
        found.keep(lambda one: one.on <= until, "is still to come")
        noting = Noting(settings, context.view)
        found.keep(noting.fits, "has a number outside the range of its measure")
        entries = _entries(found, noting)
        if len(entries) > MAX_ENTRIES:
            return said(413, f"This comes to more than {MAX_ENTRIES:,} check-ins: send a shorter time at once.")
        return _answer(found, entries, noting, context)

    def check(self, context: InboxContext[S]) -> str:
        noting = Noting(context.settings, context.view)
        noting.check()
        return "" if noting.targets else "There is no rule yet, so all that is sent is passed by."


def _entries(found: Told, noting: Noting) -> tuple[NewEntry, ...]:
    for what in {reading.what for reading in found.readings} - noting.targets.keys() - noting.unfit.keys():
        found.pass_by(what, sum(reading.what == what for reading in found.readings))
    # A mood that is there already is not put otherwise by an old message that somebody sends again.
    new = (one for one in found.readings if one.what != "mood" or not noting.is_there(one))
    return tuple(noting.entries(new))


def _answer(found: Told, entries: tuple[NewEntry, ...], noting: Noting, context: InboxContext[S]) -> Reply:
    unfit = Counter(one.what for one in found.readings if one.what in noting.unfit)
    for why in (noting.unfit[one] for one in sorted(unfit)):
        context.log(f"left out: {why}"[:MAX_SAID])
    if unfit and unfit.total() == len(found.readings):
        return said(409, "It can't be taken in now: whoever made this address is told why.")
    left = {name: found.left[name] for name in sorted(found.left)}
    if left:
        context.log(f"no rule for: {', '.join(f'{name} ({count})' for name, count in left.items())}"[:MAX_SAID])
    for name, count in found.beside.items():
        if name in noting.targets and not any(one.what == name for one in found.readings):
            context.log(
                f"{name} come by the day, and these were single records ({count}): have the app send daily totals"
            )
    if found.wrong:  # by their names alone: why has numbers in it, and is told to the sender
        names = dict.fromkeys(words.partition(":")[0] for words in found.wrong)
        context.log(f"not understood, as the answer told the sender: {', '.join(names)}"[:MAX_SAID])
    if found.wrong and not found.readings and not left:
        return said(422, f"Nothing in it could be understood. {found.wrong[0]}")
    told: dict[str, object] = {"taken": len(entries), "no_rule": left, "not_understood": found.wrong}
    if unfit:
        told["unfit"] = dict(unfit)
    if found.beside:
        told["passed_by"] = dict(found.beside)
    return Reply(body=msgspec.json.encode(told), entries=entries)


def said(status: int, words: str) -> Reply:
    """An answer in words, without anything of the journal in it."""
    return Reply(status=status, body=msgspec.json.encode({"said": words}))


def bears(request: Request, secret: str) -> bool:
    """Whether a request has the secret in the header `Authorization` (RFC 6750, section 2.1)."""
    return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {secret}".encode())


def signs(request: Request, secret: str) -> bool:
    """Whether a request bears the HMAC-SHA256 of its very body, as `sha256=` and hexadecimal digits."""
    made = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(request.headers.get(SIGNATURE, "").strip().lower().encode(), f"sha256={made}".encode())


class AutoExportInbox(PhoneInbox[BearerSettings]):
    """Health Auto Export, on iPhones."""

    name = "health-auto-export"
    title = "What the iOS app Health Auto Export sends"
    settings = BearerSettings

    def told(self, body: bytes, zone: tzinfo | None) -> Told:
        return auto_export.told(body, zone)

    def may_send(self, request: Request, secret: str) -> bool:
        return bears(request, secret)


class LifeDashboardInbox(PhoneInbox[SignedSettings]):
    """Life Dashboard Companion, on Android."""

    name = "life-dashboard"
    title = "What the Android app Life Dashboard Companion sends"
    settings = SignedSettings

    def told(self, body: bytes, zone: tzinfo | None) -> Told:
        return life_dashboard.told(body, zone)

    def may_send(self, request: Request, secret: str) -> bool:
        return signs(request, secret)


class OwnJsonInbox(PhoneInbox[BearerSettings]):
    """Shortcuts, and whatever else can post JSON."""

    name = "health-json"
    title = "Health data in plain JSON, as a Shortcut sends it"
    settings = BearerSettings

    def told(self, body: bytes, zone: tzinfo | None) -> Told:
        return own_json.told(body, zone)

    def may_send(self, request: Request, secret: str) -> bool:
        return bears(request, secret) or signs(request, secret)
