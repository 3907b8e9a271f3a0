"""What holds for every notifier; subclass `NotifierConformance` in a test, and set what it is about."""

from typing import Any, ClassVar

from milepost.plugin_api import Message, Notifier
from milepost.testing.findings import NothingSent, listening, raises, require, secrets_in, skip
from milepost.testing.host import FakeHost, checked_hosts
from milepost.testing.outside import FAULTS, Fault, Outside
from milepost.testing.settings import SettingsConformance

MESSAGES = (
    Message(
        key="reminder 1", title="A check-in is due", body="Whenever it suits you", link="https://milepost.example/c/1"
    ),
    Message(key="reminder 2", title="Time to breathe"),
    Message(key="reminder 3", title="Grüße, “quoted” & <b>日本語</b> 💛", body="One line\nand another\n" * 20),
)


class NotifierConformance(SettingsConformance):
    """Tests for a notifier. Set `notifier`, `settings`, and how to make what is `outside`."""

    notifier: ClassVar[type[Notifier[Any]]]

    def outside(self) -> Outside:
        """A new and empty service. One that is more like the real thing makes better tests."""
        return Outside()

    def host(self) -> FakeHost:
        return FakeHost(self.settings, self.outside())

    def test_a_message_is_sent(self) -> None:
        for message in MESSAGES:
            host = self.host()
            host.notify(self.notifier(), message)
            if host.sent == 0 and not host.strayed:
                raise NothingSent("`notify` came back, and nothing was sent.")

    def test_a_fault_outside_raises(self) -> None:
        for kind in FAULTS:
            host = self.host()
            host.fault = Fault(kind)
            told = raises(lambda host=host: host.notify(self.notifier(), MESSAGES[0]))  # type: ignore[misc]
            require(
                told,
                f"With {kind!r} from outside, `notify` comes back as if all was well: let it raise.",
            )

    def test_only_declared_hosts_are_reached(self) -> None:
        require(
            bool(checked_hosts(self.notifier().hosts(self.settings))), "`hosts` names none, so nothing can be reached."
        )
        host = self.host()
        host.notify(self.notifier(), MESSAGES[0])
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
                try:
                    host.notify(self.notifier(), MESSAGES[0])
                except Exception as error:  # noqa: BLE001 - it is what is looked at
                    heard.raised(error)
                heard.texts += [("a line that it logged", line) for line in host.logged]
        heard.require_silence_about(secrets)
