"""Large tables in pieces by the hash of their key: which there are, and how one that is whole is taken into pieces.

A table cannot be told to be in pieces: its rows have to be written anew. Here that is done beside it, in steps, with
everything going on. Triggers have what is written to the table written to the pieces as well; slices copy what was
there before; each slice is compared; then the pieces take the name of the table, in a moment. Every step is a
transaction and what is to be done next is read from the database, so that whoever is killed goes on where it stood.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, NamedTuple

from shared.db import bulk
from shared.db.engine import Patience
from shared.db.partitions import SCHEMA
from shared.db.transaction import Connections, Transaction, be_patient, transaction
from shared.runtime.errors import Transient

_LOCK_SECONDS: Final = 1.0
"""How long a step waits for the table: whoever comes later waits behind it."""
_TRIES: Final = 100
_PAUSE_SECONDS: Final = 0.5
_GLANCE_SECONDS: Final = 0.02

_STATE: Final = """
SELECT coalesce((SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass($1)), false) AS is_parted,
    to_regclass($2) IS NOT NULL AS is_begun, to_regclass($3) IS NOT NULL AS is_old_there,
    (SELECT went_round_at IS NOT NULL FROM walks WHERE name = $4) AS is_copied,
    (SELECT went_round_at IS NOT NULL FROM walks WHERE name = $5) AS is_compared,
    (SELECT reached FROM walks WHERE name = CASE WHEN (SELECT went_round_at FROM walks WHERE name = $4) IS NULL
        THEN $4 ELSE $5 END) AS reached,
    (SELECT count(*) FROM pg_inherits WHERE inhparent = to_regclass($1)) AS pieces,
    coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(to_regclass($1)) WHERE isleaf),
        0)::bigint AS bytes
"""
BEGUN: Final = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = c.relname || '_follow_insert' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname
"""
"""Names of the tables that are on their way into pieces."""
_COLUMNS: Final = """
SELECT attname AS name FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
_PRIMARY_KEY: Final = """
SELECT a.attname AS name FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = to_regclass($1) AND i.indisprimary ORDER BY k.place
"""
# Columns with what they may hold, checks, and indexes but for their names: what the pieces have to have as well.
_SHAPE: Final = """
ARRAY(SELECT format('%s %s %s %s%s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated,
          pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = {of} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
|| ARRAY(SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = {of} AND contype = 'c' ORDER BY 1)
|| ARRAY(SELECT indisunique || substr(pg_get_indexdef(indexrelid), strpos(pg_get_indexdef(indexrelid), ' USING '))
         FROM pg_index WHERE indrelid = {of} ORDER BY 1)
"""
_IS_ALIKE: Final = f"""
SELECT ({_SHAPE.format(of="to_regclass($1)")}) = ({_SHAPE.format(of="to_regclass($2)")}) AS is_alike
"""
_BEGIN_WALK: Final = """
INSERT INTO walks (name, began_at, seen_until) VALUES ($1, now(), now())
ON CONFLICT (name) DO UPDATE SET reached = '', began_at = now(), went_round_at = NULL, seen_until = now()
"""
_KEEP_WALK: Final = """
UPDATE walks SET reached = $2, went_round_at = CASE WHEN $3 THEN now() END, seen_until = now() WHERE name = $1
"""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A table that can be in `count` pieces by the hash of a column, which is in each of its unique indexes."""

    table: str
    key: str
    kind: Literal["text", "uuid"] = "text"
    count: int = 8


class Stage(StrEnum):
    """How far a table is on its way into pieces."""

    WHOLE = "whole"
    COPYING = "copying"
    COMPARING = "comparing"
    READY = "ready"
    REPLACED = "replaced"
    IN_PIECES = "in-pieces"


class Standing(NamedTuple):
    """A table, how far it is, the last key that was copied or compared, in how many pieces it is, and its bytes."""

    table: str
    stage: Stage
    reached: str
    pieces: int
    bytes: int


class PiecesDifferError(Exception):
    """What was copied is not what the table holds; the text names the keys between which. It has to be begun anew."""


class TableInTheWayError(Exception):
    """The table cannot be taken into pieces; the text says why."""


def rows_of_each(table: str, columns: str, key: str, kind: Literal["text", "uuid"] = "text") -> str:
    """SQL for the rows of each key of `$1`, an array without repeats, with the columns that are named.

    Each is looked for in its own piece, and in the one index of a table that is whole. Of an array as such every piece
    would look for all.
    """
    return (
        f"SELECT {columns} FROM unnest($1::{kind}[]) AS given(wanted)"
        f" CROSS JOIN LATERAL (SELECT * FROM {table} t WHERE t.{key} = given.wanted OFFSET 0) AS found"
    )


def make_pieces_sql(pieces: Pieces) -> str:
    """One statement that makes empty pieces beside a table, with all that it has: `partitions.TABLE_next`."""
    table = pieces.table
    return f"""
DO $do$
DECLARE options CONSTANT text := (
    SELECT 'WITH (' || array_to_string(reloptions, ', ') || ')' FROM pg_class WHERE oid = '{table}'::regclass);
BEGIN
    IF to_regnamespace('{SCHEMA}') IS NULL THEN
        CREATE SCHEMA {SCHEMA};
    END IF;
    CREATE TABLE {SCHEMA}.{table}_next (LIKE {table} INCLUDING ALL) PARTITION BY HASH ({pieces.key});
    FOR number IN 0..{pieces.count - 1} LOOP
        EXECUTE format('CREATE TABLE {SCHEMA}.{table}_%s PARTITION OF {SCHEMA}.{table}_next'
            ' FOR VALUES WITH (MODULUS {pieces.count}, REMAINDER %s) %s', number, number, options);
    END LOOP;
END
$do$
"""


def take_name_sql(table: str) -> str:
    """One statement by which the pieces beside a table take its name, its triggers, views, owner and grants.

    What it was before is `partitions.TABLE_whole` afterwards. The table has to be held, the pieces to hold its rows.
    """
    shape_of_whole, shape_of_parted = _SHAPE.format(of="whole"), _SHAPE.format(of="parted")
    return f"""
DO $do$
DECLARE
    whole CONSTANT oid := '{table}'::regclass;
    parted CONSTANT oid := '{SCHEMA}.{table}_next'::regclass;
    home CONSTANT text := current_schema();
    words CONSTANT text := obj_description(whole, 'pg_class');
    owner CONSTANT text := (SELECT rolname FROM pg_roles r JOIN pg_class c ON c.relowner = r.oid WHERE c.oid = whole);
    triggers CONSTANT text[] := ARRAY(
        SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = whole AND NOT tgisinternal ORDER BY tgname);
    views CONSTANT text[] := ARRAY(
        SELECT DISTINCT format('CREATE OR REPLACE VIEW %s AS %s', v.oid::regclass, pg_get_viewdef(v.oid))
        FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = whole AND v.oid <> whole);
    grants CONSTANT text[] := ARRAY(
        SELECT format('GRANT %s ON {table} TO %s%s', a.privilege_type,
            coalesce((SELECT quote_ident(rolname) FROM pg_roles WHERE oid = a.grantee), 'PUBLIC'),
            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a WHERE c.oid = whole AND a.grantee <> c.relowner);
    names CONSTANT text[] := ARRAY(
        SELECT format('ALTER INDEX %I.%I RENAME TO %I', home, n.relname, w.relname)
        FROM pg_index wi JOIN pg_class w ON w.oid = wi.indexrelid
        JOIN pg_index ni ON ni.indrelid = parted AND ni.indisprimary = wi.indisprimary
            AND ni.indisunique = wi.indisunique
            AND substr(pg_get_indexdef(ni.indexrelid), strpos(pg_get_indexdef(ni.indexrelid), ' USING '))
                = substr(pg_get_indexdef(wi.indexrelid), strpos(pg_get_indexdef(wi.indexrelid), ' USING '))
        JOIN pg_class n ON n.oid = ni.indexrelid
        WHERE wi.indrelid = whole);
    statement text;
BEGIN
    IF ({shape_of_whole}) <> ({shape_of_parted}) THEN
        RAISE EXCEPTION '{table} is not what it was when its pieces were made' USING ERRCODE = '55000';
    END IF;
    IF cardinality(names) <> (SELECT count(*) FROM pg_index WHERE indrelid = whole) THEN
        RAISE EXCEPTION 'indexes of {table} cannot be told apart' USING ERRCODE = '55000';
    END IF;
    ALTER TABLE {table} RENAME TO {table}_whole;
    ALTER TABLE {table}_whole SET SCHEMA {SCHEMA};
    EXECUTE format('ALTER TABLE {SCHEMA}.{table}_next SET SCHEMA %I', home);
    ALTER TABLE {table}_next RENAME TO {table};
    EXECUTE format('COMMENT ON TABLE {table} IS %L', words);
    EXECUTE format('ALTER TABLE {table} OWNER TO %I', owner);
    FOREACH statement IN ARRAY names || triggers || views || grants LOOP
        EXECUTE statement;
    END LOOP;
    FOR statement IN
        SELECT format('ALTER INDEX {SCHEMA}.%I RENAME TO %s_%s', i.relname, p.relname, substring(t.relname, '[0-9]+$'))
        FROM pg_index pi JOIN pg_class p ON p.oid = pi.indexrelid JOIN pg_inherits h ON h.inhparent = p.oid
        JOIN pg_class i ON i.oid = h.inhrelid JOIN pg_index ii ON ii.indexrelid = i.oid
        JOIN pg_class t ON t.oid = ii.indrelid WHERE pi.indrelid = parted
    LOOP
        EXECUTE statement;
    END LOOP;
END
$do$
"""


async def look(tx: Transaction, pieces: Pieces) -> Standing:
    """How far a table is on its way into pieces; raises `TableInTheWayError` when there is no such table."""
    names = (pieces.table, _next(pieces), _whole(pieces), *_walks(pieces))
    (row,) = await bulk.fetch(tx, _STATE, *names)
    if row["is_parted"]:
        stage = Stage.REPLACED if row["is_old_there"] else Stage.IN_PIECES
    elif not row["is_begun"]:
        stage = Stage.WHOLE
    elif not row["is_copied"]:
        stage = Stage.COPYING
    else:
        stage = Stage.READY if row["is_compared"] else Stage.COMPARING
    return Standing(pieces.table, stage, row["reached"] or "", row["pieces"], row["bytes"])


async def adopt(database: Connections, pieces: Pieces, *, rows: int) -> AsyncIterator[Standing]:
    """Take a table into pieces, a step at a time, and say after each how far it is; ends with `in-pieces`.

    A step takes so many rows, and all of the last key. Who adopts a table has it alone: the caller holds a session
    (`exclusive_session`), or two would copy the same. Raises `Transient` when the database is away or the table is held
    by somebody for minutes, and `PiecesDifferError`; run again it goes on.
    """
    before: Standing | None = None
    failures = 0
    while True:
        try:
            async with transaction(database) as tx:
                standing = await _step(tx, pieces, rows)
        except Transient:
            failures += 1
            if failures == _TRIES:
                raise
            await asyncio.sleep(_PAUSE_SECONDS)
            continue
        failures = 0
        if standing == before:
            await asyncio.sleep(_GLANCE_SECONDS)  # somebody holds a row of the next
            continue
        before = standing
        yield standing
        if standing.stage is Stage.IN_PIECES:
            return


async def abandon(tx: Transaction, pieces: Pieces) -> bool:
    """Take back what was begun, so that the table is as it was; gives whether there was anything."""
    standing = await look(tx, pieces)
    if standing.stage in {Stage.WHOLE, Stage.REPLACED, Stage.IN_PIECES}:
        return False
    await be_patient(tx, Patience(lock=_LOCK_SECONDS))
    await _take_back(tx, pieces)
    return True


async def _step(tx: Transaction, pieces: Pieces, rows: int) -> Standing:
    await be_patient(tx, Patience(lock=_LOCK_SECONDS))
    standing = await look(tx, pieces)
    if standing.stage in {Stage.COPYING, Stage.COMPARING, Stage.READY}:
        (row,) = await bulk.fetch(tx, _IS_ALIKE, pieces.table, _next(pieces))
        if not row["is_alike"]:
            await _take_back(tx, pieces)
            return await look(tx, pieces)
    match standing.stage:
        case Stage.WHOLE:
            await _begin(tx, pieces)
        case Stage.COPYING:
            await _copy(tx, pieces, standing.reached, rows)
        case Stage.COMPARING:
            await _compare(tx, pieces, standing.reached, rows)
        case Stage.READY:
            await bulk.execute(tx, f"LOCK TABLE {pieces.table} IN ACCESS EXCLUSIVE MODE")
            await _drop_triggers(tx, pieces)
            await bulk.execute(tx, take_name_sql(pieces.table))
        case Stage.REPLACED:
            await bulk.execute(tx, f"DROP TABLE {_whole(pieces)}")
            await bulk.execute(tx, "DELETE FROM walks WHERE name = ANY($1::text[])", list(_walks(pieces)))
        case Stage.IN_PIECES:
            pass
    return await look(tx, pieces)


async def _begin(tx: Transaction, pieces: Pieces) -> None:
    table = pieces.table
    columns = [row["name"] for row in await bulk.fetch(tx, _COLUMNS, table)]
    key = [row["name"] for row in await bulk.fetch(tx, _PRIMARY_KEY, table)]
    if pieces.key not in key:
        raise TableInTheWayError(f"{table} has no primary key with {pieces.key}")
    await bulk.execute(tx, f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    await bulk.execute(tx, make_pieces_sql(pieces))
    await bulk.execute(tx, _follow_sql(pieces, columns, key))
    for event, tables in _EVENTS.items():
        await bulk.execute(
            tx,
            f"CREATE TRIGGER {_trigger(pieces, event)} AFTER {event} ON {table} {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.{table}_follow()",
        )
    for walk in _walks(pieces):
        await bulk.execute(tx, _BEGIN_WALK, walk)


_EVENTS: Final = {
    "INSERT": "REFERENCING NEW TABLE AS added",
    "UPDATE": "REFERENCING OLD TABLE AS gone NEW TABLE AS added",
    "DELETE": "REFERENCING OLD TABLE AS gone",
    "TRUNCATE": "",
}


def _follow_sql(pieces: Pieces, columns: list[str], key: list[str]) -> str:
    """The function of the triggers: what is written to the table is written to its pieces, in the same transaction."""
    there, names, keys = _next(pieces), ", ".join(columns), ", ".join(key)
    others = [name for name in columns if name not in key]
    replace = "DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in others) if others else "DO NOTHING"
    same = " AND ".join(f"n.{name} = g.{name}" for name in key)
    return f"""
CREATE FUNCTION {SCHEMA}.{pieces.table}_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        TRUNCATE {there};
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM {there} n USING gone g WHERE {same};
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO {there} ({names}) SELECT {names} FROM added ON CONFLICT ({keys}) {replace};
    END IF;
    RETURN NULL;
END
$$
"""


async def _copy(tx: Transaction, pieces: Pieces, reached: str, rows: int) -> None:
    """Copy the next rows. They are held meanwhile: nobody changes or deletes what is on its way.

    Rows that somebody else holds are passed over and looked for again, so that nobody waits for a row while holding
    others; what a writer changed is in the pieces by itself then. Nothing is reached as long as one of them lacks.
    """
    last = await _last_of_next(tx, pieces, reached, rows)
    if last is not None:
        table, there = pieces.table, _next(pieces)
        names = ", ".join(row["name"] for row in await bulk.fetch(tx, _COLUMNS, table))
        key = [row["name"] for row in await bulk.fetch(tx, _PRIMARY_KEY, table)]
        condition, bounds = _between(pieces, reached, last)
        is_there = f"SELECT FROM {there} n WHERE {' AND '.join(f'n.{name} = t.{name}' for name in key)}"
        lacking = f"FROM {table} t WHERE {condition} AND NOT EXISTS ({is_there})"
        await bulk.execute(
            tx,
            f"INSERT INTO {there} ({names}) SELECT * FROM (SELECT {names} {lacking} FOR SHARE SKIP LOCKED) AS held"
            " ON CONFLICT DO NOTHING",
            *bounds,
        )
        (row,) = await bulk.fetch(tx, f"SELECT EXISTS (SELECT {lacking}) AS is_lacking", *bounds)
        if row["is_lacking"]:
            return
    else:
        await bulk.execute(tx, f"ANALYZE {_next(pieces)}")
    copying, _ = _walks(pieces)
    await bulk.execute(tx, _KEEP_WALK, copying, last or "", last is None)


async def _compare(tx: Transaction, pieces: Pieces, reached: str, rows: int) -> None:
    """Compare the next rows, in one state of the database."""
    last = await _last_of_next(tx, pieces, reached, rows)
    condition, bounds = _between(pieces, reached, last)
    names = ", ".join(row["name"] for row in await bulk.fetch(tx, _COLUMNS, pieces.table))
    sums = "SELECT count(*) AS rows, sum(hashtextextended(ROW({})::text, 0)) AS digest FROM {} WHERE {}"
    (row,) = await bulk.fetch(
        tx,
        "SELECT w.rows = n.rows AND w.digest IS NOT DISTINCT FROM n.digest AS is_same,"
        " w.rows AS held, n.rows AS copied"
        f" FROM ({sums.format(names, pieces.table, condition)}) w"
        f" CROSS JOIN ({sums.format(names, _next(pieces), condition)}) n",
        *bounds,
    )
    if not row["is_same"]:
        raise PiecesDifferError(
            f"{pieces.table}: {row['copied']} rows copied of {row['held']} behind key '{reached}' up to"
            f" '{last or 'the end'}' are not the same; give it up with --abandon and begin anew"
        )
    _, comparing = _walks(pieces)
    await bulk.execute(tx, _KEEP_WALK, comparing, last or "", last is None)


async def _last_of_next(tx: Transaction, pieces: Pieces, reached: str, rows: int) -> str | None:
    """The key of the last of the next so many rows; None where there is none any more."""
    condition, bounds = _between(pieces, reached, None)
    found = await bulk.fetch(
        tx,
        f"SELECT key::text AS key FROM (SELECT {pieces.key} AS key FROM {pieces.table} WHERE {condition}"
        f" ORDER BY {pieces.key} LIMIT {rows:d}) AS next ORDER BY next.key DESC LIMIT 1",
        *bounds,
    )
    return found[0]["key"] if found else None


def _between(pieces: Pieces, reached: str, last: str | None) -> tuple[str, list[str]]:
    """The condition on keys behind one and up to another, with its arguments; no key reached: from the first on."""
    parts, bounds = [], []
    for sign, bound in ((">", reached or None), ("<=", last)):
        if bound is not None:
            bounds.append(bound)
            parts.append(f"{pieces.key} {sign} ${len(bounds)}::text::{pieces.kind}")
    return " AND ".join(parts) or "true", bounds


async def _take_back(tx: Transaction, pieces: Pieces) -> None:
    await _drop_triggers(tx, pieces)
    await bulk.execute(tx, f"DROP TABLE {_next(pieces)}")
    await bulk.execute(tx, "DELETE FROM walks WHERE name = ANY($1::text[])", list(_walks(pieces)))


async def _drop_triggers(tx: Transaction, pieces: Pieces) -> None:
    for event in _EVENTS:
        await bulk.execute(tx, f"DROP TRIGGER {_trigger(pieces, event)} ON {pieces.table}")
    await bulk.execute(tx, f"DROP FUNCTION {SCHEMA}.{pieces.table}_follow()")


def _trigger(pieces: Pieces, event: str) -> str:
    return f"{pieces.table}_follow_{event.lower()}"


def _next(pieces: Pieces) -> str:
    return f"{SCHEMA}.{pieces.table}_next"


def _whole(pieces: Pieces) -> str:
    return f"{SCHEMA}.{pieces.table}_whole"


def _walks(pieces: Pieces) -> tuple[str, str]:
    """Names of what is kept of the copying and of the comparing."""
    return f"pieces of {pieces.table}, copied", f"pieces of {pieces.table}, compared"
