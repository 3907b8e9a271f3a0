"""What holds for every connector; subclass `ConnectorConformance` in a test, and set what it is about.

Theory of operation
-------------------
Each test begins with an empty outside and a fresh host, and compares what is outside in the end with an undisturbed run.
Whatever goes wrong on the way (no answer, an answer that gets lost, a call cut short), the host sends the same window
again, with the same keys, and outside it must look as if nothing had ever gone wrong.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from milepost.plugin_api import SCOPE_OF, SCOPES, Answer, Change, Changed, Connector, Done, Happened, Rejected
from milepost.projection import Grant
from milepost.testing.findings import Heard, NothingSent, listening, raises, require, secrets_in, skip
from milepost.testing.host import FakeHost, checked_hosts
from milepost.testing.journal import FakeJournal, sample_journal, words_of
from milepost.testing.outside import FAULTS, Fault, Outside
from milepost.testing.settings import SettingsConformance

PATIENCE_S = 5.0
NOTHING = Grant(frozenset(), plain=False)


class ConnectorConformance(SettingsConformance):
    """Tests for a connector. Set `connector`, `settings`, and how to make what is `outside`."""

    connector: ClassVar[type[Connector[Any]]]
    keeps_a_log: ClassVar[bool] = False
    """Whether nothing goes away outside, as with webhooks: what was said there stays said."""

    places_at_most: ClassVar[int] = 8
    """At how many requests of a window something goes wrong in turn: fewer where a service is slow."""

    def outside(self) -> Outside:
        """A new and empty service, or the one there is, emptied: a test uses one at a time, and the newest. One that is
        more like the real thing makes better tests.
        """
        return Outside()

    def journal(self) -> FakeJournal:
        """What there is to be sent; the sample has something of every kind."""
        return sample_journal()

    def change_outside(self, outside: Outside) -> None:
        """Changes something outside, as somebody there would: for connectors that define `pull`."""
        del outside
        skip("`change_outside` is not defined: nothing comes in from outside in these tests.")

    # How they run

    def host(self) -> FakeHost:
        return FakeHost(self.settings, self.outside())

    def changes(self, **more: Any) -> list[Change]:
        each = self.connector.delivery == "each"
        found = self.journal().changes(self.connector.kinds, each=each, **more)
        if not found:
            raise NothingSent(
                "The journal of these tests has nothing that the connector has a use for: see to `kinds`."
            )
        return found

    def removals(self) -> list[Change]:
        return self.journal().removals(self.connector.kinds)

    def push(self, host: FakeHost, changes: Sequence[Change]) -> list[Answer]:
        """Sends changes in batches, each by an object of its own, as the host does."""
        answers: list[Answer] = []
        for at in range(0, len(changes), self.connector.batch):
            answers += host.push(self.connector(), changes[at : at + self.connector.batch])
        return answers

    def undisturbed(self) -> FakeHost:
        """A host whose connector has brought everything outside."""
        host = self.host()
        _require_done(self.push(host, self.changes()))
        if host.sent == 0 and not host.strayed:
            raise NothingSent("Nothing was sent: see to `settings`, and to what `push` has a use for.")
        return host

    def places(self) -> Iterator[int]:
        """The requests at which something goes wrong."""
        sent = self.undisturbed().sent
        most = self.places_at_most
        yield from sorted({1 + at * (sent - 1) // max(most - 1, 1) for at in range(most)})

    # What holds

    def test_the_same_window_again_changes_nothing_outside(self) -> None:
        host = self.undisturbed()
        once = host.outside.seen()
        _require_done(self.push(host, self.changes()))
        require(
            host.outside.seen() == once,
            "The same changes with the same keys did something outside twice. Make ids outside from the change's `key` "
            "or `id`, or remember in `context.state` what was done.",
        )

    def test_the_same_window_again_by_a_connector_that_forgot_changes_nothing_outside(self) -> None:
        host = self.undisturbed()
        once = host.outside.seen()
        host.state.clear()
        host.state.keep()
        _require_done(self.push(host, self.changes()))
        require(
            host.outside.seen() == once,
            "Where `context.state` is lost, the same changes did something outside twice: ids outside must not depend on it.",
        )

    def test_a_fault_outside_rejects_nothing_and_is_no_success(self) -> None:
        for kind in FAULTS:
            host = self.host()
            host.fault = Fault(kind)
            done = self._pushed_at_fault(host)
            require(
                done < len(self.changes()),
                f"With {host.fault!r}, `push` answers Done all the same: answer Later, or raise.",
            )

    def test_what_went_wrong_on_the_way_is_made_good(self) -> None:
        good = self.undisturbed().outside.seen()
        for place in self.places():
            for fault in (Fault("503", place), Fault("timeout", place), Fault("timeout", place, after=True)):
                for again_from_the_beginning in (False, True):
                    host = self.host()
                    host.fault = fault
                    done = self._pushed_at_fault(host)
                    host.fault = None
                    _require_done(self.push(host, self.changes()[0 if again_from_the_beginning else done :]))
                    require(
                        host.outside.seen() == good,
                        f"After {fault!r}, and once more what was not Done, it looks different outside than if nothing had "
                        "gone wrong.",
                    )

    def test_a_call_cut_short_leaves_nothing_half_said(self) -> None:
        good = self.undisturbed().outside.seen()
        for place in self.places():
            for after in (False, True):
                host = self.host()
                asyncio.run(self._cut(host, Fault("hang", place, after=after)))
                host.fault = None
                _require_done(self.push(host, self.changes()))
                require(
                    host.outside.seen() == good,
                    f"A call that was cut short at request {place}, and the same window again, left something else outside.",
                )

    def test_what_was_taken_back_is_gone_outside(self) -> None:
        self._require_gone(self.removals())

    def test_what_was_withdrawn_is_gone_outside(self) -> None:
        self._require_gone(self.journal().withdrawals(self.connector.kinds))

    def test_taking_back_what_is_not_there_is_done(self) -> None:
        host = self.host()
        _require_done(self.push(host, self.removals()))
        _require_done(self.push(host, self.removals()))

    def test_what_is_withheld_appears_nowhere(self) -> None:
        host = self.host()
        host.scopes, host.plain = frozenset(), False
        for scopes in (frozenset(), frozenset({"titles"}), frozenset({"dates", "numbers"})):
            grant = Grant(frozenset(scope for scope in SCOPES if scope in scopes), plain=False)
            changes = self.journal().changes(self.connector.kinds, grant=grant)
            if changes:
                _require_done(self.push(host, changes))
        for request in host.outside.requests:
            text = f"{request.url} {request.headers} {request.content.decode(errors='replace')}".lower()
            require(
                "withheld" not in text,
                f"{request.method} {request.url.path} says `withheld`: leave such fields out. `plain(view)` does.",
            )

    def test_words_go_when_they_are_granted_no_more(self) -> None:
        if self.keeps_a_log:
            skip("What was said outside stays said there.")
        host = self.undisturbed()
        _require_done(self.push(host, self.journal().narrowed(NOTHING, self.connector.kinds)))
        left = str(host.outside.seen())
        views = [change.view for change in self.changes() if isinstance(change, Changed)]
        for words in words_of(views, lambda view: SCOPE_OF[type(view)]):
            require(
                words[:12] not in left,
                "Words are outside that were granted once and are no more: write a thing anew as a whole when it changes.",
            )

    def test_events_of_newer_versions_do_no_harm(self) -> None:
        event = Happened(type="goal.from_a_newer_version", seq=7, at_ms=1, fields=("a_new_field",))
        changes = [msgspec.structs.replace(one, event=event) for one in self.changes() if isinstance(one, Changed)]
        _require_done(self.push(self.host(), changes))

    def test_only_declared_hosts_are_reached(self) -> None:
        require(
            bool(checked_hosts(self.connector().hosts(self.settings))), "`hosts` names none, so nothing can be reached."
        )
        host = self.undisturbed()
        raises(lambda: host.check(self.connector()))
        require(
            not host.strayed, f"It asks for hosts that `hosts` does not name: {', '.join(sorted(set(host.strayed)))}."
        )

    def test_secrets_are_told_to_nobody(self) -> None:
        secrets = secrets_in(self.settings)
        if not secrets:
            skip("The settings of these tests have no secret.")
        with listening() as heard:
            for fault in (None, *(Fault(kind) for kind in FAULTS)):
                host = self.host()
                host.fault = fault
                self._say_everything(host, heard)
        heard.require_silence_about(secrets)

    def test_a_check_changes_nothing_outside(self) -> None:
        for begun in (self.host, self.undisturbed):
            host = begun()
            before, sent = host.outside.seen(), host.sent
            host.check(self.connector())
            require(host.outside.seen() == before, "`check` changes something outside: it may only look.")
            if host.sent > sent:
                host.fault = Fault("refused")
                told = raises(lambda host=host: host.check(self.connector()))  # type: ignore[misc]
                require(told, "`check` says that all is well while nothing can be reached: let it raise.")

    def test_a_preview_says_what_is_sent_and_sends_nothing(self) -> None:
        for change in (*self.changes(), *self.removals()):
            text = self.connector().preview(change, self.settings)
            require(isinstance(text, str), f"`preview` gave {type(text).__name__} and should give a text.")
            for secret in secrets_in(self.settings):
                require(secret not in text, "`preview` shows a secret.")

    def test_waking_is_later_than_now(self) -> None:
        now = self.host().now
        for change in self.changes():
            wakes: Any = self.connector().wake(change.view, now) if isinstance(change, Changed) else None
            good = wakes is None or (isinstance(wakes, datetime) and wakes.tzinfo is not None and wakes > now)
            require(good, f"`wake` gave {wakes!r}: give None, or a moment after now, with a zone.")

    def test_what_changed_outside_comes_in_however_often_it_is_cut_short(self) -> None:
        host = self._changed_outside()
        before = dict(host.state)
        sent = host.sent
        entries = host.pull(self.connector())
        require(bool(entries), "Something changed outside, and `pull` brought nothing.")
        for place in range(1, host.sent - sent + 1):
            again = self._changed_outside()
            require(dict(again.state) == before, "Two runs of the same left something else in `context.state`.")
            again.fault = Fault("503", place)
            told = raises(lambda again=again: again.pull(self.connector()))  # type: ignore[misc]
            require(told, "`pull` gives something although a request failed: let it raise.")
            again.fault = None
            require(
                again.pull(self.connector()) == entries, "After a fault, `pull` brings something else than without."
            )

    # Within

    def _changed_outside(self) -> FakeHost:
        if self.connector.pull is Connector.pull:
            skip("It does not define `pull`.")
        host = self.undisturbed()
        self.change_outside(host.outside)
        return host

    def _pushed_at_fault(self, host: FakeHost) -> int:
        """How many changes, from the first, are Done when something goes wrong; the rest would be sent again."""
        changes, batch, done = self.changes(), self.connector.batch, 0
        while done < len(changes):
            part = changes[done : done + batch]
            try:
                answers = host.push(self.connector(), part)
            except AssertionError:
                raise
            except Exception:  # noqa: BLE001 - whatever is raised is tried again later
                return done
            rejected = [answer.reason for answer in answers if isinstance(answer, Rejected)]
            require(
                not rejected,
                f"With {host.fault!r}, `push` rejects a change ({rejected[:1]}): it would never be sent again. "
                "Answer Later, or raise.",
            )
            at = next((at for at, answer in enumerate(answers) if not isinstance(answer, Done)), None)
            if at is not None:
                return done + at
            done += len(part)
        return done

    async def _cut(self, host: FakeHost, fault: Fault) -> None:
        host.fault = fault
        changes, batch = self.changes(), self.connector.batch

        async def all_of_them() -> None:
            for at in range(0, len(changes), batch):
                await host.pushing(self.connector(), changes[at : at + batch])

        pushing = asyncio.create_task(all_of_them())
        begun = asyncio.create_task(fault.begun.wait())
        await asyncio.wait({pushing, begun}, return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE_S)
        begun.cancel()
        pushing.cancel()
        _, hanging = await asyncio.wait({pushing}, timeout=PATIENCE_S)
        require(not hanging, "A call that is cut short does not end: never catch CancelledError, nor BaseException.")
        require(
            pushing.cancelled() or not fault.begun.is_set(),
            "A call that was cut short went on as if nothing was: never catch CancelledError, nor BaseException.",
        )

    def _require_gone(self, changes: Sequence[Change]) -> None:
        empty = self.host().outside.seen()
        host = self.undisturbed()
        _require_done(self.push(host, changes))
        if not self.keeps_a_log:
            require(
                host.outside.seen() == empty,
                f"Something is left outside after each thing was {type(changes[0]).__name__}: it should be as it was in the "
                "beginning.",
            )

    def _say_everything(self, host: FakeHost, heard: Heard) -> None:
        """Has a connector say all that it can say."""
        connector = self.connector()
        calls: tuple[Callable[[], object], ...] = (
            lambda: heard.texts.append(("an answer", repr(self.push(host, self.changes())))),
            lambda: heard.texts.append(("an answer", repr(self.push(host, self.removals())))),
            lambda: heard.texts.append(("what `check` found", repr(host.check(connector)))),
            lambda: heard.texts.append(("what came in", repr(host.pull(connector)))),
        )
        for call in calls:
            try:
                call()
            except Exception as error:  # noqa: BLE001 - it is what is looked at
                heard.raised(error)
        heard.texts += [("a line that it logged", line) for line in host.logged]
        heard.texts.append(("`context.state`", str(dict(host.state))))
        heard.texts.append(("its repr", f"{connector!r} {vars(connector)}"))


def _require_done(answers: Sequence[Answer]) -> None:
    other = [answer for answer in answers if not isinstance(answer, Done)]
    require(not other, f"Nothing was wrong outside, and `push` answers {other[:1]} and not Done.")
