"""Accounts, as units of work: whoever a device belongs to, and what others call them. Knows no HTTP."""

from milepost.clock import new_id
from milepost.database import Query, Work, unit
from milepost.errors import InvalidInput, NotFound
from milepost.sql_scripts import statements
from milepost_server.access_log import Done, note

_SQL = statements("milepost_server", "server.sql")


@unit
def ensure_account(name: str, now: int) -> Work[str]:
    """The first account there is, made if there is none; returns its id."""
    rows = yield Query(_SQL["first_account"], {})
    if rows:
        return str(rows[0][0])
    account = new_id()
    yield Query(_SQL["add_account"], {"account": account, "name": name, "now": now})
    return account


def all_accounts() -> Query:
    """Rows (account, name, created_at)."""
    return Query(_SQL["all_accounts"], {})


@unit
def add_account(name: str, now: int) -> Work[str]:
    """A new account; returns its id."""
    account = new_id()
    yield Query(_SQL["add_account"], {"account": account, "name": name, "now": now})
    yield from note(account, Done(what="began", subject=account), now)
    return account


@unit
def rename_account(account: str, name: str, now: int, by: str = "", device: str = "") -> Work[None]:
    """An account is called something else; `by` is whose `device` asked for it, empty for whoever runs the server."""
    if [row[0] for row in (yield account_name(account))] == [name]:
        return
    yield Query(_SQL["rename_account"], {"account": account, "name": name})
    yield from note(account, Done(what="renamed", actor=by, device=device, subject=account), now)


@unit
def account_named(name: str) -> Work[str]:
    """The account with a name, or with an id.

    Raises:
        NotFound: nobody is called so.
        InvalidInput: several are.

    """
    if (yield Query(_SQL["account_name"], {"account": name})):
        return name
    rows = yield Query(_SQL["account_named"], {"name": name})
    if not rows:
        raise NotFound(f"Nobody is called {name!r} here. `milepost admin user list` shows who there is.")
    if len(rows) > 1:
        raise InvalidInput(f"Several are called {name!r}. Name one by the id: `milepost admin user list` shows it.")
    return str(rows[0][0])


def account_name(account: str) -> Query:
    """Rows (name): none where there is no such account."""
    return Query(_SQL["account_name"], {"account": account})
