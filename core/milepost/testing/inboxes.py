"""What holds for every inbox; subclass `InboxConformance` in a test, and set what it is about."""

from typing import Any, ClassVar

from msgspec.structs import replace

from milepost.plugin_api import Inbox, Reply, Request
from milepost.testing.findings import listening, require, secrets_in, skip
from milepost.testing.host import FakeHost
from milepost.testing.journal import FakeJournal, sample_journal
from milepost.testing.settings import SettingsConformance

GARBAGE: tuple[bytes, ...] = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"17",
    b'"text"',
    b'{"a": {"b": [1, 2, null]}}',
    b"\xff\xfe\x00\x01",
    b"<xml/>",
    b"a=1&b=2",
    b"[" * 5000,
    b"9" * 5000,
    '{"on": "2026-13-45", "value": "ü"}'.encode(),
)
"""Bodies that are not what anybody means to send."""


class InboxConformance(SettingsConformance):
    """Tests for an inbox. Set `inbox`, `settings`, and what a `good` request is."""

    inbox: ClassVar[type[Inbox[Any]]]
    signed: ClassVar[bool] = False
    """Whether a request bears a signature over its body."""

    def good(self) -> Request:
        """A request with something in it, signed if requests are."""
        skip("`good` is not defined: no request with something in it is tried.")

    def journal(self) -> FakeJournal:
        """The journal that it may look at."""
        return sample_journal()

    def receive(self, request: Request) -> Reply:
        return FakeHost(self.settings).receive(self.inbox(), request, self.journal().view())

    def test_a_good_request_is_taken_in(self) -> None:
        reply = self.receive(self.good())
        require(200 <= reply.status < 300, f"A good request is answered {reply.status} {reply.body[:80]!r}.")
        require(bool(reply.entries), "A good request is answered well, and nothing of it comes in.")

    def test_the_same_request_again_gives_the_same(self) -> None:
        first, later = self.good(), replace(self.good(), received_ms=self.good().received_ms + 5_000)
        again = self.receive(later)
        require(
            (again.status, again.entries) == (self.receive(first).status, self.receive(first).entries),
            "The same body again gives other entries: make `external_id` from what was sent, never from the time or chance.",
        )

    def test_garbage_is_answered_and_takes_nothing_in(self) -> None:
        for request in (Request(received_ms=1), *(self._with(body) for body in GARBAGE)):
            reply = self._answered(request)
            good = reply.status >= 400 or not reply.entries
            require(good, f"The body {request.body[:40]!r} made entries: {reply.entries[:1]!r}.")
            require(
                reply.status < 500,
                f"The body {request.body[:40]!r} is answered {reply.status}: say 400, it is the sender's.",
            )

    def test_other_methods_are_answered(self) -> None:
        for method in ("GET", "PUT", "DELETE", "HEAD"):
            self._answered(Request(method=method, received_ms=1))

    def test_a_wrong_signature_takes_nothing_in(self) -> None:
        if not self.signed:
            skip("Its requests are not signed.")
        good = self.good()
        forged = [
            replace(good, body=good.body + b" "),
            replace(good, body=good.body[:-1] + b"!"),
            replace(good, headers={}),
        ]
        forged += [
            replace(good, headers={**good.headers, name: value[:-2] + ("AA" if value[-2:] != "AA" else "BB")})
            for name, value in good.headers.items()
            if "signature" in name.lower()
        ]
        for request in forged:
            reply = self._answered(request)
            refused = 400 <= reply.status < 500 and not reply.entries
            require(
                refused, f"A request that was forged is answered {reply.status}, with {len(reply.entries)} entries."
            )

    def test_secrets_are_told_to_nobody(self) -> None:
        secrets = secrets_in(self.settings)
        if not secrets:
            skip("The settings of these tests have no secret.")
        with listening() as heard:
            for request in (Request(received_ms=1), *(self._with(body) for body in GARBAGE)):
                host = FakeHost(self.settings)
                try:
                    heard.texts.append(("a reply", repr(host.receive(self.inbox(), request, self.journal().view()))))
                except Exception as error:  # noqa: BLE001 - it is what is looked at
                    heard.raised(error)
                heard.texts += [("a line that it logged", line) for line in host.logged]
        heard.require_silence_about(secrets)

    def _with(self, body: bytes) -> Request:
        """A request like a good one, but for its body."""
        return Request(headers={"content-type": "application/json"}, body=body, received_ms=1_777_880_000_000)

    def _answered(self, request: Request) -> Reply:
        try:
            return self.receive(request)
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(
                f"{request.method} with the body {request.body[:40]!r} raised {type(error).__name__}: {error}. Answer 400 to "
                "what can't be read."
            ) from error
