"""Who is in a journal, as units of work: members, invitations, consents. What they may write is the policy's."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from milepost.clock import new_id
from milepost.database import Query, Row, Work, unit
from milepost.errors import CodeRefused, NotAllowed, NotFound
from milepost.membership import Invitation, InvitationRequest, Member
from milepost.policy import Role
from milepost.sql_scripts import statements
from milepost_server.access_log import Done, note
from milepost_server.accounts import add_account
from milepost_server.hosting.connections import end_those_of
from milepost_server.records import Caller, Paired, add_device, code_hash, journals_of, new_code

KEPT_MS = 90 * 24 * 3600 * 1000
"""For so long after it ran out an invitation is listed."""
DAY_MS = 24 * 3600 * 1000
_USED = "That invitation was used already; each works once. Ask for a new one."
_RANK: dict[str, int] = {"reader": 0, "therapist": 1, "owner": 2}

_SQL = statements("milepost_server", "server.sql")


class People(Struct, frozen=True):
    """Who is in a journal."""

    rows: list[Row]

    @property
    def owners(self) -> set[str]:
        """The accounts of its owners."""
        return {account for account, _, role, *_ in self.rows if role == "owner"}

    def role(self, account: str) -> Role | None:
        """An account's role, or None for somebody else."""
        return next((role for one, _, role, *_ in self.rows if one == account), None)

    def told(self, you: str) -> list[Member]:
        """As a member is told."""
        return [
            Member(id=account, name=name, role=role, joined_at=joined, you=account == you)
            for account, name, role, joined, _ in self.rows
        ]


def people_in(journal: str) -> Query:
    """Rows for `People`."""
    return Query(_SQL["people_in"], {"journal": journal})


@unit
def _people(journal: str) -> Work[People]:
    return People((yield people_in(journal)))


@unit
def invite(journal: str, by: Caller, asked: InvitationRequest, now: int) -> Work[Invitation]:
    """An owner invites; the answer alone has the code."""
    yield Query(_SQL["drop_old_consents"], {"journal": journal, "before": now - KEPT_MS})
    yield Query(_SQL["drop_old_invitations"], {"journal": journal, "before": now - KEPT_MS})
    people = yield from _people(journal)
    code, invitation = new_code(groups=3), new_id()
    values = {"invitation": invitation, "journal": journal, "role": asked.role, "account": by.account, "now": now}
    expires_at = now + asked.days * DAY_MS
    yield Query(_SQL["add_invitation"], {**values, "code_hash": code_hash(code), "expires_at": expires_at})
    yield from note(journal, _done("invited", by, invitation, asked.role), now)
    return Invitation(
        id=invitation, journal=journal, role=asked.role, invited_by=by.account, created_at=now, expires_at=expires_at,
        waits_for=sorted(people.owners - {by.account}), code=code,
    )  # fmt: skip


@unit
def invitations(journal: str) -> Work[list[Invitation]]:
    """Every invitation to a journal, the oldest first, without its code."""
    people = yield from _people(journal)
    rows = yield Query(_SQL["invitations_of"], {"journal": journal})
    given = yield Query(_SQL["consents_of"], {"journal": journal})
    return [_invitation(row, people, given) for row in rows]


def _invitation(row: Row, people: People, consents: Sequence[Row]) -> Invitation:
    invitation, journal, role, by, created_at, expires_at, used_at, withdrawn_at = row
    given = {account for of, account in consents if of == invitation}
    over = used_at is not None or withdrawn_at is not None
    return Invitation(
        id=invitation, journal=journal, role=role, invited_by=by, created_at=created_at, expires_at=expires_at,
        waits_for=[] if over else sorted(people.owners - {by} - given), used_at=used_at, withdrawn_at=withdrawn_at,
    )  # fmt: skip


@unit
def consent(journal: str, invitation: str, by: Caller, now: int) -> Work[Invitation]:
    """Another owner agrees that somebody is invited; again, or where nobody waits for it, changes nothing.

    Raises:
        NotFound: there is no such invitation.
    """
    found = yield from _found(journal, invitation)
    if by.account in found.waits_for:
        yield Query(_SQL["add_consent"], {"journal": journal, "invitation": invitation, "account": by.account})
        yield from note(journal, _done("consented", by, invitation), now)
    return (yield from _found(journal, invitation))


@unit
def withdraw(journal: str, invitation: str, by: Caller, now: int) -> Work[Invitation]:
    """An owner takes an invitation back, whoever of them made it; again changes nothing.

    Raises:
        NotFound: there is no such invitation.
    """
    before = yield from _found(journal, invitation)
    yield Query(_SQL["withdraw_invitation"], {"journal": journal, "invitation": invitation, "now": now})
    after = yield from _found(journal, invitation)
    if after != before:
        yield from note(journal, _done("withdrew", by, invitation), now)
    return after


@unit
def _found(journal: str, invitation: str) -> Work[Invitation]:
    for one in (yield from invitations(journal)):
        if one.id == invitation:
            return one
    raise NotFound(f"This journal has no invitation {invitation}. `milepost invite list` shows those there are.")


class Opened(Struct, frozen=True):
    """What a code opens: the invitation, and who is in the journal."""

    invitation: Invitation
    people: People

    @property
    def inviter(self) -> str:
        """The name of who invites."""
        return next((name for account, name, *_ in self.people.rows if account == self.invitation.invited_by), "")


@unit
def look(code: str, now: int) -> Work[Opened]:
    """What a code opens, without using it.

    Raises:
        CodeRefused: it opens nothing (any more).
    """
    rows = yield Query(_SQL["invitation_by_code"], {"code_hash": code_hash(code)})
    if not rows:
        raise CodeRefused("This server did not give out that code. Check it, or ask for a new invitation.")
    journal = rows[0][1]
    people = yield from _people(journal)
    given = yield Query(_SQL["consents_of"], {"journal": journal})
    opened = Opened(_invitation(rows[0], people, given), people)
    if opened.invitation.used_at is not None:
        raise CodeRefused(_USED)
    if opened.invitation.withdrawn_at is not None or opened.invitation.invited_by not in people.owners:
        raise CodeRefused("That invitation was taken back. Ask who invited you.")
    if opened.invitation.expires_at <= now:
        raise CodeRefused("That invitation has run out. Ask for a new one.")
    return opened


@unit
def join(code: str, by: Caller, now: int) -> Work[str]:
    """Uses an invitation; returns the journal.

    Raises:
        CodeRefused: it opens nothing (any more).
        NotAllowed: an owner has yet to consent, or the account is in the journal with as much already.
    """
    opened = yield from look(code, now)
    invitation, journal = opened.invitation, opened.invitation.journal
    if invitation.waits_for:
        raise NotAllowed("Every owner has to agree to an invitation, and not all have yet. Try again once they did.")
    mine = opened.people.role(by.account)
    if mine is not None and _RANK[mine] >= _RANK[invitation.role]:
        raise NotAllowed(f"You are in that journal already, as {mine}. The code is still good for somebody else.")
    if not (yield Query(_SQL["use_invitation"], {"code_hash": code_hash(code), "now": now})):
        raise CodeRefused(_USED)
    if mine is None:
        yield from _share(journal, now)
        values = {"journal": journal, "account": by.account, "role": invitation.role, "private": 0, "now": now}
        yield Query(_SQL["add_member"], values)
    else:
        yield Query(_SQL["set_role"], {"journal": journal, "account": by.account, "role": invitation.role})
    yield from note(journal, _done("joined", by, by.account, invitation.role), now)
    return journal


@unit
def begin_account(
    code: str, account_name: str, token: str, name: str, *, journal: str, keep: bool, now: int
) -> Work[Paired]:
    """Somebody new uses an invitation: an account and its first device begin, with a private journal, and join.

    Raises:
        CodeRefused: it opens nothing (any more).
        NotAllowed: an owner has yet to consent.
    """
    yield from look(code, now)
    account = yield from add_account(account_name, now)
    paired = yield from add_device(account, token, name, journal=journal, keep=keep, now=now)
    if not paired.claimed:
        yield from give_private_journal(account, now)
    yield from join(code, Caller(account, paired.device), now)
    return replace(paired, journals=(yield journals_of(account)))


@unit
def _share(journal: str, now: int) -> Work[None]:
    """A journal that somebody joins is nobody's private one any more: whose it was gets another."""
    for (account,) in (yield Query(_SQL["no_longer_private"], {"journal": journal})):
        yield from give_private_journal(account, now)


@unit
def give_private_journal(account: str, now: int) -> Work[None]:
    """An account without one gets a private journal; its first device opens it."""
    values = {"journal": new_id(), "account": account, "role": "owner", "private": 1, "now": now}
    yield Query(_SQL["add_member"], values)


@unit
def change_role(journal: str, account: str, role: Role, by: Caller, now: int) -> Work[Member]:
    """An owner gives a member another role.

    Raises:
        NotFound: nobody like that is in the journal.
        NotAllowed: it is another owner, or needs the others' consent, or nobody would own the journal.
    """
    people = yield from _people(journal)
    now_is = people.role(account)
    if now_is is None:
        raise NotFound(f"Nobody with the id {account} is in this journal. `milepost members list` shows who is.")
    if now_is == "owner" and account != by.account:
        raise NotAllowed("An owner's rights are given up by that owner alone.")
    if now_is == "owner" and role != "owner" and people.owners == {account}:
        raise NotAllowed("Somebody has to own the journal. Make another member an owner first.")
    if _RANK[role] > _RANK[now_is] and len(people.owners) > 1:
        raise NotAllowed(f"All owners have to agree to that: invite them anew, with `milepost invite --role {role}`.")
    yield Query(_SQL["set_role"], {"journal": journal, "account": account, "role": role})
    if role != now_is:
        if role != "owner":
            yield from end_those_of(journal, account, left=False)
        yield from note(journal, _done("changed role", by, account, role), now)
    return next(one for one in (yield from _people(journal)).told(by.account) if one.id == account)


@unit
def remove(journal: str, account: str, by: Caller, now: int) -> Work[Member]:
    """A member leaves, or an owner removes one; calendars that they subscribed to end with it, and connections stop.

    Raises:
        NotFound: nobody like that is in the journal.
        NotAllowed: only owners remove others, nobody removes an owner, and somebody has to own a journal.
    """
    people = yield from _people(journal)
    found = next((one for one in people.told(by.account) if one.id == account), None)
    if found is None:
        raise NotFound(f"Nobody with the id {account} is in this journal. `milepost members list` shows who is.")
    leaves = account == by.account
    if not leaves and by.account not in people.owners:
        raise NotAllowed("Only an owner can remove somebody else.")
    if not leaves and found.role == "owner":
        raise NotAllowed("Nobody can remove an owner; they can leave.")
    if people.owners == {account}:
        raise NotAllowed(
            "You are the only owner of this journal. Make another member an owner first, or keep it: nobody else reads "
            "it once the others are removed."
        )
    yield Query(_SQL["remove_member"], {"journal": journal, "account": account})
    yield Query(_SQL["revoke_feeds_of"], {"journal": journal, "account": account, "now": now})
    yield from end_those_of(journal, account, left=True)
    yield from note(journal, _done("left" if leaves else "removed", by, account, found.role), now)
    return found


def _done(what: str, by: Caller, subject: str, role: str = "") -> Done:
    return Done(what=what, actor=by.account, device=by.device, subject=subject, role=role)
