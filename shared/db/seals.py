"""History under seal: each line of it is a link of a chain, so that a line that is changed or taken out is found.

Tables of history are only added to. A trigger notes of what subject lines came (`unsealed`); a job seals them: the
SHA-256 of each line, chained with the one before of its subject (`seals`), and each run of the job chained with the run
before (`seal_runs`). Whoever changes a line must change all that follows, and the last run's link no longer is the one
that was copied elsewhere (docs/decisions/056).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import MetaData

from shared.db import bulk
from shared.db.platform_tables import platform_tables
from shared.db.transaction import Transaction

_SEALS: Final = platform_tables(MetaData()).seals
_COLUMNS: Final = ("subject", "source", "position", "line_key", "digest", "link", "run")
_TAKE: Final = """
DELETE FROM unsealed WHERE ctid = ANY(ARRAY(SELECT ctid FROM unsealed LIMIT $1 FOR UPDATE SKIP LOCKED))
RETURNING source, subject
"""
# A subject at a time, each in its own piece: of an array of subjects every piece would look for all.
LAST_LINKS: Final = """
SELECT given.subject, last.position, last.link FROM unnest($2::text[]) AS given(subject) CROSS JOIN LATERAL (
    SELECT s.position, s.link FROM seals s WHERE s.source = $1 AND s.subject = given.subject
    ORDER BY s.position DESC LIMIT 1) AS last
"""
_LAST_RUN: Final = "SELECT run, sealed_at, seals, link FROM seal_runs ORDER BY run DESC LIMIT 1"
_RUNS: Final = "SELECT run, sealed_at, seals, link FROM seal_runs ORDER BY run"
_RUNS_AFTER: Final = "SELECT run, sealed_at, seals, link FROM seal_runs WHERE run > $1 ORDER BY run LIMIT $2"
_NOTE_RUN: Final = "INSERT INTO seal_runs (run, sealed_at, seals, link) VALUES ($1, $2, $3, $4)"
_LINKS_OF_RUNS: Final = """
SELECT run, subject, source, position, link FROM seals WHERE run BETWEEN $1 AND $2
ORDER BY run, subject COLLATE "C", source COLLATE "C", position
"""
_RUNS_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table of history: whose each line is, what names it among those of its subject, in what order they stand.

    `kind` is the type of the subject. `without` are columns that may be filled in later, or that came later with a
    value for every line. Of a table that also has lines which follow from events and are written anew, `only` is the
    condition of those that are sealed.
    """

    name: str
    subject: str
    key: tuple[str, ...]
    order: str
    kind: Literal["text", "uuid"] = "text"
    without: tuple[str, ...] = ()
    only: str = "true"

    def is_of(self, subjects: str) -> str:
        """SQL that a line is of a subject, which is a text, or of one of `ANY($1)`, which are texts."""
        if subjects == "ANY($1)":
            return f"t.{self.subject} = ANY($1::text[]::{self.kind}[])"
        return f"t.{self.subject} = {subjects}::{self.kind}"

    def may_be_of(self, subject: str) -> bool:
        """Whether a text can name a subject of this table at all."""
        if self.kind == "text":
            return True
        try:
            UUID(subject)
        except ValueError:
            return False
        return True

    @property
    def line_key(self) -> str:
        """SQL of what names a line among those of its subject."""
        return "concat_ws('/', " + ", ".join(f"t.{name}::text" for name in self.key) + ")"

    @property
    def text(self) -> str:
        """SQL of the text that is sealed: the line as JSON without empty columns, so that a column may be added."""
        less = "".join(f" - '{name}'" for name in self.without)
        return f"(jsonb_strip_nulls(to_jsonb(t)){less})::text"

    @property
    def digest(self) -> str:
        """SQL of the SHA-256 of that text."""
        return f"sha256(convert_to({self.text}, 'UTF8'))"


class SealRun(NamedTuple):
    """A run of sealing; its link rests on all that were sealed before, so one copy of it elsewhere proves them all."""

    run: int
    sealed_at: datetime
    seals: int
    link: bytes


class SealedLine(NamedTuple):
    """A line of history as the tables have it, with its seal: None while it waits for the next run."""

    source: str
    line_key: str
    text: str
    position: int | None
    digest: bytes | None
    link: bytes | None
    run: int | None


def link_of(before: bytes, digest: bytes) -> bytes:
    """A link of a chain: the SHA-256 of the link before (nothing for the first) and the digest of the line."""
    return hashlib.sha256(before + digest).digest()


async def seal_next(tx: Transaction, tables: Sequence[SealedTable], limit: int, now: datetime) -> int:
    """Seal the lines of so many subjects that wait, as one run; gives how many waited.

    One run at a time: each rests on the one before.
    """
    waiting: defaultdict[str, set[str]] = defaultdict(set)
    taken = await bulk.fetch(tx, _TAKE, limit)
    for row in taken:
        waiting[row["source"]].add(row["subject"])
    known = await find_last_run(tx)
    number, before = (known.run + 1, known.link) if known is not None else (1, b"")
    rows: list[tuple[str, str, int, str, bytes, bytes, int]] = []
    for table in tables:
        if subjects := sorted(waiting[table.name]):
            rows += await _seal_table(tx, table, subjects, number)
    if rows:
        await bulk.copy(tx, _SEALS, _COLUMNS, rows)
        link = link_of(before, digest_of_run((row[0], row[1], row[2], row[5]) for row in rows))
        await bulk.execute(tx, _NOTE_RUN, number, now, len(rows), link)
    return len(taken)


def digest_of_run(links: Iterable[tuple[str, str, int, bytes]]) -> bytes:
    """The SHA-256 of the links (subject, source, position, link) that one run made, in order of their names' bytes."""
    ordered = sorted(links, key=lambda each: (each[0].encode(), each[1].encode(), each[2]))
    return hashlib.sha256(b"".join(link for *_, link in ordered)).digest()


async def find_last_run(tx: Transaction) -> SealRun | None:
    """The newest run; None while nothing has been sealed."""
    rows = await bulk.fetch(tx, _LAST_RUN)
    return SealRun(*rows[0]) if rows else None


async def list_runs(tx: Transaction, after: int, limit: int) -> list[SealRun]:
    """Runs after one, by number."""
    return [SealRun(*row) for row in await bulk.fetch(tx, _RUNS_AFTER, after, limit)]


async def list_links_of_run(tx: Transaction, run: int) -> list[bytes]:
    """The links that a run made, in the order in which `digest_of_run` takes them."""
    return [row["link"] for row in await bulk.fetch(tx, _LINKS_OF_RUNS, run, run)]


async def find_broken_runs(tx: Transaction, copied: Iterable[SealRun] = ()) -> list[str]:
    """What is wrong with the chain of runs, in words: seals taken out or put in, runs missing, links that do not fit.

    `copied` are runs as they were kept elsewhere. Reads all seals, a few runs at a time.
    """
    runs = [SealRun(*row) for row in await bulk.fetch(tx, _RUNS)]
    known = {each.run: each for each in runs}
    found = [f"run {each.run} is not what was copied elsewhere" for each in copied if known.get(each.run) != each]
    before = b""
    for number, run in enumerate(runs, start=1):
        if run.run != number:
            return [*found, f"run {number} is missing"]
    for begin in range(0, len(runs), _RUNS_AT_ONCE):
        some = runs[begin : begin + _RUNS_AT_ONCE]
        links: defaultdict[int, list[tuple[str, str, int, bytes]]] = defaultdict(list)
        for row in await bulk.fetch(tx, _LINKS_OF_RUNS, some[0].run, some[-1].run):
            links[row["run"]].append((row["subject"], row["source"], row["position"], row["link"]))
        for run in some:
            if len(links[run.run]) != run.seals:
                found.append(f"run {run.run} made {run.seals} seals, {len(links[run.run])} are there")
            elif run.link != link_of(before, digest_of_run(links[run.run])):
                found.append(f"run {run.run} is not the link of its seals and the run before")
            before = run.link
    return found


async def list_lines(tx: Transaction, tables: Sequence[SealedTable], subject: str) -> list[SealedLine]:
    """The lines of a subject, table by table, sealed or not."""
    lines = [await bulk.fetch(tx, _lines_sql(table), [subject]) for table in tables if table.may_be_of(subject)]
    return [SealedLine(*row) for row in chain.from_iterable(lines)]


def findings_sql(tables: Sequence[SealedTable]) -> str:
    """What is wrong with seals, in lines for people: (subject, line), with `AMONG(s.subject)` to limit it."""
    of_tables = [sql for table in tables for sql in (_of_table_sql(table), _put_in_sql(table))]
    return " UNION ALL ".join([*of_tables, _BROKEN_CHAIN])


_BROKEN_CHAIN: Final = """
SELECT s.subject, s.source || ' of ' || s.subject || ': the chain is broken at line ' || s.position AS violation
FROM seals s LEFT JOIN seals p ON p.subject = s.subject AND p.source = s.source AND p.position = s.position - 1
WHERE AMONG(s.subject) AND (s.link <> sha256(coalesce(p.link, ''::bytea) || s.digest)
    OR p.position IS NULL AND s.position > 1)
"""


def _of_table_sql(table: SealedTable) -> str:
    return f"""
SELECT s.subject, s.source || ' of ' || s.subject || ', line ' || s.line_key
    || CASE WHEN t.{table.subject} IS NULL THEN ' was taken out' ELSE ' was changed' END || ' after it was sealed'
FROM seals s LEFT JOIN {table.name} t ON {table.is_of("s.subject")} AND {table.line_key} = s.line_key
WHERE s.source = '{table.name}' AND AMONG(s.subject)
    AND (t.{table.subject} IS NULL OR {table.digest} <> s.digest)
"""


_UUID: Final = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


def _put_in_sql(table: SealedTable) -> str:
    """Lines of subjects with seals that have none and wait for none: nobody who writes as the service does leaves such.

    Every line that is added waits from its own transaction on, until the run that seals it. Subjects of other tables
    are asked for as well: what is no id of this table is compared with nothing.
    """
    of_this = table.is_of("s.subject")
    if table.kind == "uuid":
        of_this = f"t.{table.subject} = CASE WHEN s.subject ~ '{_UUID}' THEN s.subject::uuid END"
    return f"""
SELECT s.subject, '{table.name} of ' || s.subject || ', line ' || {table.line_key} || ' was put in past the seal'
FROM (SELECT DISTINCT s.subject FROM seals s WHERE AMONG(s.subject)) AS s
JOIN {table.name} t ON {of_this}
WHERE {table.only} AND NOT EXISTS (
    SELECT FROM seals k WHERE k.subject = s.subject AND k.source = '{table.name}' AND k.line_key = {table.line_key})
  AND NOT EXISTS (SELECT FROM unsealed u WHERE u.source = '{table.name}' AND u.subject = s.subject)
"""


@cache
def _unsealed_sql(table: SealedTable) -> str:
    return f"""
SELECT t.{table.subject}::text AS subject, {table.line_key} AS line_key, {table.digest} AS digest FROM {table.name} t
WHERE {table.is_of("ANY($1)")} AND {table.only} AND NOT EXISTS (
    SELECT FROM seals s WHERE s.subject = t.{table.subject}::text AND s.source = '{table.name}'
        AND s.line_key = {table.line_key})
ORDER BY 1, {table.order}, 2
"""


@cache
def _lines_sql(table: SealedTable) -> str:
    return f"""
SELECT '{table.name}' AS source, {table.line_key} AS line_key, {table.text} AS text, s.position, s.digest, s.link, s.run
FROM {table.name} t LEFT JOIN seals s ON s.subject = t.{table.subject}::text AND s.source = '{table.name}'
    AND s.line_key = {table.line_key}
WHERE {table.is_of("ANY($1)")} AND {table.only}
ORDER BY t.{table.subject}::text, s.position, {table.order}, 2
"""


async def _seal_table(
    tx: Transaction, table: SealedTable, subjects: Sequence[str], run: int
) -> list[tuple[str, str, int, str, bytes, bytes, int]]:
    heads = {row["subject"]: (row["position"], row["link"]) for row in await _heads(tx, table, subjects)}
    sealed = []
    for row in await bulk.fetch(tx, _unsealed_sql(table), list(subjects)):
        subject = row["subject"]
        position, before = heads.get(subject, (0, b""))
        link = link_of(before, row["digest"])
        heads[subject] = (position + 1, link)
        sealed.append((subject, table.name, position + 1, row["line_key"], row["digest"], link, run))
    return sealed


async def _heads(tx: Transaction, table: SealedTable, subjects: Sequence[str]) -> list[Any]:
    return await bulk.fetch(tx, LAST_LINKS, table.name, list(subjects))
