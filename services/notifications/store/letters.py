"""Letters on paper: those that wait, batches for a print shop, what is in them, and what the post did."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.delivery import LETTER, State
from services.notifications.domain.languages import DEFAULT
from services.notifications.domain.letters import Addressee, Proof, SetAside
from services.notifications.store.deliveries import ChangedDelivery
from services.notifications.store.notices import NOTICE_COLUMNS, WrittenNotice, notice_of
from services.notifications.store.tables import (
    deliveries,
    delivery_events,
    importers,
    letter_batches,
    letter_proofs,
    letters,
    letters_set_aside,
    notices,
    preferences,
)
from shared.customs.postal import read_address
from shared.db import bulk
from shared.db.idempotency import demand_new
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

IMPORTER: Final = "importer"

_EVENT_COLUMNS: Final = ("notice_id", "channel", "recipient_role", "sequence", "event", "detail", "at")
_PROOF_COLUMNS: Final = tuple(column.name for column in letter_proofs.columns)
_SET_ASIDE_COLUMNS: Final = tuple(column.name for column in letters_set_aside.columns)
_REPLACE_SET_ASIDE: Final = "(notice_id, recipient_role) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _SET_ASIDE_COLUMNS[2:]
)
_WAITING: Final = f"""
SELECT {", ".join(f"n.{name}" for name in NOTICE_COLUMNS)}, d.recipient_role, d.queued_at, i.name, i.postal_address,
    i.sequence + i.revision AS account, f.language
FROM deliveries d JOIN notices n USING (notice_id)
    LEFT JOIN importers i ON i.importer_number = d.importer_number
    LEFT JOIN preferences f ON f.recipient = d.importer_number
WHERE d.state = 'queued' AND d.channel = 'mail' AND n.center IS NOT DISTINCT FROM $1
    AND (d.queued_at, d.notice_id) > ($2, $3::uuid)
    AND NOT EXISTS (
        SELECT FROM letters l WHERE (l.notice_id, l.recipient_role) = (d.notice_id, d.recipient_role))
ORDER BY d.queued_at, d.notice_id LIMIT $4
"""
# A letter that could go into no batch is tried again by the schedule when its account has changed.
_CENTERS_WAITING: Final = """
SELECT n.center, count(*) AS letters
FROM deliveries d JOIN notices n USING (notice_id)
    LEFT JOIN importers i ON i.importer_number = d.importer_number
    LEFT JOIN letters_set_aside s ON (s.notice_id, s.recipient_role) = (d.notice_id, d.recipient_role)
WHERE d.state = 'queued' AND d.channel = 'mail'
    AND NOT EXISTS (SELECT FROM letters l WHERE (l.notice_id, l.recipient_role) = (d.notice_id, d.recipient_role))
    AND (s.notice_id IS NULL OR s.account IS DISTINCT FROM i.sequence + i.revision)
    AND NOT EXISTS (SELECT FROM letter_batches b WHERE b.state = 'making' AND b.center IS NOT DISTINCT FROM n.center)
    AND NOT EXISTS (SELECT FROM letter_batches b WHERE b.is_scheduled AND b.opened_on = $1 AND b.letters < $2
        AND b.center IS NOT DISTINCT FROM n.center)
GROUP BY n.center ORDER BY n.center
"""
_ADD: Final = """
WITH given AS (
    SELECT * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::integer[], $9::bytea[])
        WITH ORDINALITY AS g(notice_id, recipient_role, language, address, pages, size_bytes, sha256, place)
), taken AS (
    UPDATE deliveries d SET sequence = d.sequence + 1 FROM given g
    WHERE (d.notice_id, d.channel, d.recipient_role) = (g.notice_id, 'mail', g.recipient_role) AND d.state = 'queued'
        AND NOT EXISTS (
            SELECT FROM letters l WHERE (l.notice_id, l.recipient_role) = (d.notice_id, d.recipient_role))
    RETURNING d.notice_id, d.recipient_role, d.sequence
), lines AS (
    INSERT INTO delivery_events (notice_id, channel, recipient_role, sequence, event, detail, at)
    SELECT notice_id, 'mail', recipient_role, sequence, 'printed', 'in batch ' || $1::uuid, $2 FROM taken
), mended AS (
    DELETE FROM letters_set_aside s USING taken t
    WHERE (s.notice_id, s.recipient_role) = (t.notice_id, t.recipient_role)
)
INSERT INTO letters (notice_id, recipient_role, batch_id, position, language, address, pages, size_bytes, sha256,
    typeset_at)
SELECT g.notice_id, g.recipient_role, $1,
    (SELECT coalesce(max(position), 0) FROM letters WHERE batch_id = $1) + row_number() OVER (ORDER BY g.place),
    g.language, g.address::jsonb, g.pages, g.size_bytes, g.sha256, $2
FROM given g JOIN taken t USING (notice_id, recipient_role)
RETURNING notice_id
"""
_MAILED: Final = """
UPDATE deliveries d SET state = 'sent', sequence = d.sequence + 1, attempts = d.attempts + 1, settled_at = $2
WHERE d.notice_id = ANY($1::uuid[]) AND d.channel = 'mail' AND d.recipient_role = $3 AND d.state = 'queued'
RETURNING d.notice_id, d.sequence, d.kind, d.importer_number,
    (SELECT n.entry_number FROM notices n WHERE n.notice_id = d.notice_id) AS entry_number
"""
_RETURNED: Final = """
UPDATE deliveries d SET state = 'bounced', sequence = d.sequence + 1, last_error = $4, settled_at = $2
WHERE d.notice_id = ANY($1::uuid[]) AND d.channel = 'mail' AND d.recipient_role = $3 AND d.state = 'sent'
RETURNING d.notice_id, d.sequence, d.kind, d.importer_number,
    (SELECT n.entry_number FROM notices n WHERE n.notice_id = d.notice_id) AS entry_number
"""


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """A letter that is to be printed, as its account is known now; `account` is the version of that."""

    notice: WrittenNotice
    recipient_role: str
    queued_at: datetime
    addressee: Addressee
    account: int | None

    @property
    def key(self) -> str:
        """What tells letters apart, in a line."""
        return f"{self.notice.notice_id} {self.recipient_role}"


class ListedLetter(NamedTuple):
    """A letter that is to be mailed, its batch once it is in one, or why it is in none."""

    notice_id: UUID
    recipient_role: str
    kind: str
    queued_at: datetime
    due_on: date | None
    center: str | None
    name: str | None
    importer_number: str | None
    batch_id: UUID | None
    reason: SetAside | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """A letter as it is written into a batch."""

    notice_id: UUID
    recipient_role: str
    language: str
    address: tuple[str, ...]
    pages: int
    size_bytes: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class BatchedLetter:
    """A letter of a batch, at its place in it."""

    notice_id: UUID
    recipient_role: str
    batch_id: UUID
    position: int
    language: str
    address: tuple[str, ...]
    pages: int
    size_bytes: int
    sha256: bytes
    typeset_at: datetime
    kind: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class SetAsideLetter:
    """A letter that goes into no batch, and why."""

    notice_id: UUID
    recipient_role: str
    reason: SetAside
    detail: str
    account: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of letters for a print shop: `making` until everything that waited is in it, then `ready` for good."""

    batch_id: UUID
    center: str | None
    state: str
    is_scheduled: bool
    opened_on: date
    opened_at: datetime
    opened_by: str
    authority: str
    ready_at: datetime | None = None
    letters: int = 0
    pages: int = 0
    set_aside: int = 0
    manifest_sha256: bytes | None = None
    archive_sha256: bytes | None = None
    archive_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class NotedProof:
    """A proof with who noted it, by which row of the table of authority, and in which batch the letter was."""

    notice_id: UUID
    recipient_role: str
    act: str
    done_on: date
    batch_id: UUID | None
    carrier: str | None
    mail_class: str | None
    certified_number: str | None
    reason: str | None
    noted_by: str
    acting_for: str | None
    authority: str
    noted_at: datetime


async def find_addressee(connection: AsyncConnection, importer_number: str | None) -> Addressee:
    """Whom a letter to an importer goes to as its account is known now."""
    query = (
        select(importers.c.name, importers.c.postal_address, preferences.c.language)
        .outerjoin(preferences, preferences.c.recipient == importers.c.importer_number)
        .where(importers.c.importer_number == importer_number)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return Addressee(None, None, DEFAULT)
    return Addressee(row.name, read_address(row.postal_address), row.language or DEFAULT)


async def list_letters(
    connection: AsyncConnection,
    reach: Reach,
    *,
    is_set_aside: bool | None,
    batch_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[ListedLetter]:
    """Letters that are to be printed and mailed, the oldest first, as far as a reach goes."""
    columns = deliveries.c
    query = (
        select(
            columns.notice_id,
            columns.recipient_role,
            columns.kind,
            columns.queued_at,
            notices.c.due_on,
            notices.c.center,
            importers.c.name,
            columns.importer_number,
            letters.c.batch_id,
            letters_set_aside.c.reason,
            letters_set_aside.c.detail,
        )
        .join(notices, notices.c.notice_id == columns.notice_id)
        .outerjoin(importers, importers.c.importer_number == columns.importer_number)
        .outerjoin(
            letters, (letters.c.notice_id == columns.notice_id) & (letters.c.recipient_role == columns.recipient_role)
        )
        .outerjoin(
            letters_set_aside,
            (letters_set_aside.c.notice_id == columns.notice_id)
            & (letters_set_aside.c.recipient_role == columns.recipient_role),
        )
        .where(columns.channel == LETTER, columns.state == State.QUEUED.value)
        .where(within(reach, importer_number=notices.c.importer_number, centers=(notices.c.center,)))
        .order_by(columns.queued_at, columns.notice_id)
        .limit(limit)
    )
    if is_set_aside is not None:
        is_named = letters_set_aside.c.notice_id.is_not(None)
        query = query.where(is_named if is_set_aside else ~is_named)
    if batch_id is not None:
        query = query.where(letters.c.batch_id == batch_id)
    if after is not None:
        query = query.where(tuple_(columns.queued_at, columns.notice_id) > tuple_(*after))
    return [ListedLetter(*row) for row in await connection.execute(query)]


async def open_batch(tx: Transaction, batch: Batch) -> bool:
    """Begin a batch; False where one of the Center is under way. Raises `Refused` for a key that made one before."""
    await demand_new(tx.connection, letter_batches.c.batch_id, batch.batch_id)
    rows = await bulk.insert(
        tx,
        letter_batches,
        ("batch_id", "center", "state", "is_scheduled", "opened_on", "opened_at", "opened_by", "authority"),
        [
            (
                batch.batch_id,
                batch.center,
                batch.state,
                batch.is_scheduled,
                batch.opened_on,
                batch.opened_at,
                batch.opened_by,
                batch.authority,
            )
        ],
        on_conflict="DO NOTHING",
        returning="batch_id",
    )
    return bool(rows)


async def list_centers_waiting(tx: Transaction, today: date, full: int) -> list[str | None]:
    """The Centers whose letters wait for the batch of a day; one that was full with so many letters is not enough."""
    return [row["center"] for row in await bulk.fetch(tx, _CENTERS_WAITING, today, full)]


async def list_being_made(connection: AsyncConnection) -> list[Batch]:
    """The batches that are under way, the oldest first."""
    query = _select_batches().where(letter_batches.c.state == "making")
    rows = await connection.execute(query.order_by(letter_batches.c.opened_at, letter_batches.c.batch_id))
    return [Batch(*row) for row in rows]


async def is_any_waiting(connection: AsyncConnection, center: str | None) -> bool:
    """Whether a letter of a Center, or of none, waits for a batch."""
    waits = (
        select(deliveries.c.notice_id)
        .join(notices, notices.c.notice_id == deliveries.c.notice_id)
        .outerjoin(
            letters,
            (letters.c.notice_id == deliveries.c.notice_id) & (letters.c.recipient_role == deliveries.c.recipient_role),
        )
        .where(deliveries.c.channel == LETTER, deliveries.c.state == State.QUEUED.value, letters.c.notice_id.is_(None))
        .where(notices.c.center.is_not_distinct_from(center))
        .limit(1)
    )
    return (await connection.execute(waits)).first() is not None


async def list_waiting(
    tx: Transaction, center: str | None, after: tuple[datetime, UUID], limit: int
) -> list[WaitingLetter]:
    """Letters of a Center that are in no batch, the oldest first, with their accounts as they are known now."""
    rows = await bulk.fetch(tx, _WAITING, center, *after, limit)
    return [
        WaitingLetter(
            notice=notice_of(list(row.values())[: len(NOTICE_COLUMNS)]),
            recipient_role=row["recipient_role"],
            queued_at=row["queued_at"],
            addressee=_addressee(row),
            account=row["account"],
        )
        for row in rows
    ]


def _addressee(row: Mapping[str, Any]) -> Addressee:
    """Whom a letter goes to; nobody but an importer has an address on paper here."""
    if row["recipient_role"] != IMPORTER:
        return Addressee(None, None, DEFAULT)
    stored = row["postal_address"]
    address = orjson.loads(stored) if isinstance(stored, str | bytes) else stored
    return Addressee(row["name"], read_address(address), row["language"] or DEFAULT)


async def lock_being_made(tx: Transaction, batch_id: UUID) -> bool:
    """Hold a batch that is under way until the transaction ends; False when it no longer is."""
    query = select(letter_batches.c.batch_id).where(
        letter_batches.c.batch_id == batch_id, letter_batches.c.state == "making"
    )
    return (await tx.connection.execute(query.with_for_update())).first() is not None


async def count_letters(connection: AsyncConnection, batch_id: UUID) -> int:
    """How many letters are in a batch."""
    query = select(func.count()).select_from(letters).where(letters.c.batch_id == batch_id)
    return (await connection.execute(query)).scalar_one()


async def add_letters(tx: Transaction, batch_id: UUID, printed: Sequence[PrintedLetter], now: datetime) -> int:
    """Write letters into a batch, in this order, each with a line in its ledger; those that wait no more are left."""
    columns = zip(
        *(
            (
                each.notice_id,
                each.recipient_role,
                each.language,
                orjson.dumps(each.address).decode(),
                each.pages,
                each.size_bytes,
                each.sha256,
            )
            for each in printed
        ),
        strict=True,
    )
    return len(await bulk.fetch(tx, _ADD, batch_id, now, *(list(column) for column in columns))) if printed else 0


async def set_aside(tx: Transaction, given: Sequence[SetAsideLetter], now: datetime) -> None:
    """Write down why letters go into no batch; the newest reason stands."""
    rows = [(each.notice_id, each.recipient_role, each.reason, each.detail, each.account, now) for each in given]
    await bulk.insert(tx, letters_set_aside, _SET_ASIDE_COLUMNS, rows, on_conflict=_REPLACE_SET_ASIDE)


async def close_batch(
    tx: Transaction,
    batch: Batch,
    *,
    letters_in: int,
    pages: int,
    set_aside_by: int,
    manifest_sha256: bytes,
    archive_sha256: bytes,
    archive_bytes: int,
    now: datetime,
) -> None:
    """A batch is ready for the print shop, and never changes again."""
    await tx.connection.execute(
        letter_batches.update()
        .where(letter_batches.c.batch_id == batch.batch_id, letter_batches.c.state == "making")
        .values(
            state="ready",
            ready_at=now,
            letters=letters_in,
            pages=pages,
            set_aside=set_aside_by,
            manifest_sha256=manifest_sha256,
            archive_sha256=archive_sha256,
            archive_bytes=archive_bytes,
        )
    )


async def find_batch(connection: AsyncConnection, batch_id: UUID) -> Batch | None:
    """One batch, or None."""
    row = (await connection.execute(_select_batches().where(letter_batches.c.batch_id == batch_id))).one_or_none()
    return None if row is None else Batch(*row)


async def list_batches(
    connection: AsyncConnection, reach: Reach, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Batch]:
    """Batches, the newest first, as far as a reach goes."""
    columns = letter_batches.c
    query = _select_batches().where(within(reach, centers=(columns.center,)))
    if after is not None:
        query = query.where(tuple_(columns.opened_at, columns.batch_id) < tuple_(*after))
    rows = await connection.execute(query.order_by(columns.opened_at.desc(), columns.batch_id.desc()).limit(limit))
    return [Batch(*row) for row in rows]


async def list_batched(connection: AsyncConnection, batch_id: UUID) -> list[BatchedLetter]:
    """The letters of a batch, by their places."""
    query = _select_letters().where(letters.c.batch_id == batch_id).order_by(letters.c.position)
    return [_batched(row) for row in await connection.execute(query)]


async def find_batched(connection: AsyncConnection, notice_id: UUID, recipient_role: str) -> BatchedLetter | None:
    """The letter of a notice as it went to the print shop, or None."""
    query = _select_letters().where(letters.c.notice_id == notice_id, letters.c.recipient_role == recipient_role)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _batched(row)


async def list_proofs(connection: AsyncConnection, notice_ids: Collection[UUID]) -> list[NotedProof]:
    """What the post did with the letters of notices, in the order in which it was noted."""
    query = select(letter_proofs).where(letter_proofs.c.notice_id.in_(sorted(notice_ids)))
    rows = await connection.execute(query.order_by(letter_proofs.c.noted_at, letter_proofs.c.act.desc()))
    return [NotedProof(*row) for row in rows]


async def note_proof(
    tx: Transaction,
    notice_ids: Sequence[UUID],
    proofs: Mapping[UUID, Proof],
    *,
    batches: Mapping[UUID, UUID],
    noted_by: str,
    acting_for: str | None,
    authority: str,
    now: datetime,
) -> list[ChangedDelivery]:
    """Write down what the post did with letters to importers, each with its proof; gives those that it changed.

    All proofs are of the same act. A letter that does not wait for this is left as it is.
    """
    if not notice_ids:
        return []
    first = proofs[notice_ids[0]]
    if first.act == "mailed":
        rows = await bulk.fetch(tx, _MAILED, list(notice_ids), now, IMPORTER)
    else:
        rows = await bulk.fetch(tx, _RETURNED, list(notice_ids), now, IMPORTER, _detail(first, noted_by))
    state = State.SENT if first.act == "mailed" else State.BOUNCED
    lines = []
    written = []
    for row in rows:
        proof = proofs[row["notice_id"]]
        detail = _detail(proof, noted_by)
        lines.append((row["notice_id"], LETTER, IMPORTER, row["sequence"], state.value, detail, now))
        written.append(
            (
                row["notice_id"],
                IMPORTER,
                proof.act,
                proof.on,
                batches.get(row["notice_id"]),
                proof.carrier,
                proof.mail_class,
                proof.certified_number,
                proof.reason,
                noted_by,
                acting_for,
                authority,
                now,
            )
        )
    await bulk.insert(tx, delivery_events, _EVENT_COLUMNS, lines)
    await bulk.insert(tx, letter_proofs, _PROOF_COLUMNS, written)
    return [
        ChangedDelivery(
            notice_id=str(row["notice_id"]),
            channel=LETTER,
            recipient_role=IMPORTER,
            sequence=row["sequence"],
            kind=row["kind"],
            importer_number=row["importer_number"],
            entry_number=row["entry_number"],
            state=state,
        )
        for row in rows
    ]


def _detail(proof: Proof, by: str) -> str:
    """The line of a proof in the ledger of its delivery."""
    how = ", ".join(part for part in (proof.carrier, proof.mail_class, proof.certified_number) if part)
    said = f"{proof.act} on {proof.on.isoformat()} by {by}"
    if proof.reason is not None:
        return f"{said}: {proof.reason}"
    return f"{said} ({how})" if how else said


def _select_batches() -> Select[Any]:
    return select(*(letter_batches.c[name] for name in Batch.__dataclass_fields__))


def _select_letters() -> Select[Any]:
    return select(*letters.columns, notices.c.kind, notices.c.issued_on).join(
        notices, notices.c.notice_id == letters.c.notice_id
    )


def _batched(row: Row[Any]) -> BatchedLetter:
    values = row._asdict()
    return BatchedLetter(**{**values, "address": tuple(values["address"])})
