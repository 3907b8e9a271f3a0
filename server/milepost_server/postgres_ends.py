"""Where journals end in PostgreSQL, read by their logs: whole, or from an end of before. Writes nothing."""

from msgspec.structs import replace

from milepost.database import Query, Row
from milepost.envelope import decode_event, genesis_chain
from milepost.pushing import End, load_writers
from milepost.sql_scripts import statements
from milepost_server.postgres import Connection, rows_of

_LOG = statements("milepost", "log.sql")


def own(end: End) -> End:
    """A copy that may be moved."""
    return replace(end, writers=dict(end.writers))


async def caught_up(connection: Connection, journal: str, end: End, at: Row) -> End:
    """An end of before, at (seq, chain), where the log goes on from it."""
    after = await rows_of(connection, Query(_LOG["bodies_after"], {"journal": journal, "after": end.seq}))
    end.writers = {device: replace(writer) for device, writer in end.writers.items()}
    end.follow([body for (body,) in after])
    end.seq, end.chain = at
    end.received_at = decode_event(after[-1][0]).received_at
    return end


async def read_end(connection: Connection, journal: str) -> End:
    """Where a journal ends, by its log."""
    last = await rows_of(connection, Query(_LOG["last_event"], {"journal": journal}))
    if not last:
        return End(0, genesis_chain(journal), 0, {})
    seq, chain, body = last[0]
    kept = await rows_of(connection, Query(_LOG["kept_end"], {"journal": journal}))
    kept_seq, writers = kept[0] if kept else (0, "{}")
    end = End(seq, chain, decode_event(body).received_at, load_writers(writers), kept_seq)
    after = await rows_of(connection, Query(_LOG["bodies_after"], {"journal": journal, "after": kept_seq}))
    end.follow([body for (body,) in after])
    return end
