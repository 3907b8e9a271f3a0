"""Schema and statements fit databases that spread a journal to one of many machines: Citus, CockroachDB, YugabyteDB.

Read off a real PostgreSQL, after every migration, and off the statements as they stand in the `.sql` files.
"""

import asyncio
import re

import pytest

from milepost.sql_scripts import statements
from milepost_server.postgres import PostgresDatabase
from milepost_server.services import PARTS
from tests.postgres import PostgresServer

FOUND_OTHERWISE = {
    "accounts", "pairing_codes", "devices", "writer_owners", "feeds", "schema_parts", "invitations", "access_log",
    "plugins", "inbox_addresses",
}  # fmt: skip
"""Tables that are looked into by a secret, an account or what they are about: small, and the same on every machine."""
HAS_ANOTHER_WAY = {"postgres.sql: move_and_add"}
"""Statements that one of them lacks; `test_a_database_that_can_not_add_at_once_is_asked_in_steps` goes the other way."""
HOT = ("log.sql", "postgres.sql")
WHOLE = {"durability", "make_parts", "versions", "add_part", "lock_part", "move_part"}
WHOLE |= {"clock", "say", "heads_of", "members_of_accounts", "revoked_devices"}
"""Statements beside the logs: they are said when a server starts, or every few seconds, and none in a push."""
_LACKING = ("ADVISORY", "NEXTVAL", "SERIAL", "LOCK TABLE", "TRUNCATE", "CTID", "OID", "MERGE INTO")
EVERY = {
    f"{name}: {statement}": sql
    for package, name in (
        ("milepost", "log.sql"),
        ("milepost_server", "postgres.sql"),
        ("milepost_server", "server.sql"),
        ("milepost_server", "copying.sql"),
    )
    for statement, sql in statements(package, name).items()
}


def tables(sql: str) -> set[str]:
    return set(re.findall(r"\b(?:FROM|INTO|UPDATE)\s+([a-z_]+)", sql))


@pytest.fixture
def schema(postgres: PostgresServer, postgres_url: str) -> str:
    async def make() -> None:
        database = PostgresDatabase(postgres_url)
        await database.open(PARTS)
        await database.close()

    asyncio.run(make())
    return postgres_url.rpartition("=")[2]


def test_the_key_of_every_journals_table_begins_with_the_journal(postgres: PostgresServer, schema: str) -> None:
    keys = postgres.run(
        "SELECT c.relname, i.indisprimary, (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = i.indkey[0])"
        " FROM pg_class c LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique"
        " WHERE c.relkind = 'r' AND c.relnamespace = $1::regnamespace",
        schema,
    )
    assert {table for table, *_ in keys} > FOUND_OTHERWISE
    for table, primary, first in keys:
        assert primary is not None, f"{table} has no key"
        if table not in FOUND_OTHERWISE:
            assert first == "journal", table


def test_nothing_is_counted_by_the_database(postgres: PostgresServer, schema: str) -> None:
    """A number that is given out before its transaction ends is no cursor."""
    named = "relnamespace = $1::regnamespace"
    assert postgres.run(f"SELECT relname FROM pg_class WHERE relkind = 'S' AND {named}", schema) == []
    assert postgres.run(f"SELECT 1 FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE {named}", schema) == []
    default = "(SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum)"
    identity = f"attidentity <> '' OR (atthasdef AND {default} LIKE '%(%')"
    columns = f"SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE {named} AND ({identity})"
    assert postgres.run(columns, schema) == []


@pytest.mark.parametrize("name", EVERY)
def test_a_statement_says_nothing_that_one_of_them_lacks(name: str) -> None:
    sql = re.sub(r"'[^']*'", "''", EVERY[name]).upper()
    for word in _LACKING:
        assert not re.search(rf"\b\w*{word}\b", sql), word
    writes_inside = re.search(r"\bWITH\b.*\b(INSERT|UPDATE|DELETE)\b", sql, re.DOTALL)
    assert not writes_inside or name in HAS_ANOTHER_WAY, "no writes inside a query"


@pytest.mark.parametrize("name", [name for name in EVERY if name.startswith(HOT) and name.split()[1] not in WHOLE])
def test_a_statement_of_the_log_stays_within_one_journal(name: str) -> None:
    sql = EVERY[name]
    if name in HAS_ANOTHER_WAY:
        assert tables(sql) == {"heads", "events", "moved"}, "both spread by the journal"
        return
    assert len(tables(sql)) == 1, "one table, so one machine"
    if sql.startswith("INSERT"):
        assert re.match(r"INSERT INTO \w+ \(journal,", sql)
    else:
        assert re.search(r"\bWHERE journal = :journal\b", sql)


def test_the_transaction_of_a_push_names_no_other_journal_and_no_table_found_otherwise() -> None:
    """What comes with a push (`also`) is about the same journal."""
    for name in ("keep_request", "drop_old_requests", "drop_snapshot", "keep_snapshot", "bodies_since"):
        assert ":journal" in EVERY[f"server.sql: {name}"]
        assert not FOUND_OTHERWISE & tables(EVERY[f"server.sql: {name}"])
