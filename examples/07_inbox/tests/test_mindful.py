"""What holds for every inbox, and what this one takes in."""

import hashlib
import hmac

import pytest
from milepost_mindful_example import SIGNATURE, MindfulInbox, Settings

from milepost.plugin_api import NewEntry, Request, Secret
from milepost.testing import GARBAGE, FakeHost, FakeJournal, InboxConformance

SETTINGS = Settings(signing_secret=Secret("planted-secret-4711"))
SITTING = b'{"id": "a1", "on": "2026-05-04", "minutes": 12}'


def signed(body: bytes) -> Request:
    signature = hmac.new(b"planted-secret-4711", body, hashlib.sha256).hexdigest()
    return Request(headers={SIGNATURE: signature}, body=body, received_ms=1)


class TestInbox(InboxConformance):
    """Inherited: sent twice, garbage, wrong signatures, secrets, settings."""

    inbox = MindfulInbox
    settings = SETTINGS
    signed = True

    def good(self) -> Request:
        return signed(SITTING)


def test_a_sitting_is_a_check_in() -> None:
    reply = FakeHost(SETTINGS).receive(MindfulInbox(), signed(SITTING))
    fields = {"on": "2026-05-04", "value": 12}
    assert reply.entries == (NewEntry(kind="checkin", external_id="a1", fields=fields),)


def test_it_is_about_what_the_person_said_and_about_nothing_that_is_not_there() -> None:
    journal = FakeJournal()
    practice = journal.practice("Sit still")
    entry = NewEntry(kind="checkin", external_id="a1", fields={"on": "2026-05-04", "value": 12, "subject": practice})
    for about, status, entries in ((practice, 200, (entry,)), ("somewhere else", 409, ())):
        host = FakeHost(Settings(signing_secret=SETTINGS.signing_secret, about=about))
        reply = host.receive(MindfulInbox(), signed(SITTING), journal.view())
        assert (reply.status, reply.entries, bool(host.logged)) == (status, entries, not entries)


@pytest.mark.parametrize(
    "body",
    [
        *GARBAGE,
        b'{"id": "a1", "on": "2026-02-30", "minutes": 12}',
        b'{"id": "a1", "on": "2026-05-04", "minutes": 0}',
        b'{"id": "a1", "on": "2026-05-04", "minutes": "twelve"}',
        b'{"id": "", "on": "2026-05-04", "minutes": 12}',
    ],
)
def test_what_is_no_sitting_is_refused_even_if_it_is_signed(body: bytes) -> None:
    assert FakeHost(SETTINGS).receive(MindfulInbox(), signed(body)).status == 400
