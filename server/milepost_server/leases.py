"""Who of several servers on one database does a task of a journal: leases, as units of work. Knows no task.

Theory of operation
-------------------
A lease is a row. Who finds it free, or run out by the database's clock, takes it for a while; each taking has a number
of its own, higher than all before (a fencing token). Running out does not stop who held it: that server may hang, and
go on later as if nothing had been. So whatever it writes in the end is written together with `held`, which finds
another number there once somebody else took over, and keeps anybody from taking over until that transaction ends.
"""

from msgspec import Struct

from milepost.database import Query, Work, unit
from milepost.sql_scripts import statements

_SQL = statements("milepost_server", "server.sql")


class Lease(Struct, frozen=True):
    """A task of a journal that is ours, under the number of this taking."""

    journal: str
    task: str
    fence: int


@unit
def take(journal: str, task: str, holder: str, lasts_ms: int, clock: Query) -> Work[Lease | None]:
    """The lease for `lasts_ms` from now, or None while another holder has it. `clock` is the database's."""
    ((now,),) = yield clock
    named = {"journal": journal, "task": task, "holder": holder}
    rows = yield Query(_SQL["take_lease"], {**named, "now": now, "until": now + lasts_ms})
    return Lease(journal, task, rows[0][0]) if rows else None


@unit
def renew(lease: Lease, lasts_ms: int, clock: Query) -> Work[bool]:
    """Whether it is still ours, and then for `lasts_ms` from now."""
    ((now,),) = yield clock
    return bool((yield Query(_SQL["renew_lease"], {**_named(lease), "until": now + lasts_ms})))


@unit
def release(lease: Lease) -> Work[None]:
    """It is free for anybody, if it was still ours."""
    yield Query(_SQL["renew_lease"], {**_named(lease), "until": 0})


@unit
def held(lease: Lease) -> Work[bool]:
    """Whether it is still ours; if so, nobody takes it before this transaction ends."""
    return bool((yield Query(_SQL["hold_lease"], _named(lease))))


def still_held(lease: Lease) -> Query:
    """Rows: one while nobody else took it."""
    return Query(_SQL["fence_of_lease"], _named(lease))


def _named(lease: Lease) -> dict[str, str | int]:
    return {"journal": lease.journal, "task": lease.task, "fence": lease.fence}
