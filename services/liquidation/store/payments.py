"""Payments of programs: the refunds that go together, how far each payment has come, and what is set off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, Final, Literal

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.money.bills import Block, Payment
from services.liquidation.domain.money.refunds import RefundWay
from services.liquidation.store.money_rows import write_rows
from services.liquidation.store.tables.payments import payment_events, payment_offsets, payments
from services.liquidation.store.voided_postings import POSTED
from shared.contracts.payment import PaymentState
from shared.customs.calendar import legal_date
from shared.db import bulk
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

OffsetState = Literal["intended", "certified", "applied", "released"]
OPEN: Final[tuple[PaymentState, ...]] = ("waiting", "ready", "returned")
"""States of a payment that can be certified."""
MOST_ACTS: Final = 20
"""How many acts a payment that was replaced names; its statement has all."""

Stop = Literal["stayed", "reversing"]
"""An order stays the program; what a refund of the payment rests on is to be reversed."""

_TO_PAY: Final = "('waiting-for-enrollment', 'ready', 'certified')"

_RUNS_TO_CLOSE: Final = """
SELECT r.program, r.run, r.posted_on, coalesce(c.reached, '') AS reached FROM program_runs r
LEFT JOIN payment_closings c USING (program, run)
WHERE c.closed_at IS NULL AND (r.posted_on < $1 OR (r.kind = 'cycle' AND r.ended_at IS NOT NULL))
ORDER BY r.posted_on, r.program, r.run
"""
_PAYEES_OF_RUN: Final = """
SELECT DISTINCT importer_number FROM program_postings
WHERE program = $1 AND run = $2 AND importer_number > $3 ORDER BY importer_number LIMIT $4
"""
_REACHED: Final = """
INSERT INTO payment_closings (program, run, reached, closed_at) VALUES ($1, $2, $4, $5)
ON CONFLICT (program, run) DO UPDATE SET reached = excluded.reached, closed_at = excluded.closed_at
WHERE payment_closings.reached = $3 AND payment_closings.closed_at IS NULL
"""
# The designee is paid only where the importer has it on file and the entry names it (box 28); else the importer.
_DUE_OF: Final = """
SELECT r.refund_number, r.entry_number, r.importer_number, p.program, p.removed_cents, r.interest_cents, r.refund_cents,
    CASE WHEN given.designee IS NOT NULL AND (
        SELECT v.body->>'notify_party' FROM entry_versions v
        WHERE v.entry_number = p.entry_number AND v.version = p.version
    ) = given.designee THEN given.designee ELSE r.importer_number END AS payee_number
"""
_DUE_OF_RUN: Final = f"""{_DUE_OF}
FROM unnest($1::text[], $2::text[]) AS given(importer_number, designee)
JOIN program_postings p ON p.importer_number = given.importer_number AND p.program = $3 AND p.run = $4
JOIN refunds r ON r.entry_number = p.entry_number AND r.act_key = p.act_key
WHERE r.state IN ('waiting-for-enrollment', 'ready')
    AND NOT EXISTS (SELECT FROM payment_refunds m WHERE m.refund_number = r.refund_number)
    AND NOT EXISTS (SELECT FROM payment_latecomers l WHERE l.refund_number = r.refund_number)
"""
_DUE_LATE: Final = f"""{_DUE_OF}
FROM unnest($1::text[], $2::text[]) AS given(importer_number, designee)
JOIN payment_latecomers l ON l.importer_number = given.importer_number AND l.opened_on = $4 AND l.program = $3
JOIN refunds r ON r.refund_number = l.refund_number
JOIN program_postings p ON p.entry_number = r.entry_number AND p.program = l.program AND p.act_key = r.act_key
WHERE r.state IN ('waiting-for-enrollment', 'ready')
    AND NOT EXISTS (SELECT FROM payment_refunds m WHERE m.refund_number = r.refund_number)
"""
# Numbers go on without a gap in order of payee, so that who does the day again gives the same ones.
_MAKE: Final = """
WITH due AS MATERIALIZED ({due}), groups AS (
    SELECT importer_number, payee_number, count(*) AS refunds, sum(removed_cents)::bigint AS removed_cents,
        sum(interest_cents)::bigint AS interest_cents, sum(refund_cents)::bigint AS refund_cents
    FROM due GROUP BY importer_number, payee_number
), made AS (
    INSERT INTO payments (payment, program, importer_number, payee_number, posted_on, ordinal, part, revision, events,
        state, way, missing, reason, closed_at, checked_on, refunds, removed_cents, interest_cents, refund_cents,
        delay_cents, offset_cents)
    SELECT 'P' || lpad((last.number + row_number() OVER (ORDER BY g.importer_number, g.payee_number))::text, 9, '0'),
        $3::text, g.importer_number, g.payee_number, $5::date, 1 + coalesce((
            SELECT max(b.ordinal) FROM payments b WHERE b.program = $3 AND b.importer_number = g.importer_number
                AND b.payee_number = g.payee_number AND b.posted_on = $5), 0),
        1, 1, 0, s.state, s.way, s.missing::jsonb, s.reason, $6::timestamptz, $7::date,
        g.refunds, g.removed_cents, g.interest_cents, g.refund_cents, 0, 0
    FROM groups g
    CROSS JOIN (SELECT coalesce(substr(max(payment), 2)::bigint, 0) AS number FROM payments) AS last
    JOIN unnest($8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
        AS s(payee_number, state, way, missing, reason) ON s.payee_number = g.payee_number
    RETURNING payment, importer_number, payee_number
), members AS (
    INSERT INTO payment_refunds (refund_number, payment, entry_number)
    SELECT d.refund_number, m.payment, d.entry_number FROM due d JOIN made m USING (importer_number, payee_number)
    RETURNING refund_number
), gathered AS (
    DELETE FROM payment_latecomers l USING members WHERE l.refund_number = members.refund_number
)
SELECT payment FROM made ORDER BY payment
"""
_LATE_DAYS: Final = """
SELECT DISTINCT program, opened_on, importer_number FROM payment_latecomers WHERE opened_on < $1
ORDER BY opened_on, program, importer_number LIMIT $2
"""
_FORGET_LATE: Final = """
DELETE FROM payment_latecomers l USING refunds r WHERE r.refund_number = l.refund_number AND l.opened_on < $1
    AND r.state NOT IN ('waiting-for-enrollment', 'ready')
"""
_NOTE_LATE: Final = """
INSERT INTO payment_latecomers (refund_number, program, importer_number, opened_on)
SELECT r.refund_number, p.program, r.importer_number, r.opened_on FROM refunds r
JOIN program_postings p ON p.entry_number = r.entry_number AND p.act_key = r.act_key
WHERE r.refund_number = ANY($1::text[]) ON CONFLICT DO NOTHING
"""
_PROGRAMS_OF: Final = """
SELECT r.refund_number, p.program, m.payment FROM refunds r
JOIN program_postings p ON p.entry_number = r.entry_number AND p.act_key = r.act_key
LEFT JOIN payment_refunds m ON m.refund_number = r.refund_number WHERE r.refund_number = ANY($1::text[])
"""
_HOLD_ENTRIES: Final = """
SELECT count(*) FROM (
    SELECT FROM entries e WHERE e.entry_number IN (
        SELECT entry_number FROM payment_refunds WHERE payment = ANY($1::text[])
        UNION SELECT entry_number FROM payment_offsets WHERE payment = ANY($1::text[])
    ) ORDER BY e.entry_number FOR UPDATE
) AS held
"""
# Of a refund that a later act replaced what was set off stays with the payment: interest first, as `settle_refund`.
_SUMS: Final = f"""
WITH settled AS (
    SELECT refund_number, sum(cents) AS cents FROM payment_settlements WHERE payment = ANY($1::text[]) GROUP BY 1
), given AS (
    SELECT m.payment, r.state <> 'replaced' AS stands, r.refund_cents, r.interest_cents, p.removed_cents, s.cents,
        least(s.cents, greatest(r.interest_cents, 0)) AS of_interest
    FROM payment_refunds m JOIN payments y ON y.payment = m.payment JOIN refunds r ON r.refund_number = m.refund_number
    LEFT JOIN settled s ON s.refund_number = m.refund_number
    LEFT JOIN {POSTED} p ON p.entry_number = m.entry_number AND p.program = y.program AND p.act_key = r.act_key
    WHERE m.payment = ANY($1::text[]) AND (r.state <> 'replaced' OR s.cents IS NOT NULL)
)
SELECT payment, count(*) FILTER (WHERE stands) AS refunds,
    sum(CASE WHEN stands THEN removed_cents ELSE least(cents - of_interest, removed_cents) END)::bigint
        AS removed_cents,
    sum(CASE WHEN stands THEN interest_cents ELSE of_interest END)::bigint AS interest_cents,
    sum(CASE WHEN stands THEN refund_cents ELSE cents END)::bigint AS refund_cents, coalesce(sum(cents), 0)::bigint
        AS settled_cents
FROM given GROUP BY payment
"""
_REPLACED_BY: Final = """
SELECT payment, replaced_by AS act, refunds, first_entry FROM (
    SELECT *, row_number() OVER (PARTITION BY payment ORDER BY refunds DESC, replaced_by) AS place FROM (
        SELECT m.payment, r.replaced_by, count(*) AS refunds, min(m.entry_number) AS first_entry
        FROM payment_refunds m JOIN refunds r ON r.refund_number = m.refund_number
        WHERE m.payment = ANY($1::text[]) AND r.state = 'replaced' GROUP BY 1, 2
    ) AS counted
) AS placed WHERE place <= $2 ORDER BY payment, place
"""
_READY: Final = """
UPDATE refunds r SET state = given.state, way = given.way, missing = given.missing::jsonb, reason = given.reason,
    revision = r.revision + 1
FROM payment_refunds m JOIN unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
    AS given(payment, state, way, missing, reason) ON given.payment = m.payment
WHERE r.refund_number = m.refund_number AND r.state IN ('waiting-for-enrollment', 'ready')
    AND (r.state, r.way, r.missing) IS DISTINCT FROM (given.state, given.way, given.missing::jsonb)
"""
_CERTIFY: Final = f"""
UPDATE refunds r SET state = 'certified', way = $2, missing = '[]', reason = $3, certified_on = $4, certified_by = $5,
    certified_for = $6, revision = r.revision + 1
FROM payment_refunds m WHERE m.payment = $1 AND r.refund_number = m.refund_number AND r.state IN {_TO_PAY}
"""
# What earlier parts of a payment set off of a refund, as text: refunds that are alike in it bear the same.
_SET_OFF: Final = """coalesce((
    SELECT string_agg(given.settled_on || ' ' || given.cents, ',' ORDER BY given.part) FROM payment_settlements given
    WHERE given.refund_number = {refund}.refund_number
), '')"""
_TERMS_OF_DELAY: Final = f"""
SELECT DISTINCT r.liquidated_on, r.due_on, r.refund_cents, {_SET_OFF.format(refund="r")} AS set_off
FROM payment_refunds m
JOIN refunds r ON r.refund_number = m.refund_number
WHERE m.payment = $1 AND r.state = 'certified' AND r.due_on < $2
"""
_PAY: Final = f"""
UPDATE refunds r SET state = 'paid', paid_on = $2, paid_by = $3, paid_for = $4, reason = $5,
    delay_cents = coalesce(late.cents, 0), delay_blocks = coalesce(late.blocks::jsonb, '[]'), revision = r.revision + 1
FROM payment_refunds m JOIN refunds s ON s.refund_number = m.refund_number
LEFT JOIN unnest($6::date[], $7::date[], $8::bigint[], $9::text[], $10::bigint[], $11::text[])
    AS late(liquidated_on, due_on, refund_cents, set_off, cents, blocks)
    ON (late.liquidated_on, late.due_on, late.refund_cents, late.set_off)
        = (s.liquidated_on, s.due_on, s.refund_cents, {_SET_OFF.format(refund="s")})
WHERE m.payment = $1 AND r.refund_number = s.refund_number AND r.state = 'certified'
"""
_DELAY: Final = """
SELECT coalesce(sum(r.delay_cents), 0)::bigint AS cents FROM payment_refunds m
JOIN refunds r ON r.refund_number = m.refund_number WHERE m.payment = $1 AND r.state = 'paid'
"""
_RETURN: Final = """
UPDATE refunds r SET state = $2, way = $3, missing = $4::jsonb, reason = $5, certified_on = NULL, certified_by = NULL,
    certified_for = NULL, paid_on = NULL, paid_by = NULL, paid_for = NULL, delay_cents = NULL, delay_blocks = '[]',
    revision = r.revision + 1
FROM payment_refunds m WHERE m.payment = $1 AND r.refund_number = m.refund_number AND r.state = 'paid'
"""
# What is set off is taken from the refunds in order of entry, from each what is still open of it.
_SETTLE: Final = """
WITH placed AS (
    SELECT refund_number, entry_number, open_cents,
        sum(open_cents) OVER (ORDER BY entry_number, refund_number) - open_cents AS before
    FROM (
        SELECT m.refund_number, m.entry_number, r.refund_cents - coalesce((
            SELECT sum(s.cents) FROM payment_settlements s WHERE s.refund_number = m.refund_number), 0) AS open_cents
        FROM payment_refunds m JOIN refunds r ON r.refund_number = m.refund_number
        WHERE m.payment = $1 AND r.state = 'paid'
    ) AS standing
)
INSERT INTO payment_settlements (refund_number, part, payment, entry_number, settled_on, cents)
SELECT refund_number, $2, $1, entry_number, $3, least(open_cents, $4 - before)::bigint FROM placed
WHERE open_cents > 0 AND before < $4
"""
_BILLED_LATER: Final = """
SELECT count(DISTINCT m.refund_number) AS refunds, min(m.entry_number) AS first_entry
FROM payment_refunds m JOIN refunds r ON r.refund_number = m.refund_number
JOIN bills b ON b.entry_number = m.entry_number AND b.act_key <> r.act_key AND b.liquidated_on >= r.liquidated_on
WHERE m.payment = $1 AND r.state <> 'replaced' AND b.state <> 'replaced'
"""
_ACTS: Final = """
INSERT INTO money_acts (entry_number, event_key, number, change, occurred_on, rule, detail, refund_number, cents, actor,
    authority)
SELECT r.entry_number, 'refund:' || r.refund_number || ':' || r.revision, coalesce((
        SELECT max(a.number) FROM money_acts a WHERE a.entry_number = r.entry_number
    ), 0) + row_number() OVER (PARTITION BY r.entry_number ORDER BY r.refund_number),
    'refund-changed', $3, $4, 'refund ' || r.refund_number || ': ' || r.state || ' with payment ' || m.payment,
    r.refund_number, r.refund_cents, $5, $6
FROM payment_refunds m JOIN refunds r ON r.refund_number = m.refund_number
WHERE m.payment = $1 AND r.state = $2
"""
_SETTABLE: Final = """
SELECT b.* FROM unnest($1::text[]) AS given(importer_number) CROSS JOIN LATERAL (
    SELECT * FROM bills b WHERE b.importer_number = given.importer_number AND b.state = 'delinquent'
        AND b.open_cents > 0 AND NOT EXISTS (
            SELECT FROM payment_offsets o WHERE o.bill_number = b.bill_number AND o.state IN ('intended', 'certified'))
    ORDER BY b.due_on, b.bill_number LIMIT 200
) AS b ORDER BY b.importer_number, b.due_on, b.bill_number
"""
_NEXT_OPEN: Final = """
SELECT payment FROM payments WHERE state IN ('waiting', 'ready', 'certified', 'returned') AND checked_on < $1
    AND payment <> ALL($2::text[]) ORDER BY checked_on, payment LIMIT $3
"""
_STAY: Final = "SELECT stayed_from IS NOT NULL AS is_stayed FROM programs WHERE program = $1"
_HOLD_STAY: Final = f"{_STAY} FOR SHARE"
_REVERSING: Final = """
SELECT DISTINCT m.payment FROM payment_refunds m JOIN program_postings p ON p.entry_number = m.entry_number
WHERE m.payment = ANY($2::text[]) AND p.program = $1 AND p.reversal IN ('asked', 'confirmed')
"""


@dataclass(slots=True)
class PaymentRow:
    """A row of `payments`. Cents; `offset_cents` is what is certified to be set off, or was.

    `replaced_by`, of one of which nothing stands: the acts that took the place of its refunds, with how many.
    """

    payment: str
    program: str
    importer_number: str
    payee_number: str
    posted_on: date
    ordinal: int
    part: int
    revision: int
    events: int
    state: PaymentState
    way: RefundWay
    missing: list[str]
    reason: str
    closed_at: datetime
    checked_on: date
    refunds: int
    removed_cents: int
    interest_cents: int
    refund_cents: int
    delay_cents: int
    offset_cents: int
    certified_on: date | None = None
    certified_by: str | None = None
    certified_for: str | None = None
    paid_on: date | None = None
    paid_by: str | None = None
    paid_for: str | None = None
    returned_on: date | None = None
    replaced_by: list[dict[str, Any]] | None = None

    @property
    def remittance(self) -> str:
        """What the bank line carries: another for each part, so that a line matches one sending."""
        return f"{self.payment}-{self.part:02}"

    @property
    def net_cents(self) -> int:
        """What goes to the bank."""
        return self.refund_cents + self.delay_cents - self.offset_cents

    @property
    def other_cents(self) -> int:
        """What the acts of the refunds came to beside what the program removed: what other decisions changed in them.

        Below zero when that was owed to CBP. What an earlier act left unpaid, which the refund took up, is in it.
        """
        return self.refund_cents - self.removed_cents - self.interest_cents

    @property
    def is_open(self) -> bool:
        """Whether it waits to be certified, for the first time or again."""
        return self.state in OPEN


@dataclass(slots=True)
class OffsetRow:
    """A row of `payment_offsets`: `told_cents` was open when the payee was told, `cents` is what is set off."""

    payment: str
    bill_number: str
    entry_number: str
    told_on: date
    apply_from: date
    told_cents: int
    state: OffsetState
    cents: int
    settled_on: date | None = None
    bill_payment: int | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """A row of `payment_events`; `actor` is None for what followed by itself."""

    payment: str
    number: int
    part: int
    change: str
    at: datetime
    occurred_on: date
    cents: int
    detail: str
    actor: str | None = None
    acting_for: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class RunToClose:
    """A posting day that has ended, and to which importer its refunds are in payments."""

    program: str
    run: int
    posted_on: date
    reached: str


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """How a payee can be paid today."""

    payee_number: str
    state: Literal["waiting", "ready"]
    way: RefundWay
    missing: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Sums:
    """What the refunds of a payment that stand come to, with what was set off of those that do not; cents.

    `settled_cents` is what was set off of all of them.
    """

    refunds: int = 0
    removed_cents: int = 0
    interest_cents: int = 0
    refund_cents: int = 0
    settled_cents: int = 0


@dataclass(frozen=True, slots=True)
class PaymentsWanted:
    """Which payments of a program are listed; None where it does not matter."""

    importer_number: str | None = None
    state: str | None = None
    posted_on: date | None = None


@dataclass(frozen=True, slots=True)
class LateTerms:
    """Refunds of a payment that are due by then, alike in what their delay bears, and what it comes to.

    `set_off` is what earlier parts of the payment set off of each: days and cents, by comma.
    """

    liquidated_on: date
    due_on: date
    refund_cents: int
    set_off: str
    delay_cents: int = 0
    blocks: tuple[Block, ...] = field(default_factory=tuple)

    @property
    def settled(self) -> tuple[Payment, ...]:
        """The same as payments of their days."""
        given = [each.split(" ") for each in self.set_off.split(",") if each]
        return tuple(Payment(date.fromisoformat(on), int(cents)) for on, cents in given)


async def list_runs_to_close(tx: Transaction, today: date) -> list[RunToClose]:
    """Posting days whose refunds are to be paid together: ended, or of a weekly cycle and over."""
    return [RunToClose(**dict(row)) for row in await bulk.fetch(tx, _RUNS_TO_CLOSE, today)]


async def await_chunks(tx: Transaction, program: str) -> None:
    """Wait for what is being posted of a program: a chunk may have begun before its run ended."""
    await bulk.fetch(tx, "SELECT FROM programs WHERE program = $1 FOR UPDATE", program)


async def list_payees_of_run(tx: Transaction, run: RunToClose, limit: int) -> list[str]:
    """The next importers of whom a run posted an entry."""
    rows = await bulk.fetch(tx, _PAYEES_OF_RUN, run.program, run.run, run.reached, limit)
    return [row["importer_number"] for row in rows]


async def note_reached(tx: Transaction, run: RunToClose, reached: str, closed_at: datetime | None) -> bool:
    """How far the payments of a run are made; False when somebody else went on meanwhile."""
    return await bulk.execute(tx, _REACHED, run.program, run.run, run.reached, reached, closed_at) == 1


async def make_payments_of_run(
    tx: Transaction, run: RunToClose, payees: Mapping[str, str | None], ready: Sequence[ReadyRow], now: datetime
) -> list[PaymentRow]:
    """Payments of what a run found for these importers (each with the designee on file), in one statement."""
    statement = _MAKE.format(due=_DUE_OF_RUN)
    return await _make(tx, statement, payees, run.program, run.run, run.posted_on, ready, now)


async def make_late_payments(
    tx: Transaction,
    program: str,
    opened_on: date,
    payees: Mapping[str, str | None],
    ready: Sequence[ReadyRow],
    now: datetime,
) -> list[PaymentRow]:
    """Payments of what became known on a day after the posting, of these importers, in one statement."""
    return await _make(tx, _MAKE.format(due=_DUE_LATE), payees, program, opened_on, opened_on, ready, now)


async def _make(
    tx: Transaction,
    statement: str,
    payees: Mapping[str, str | None],
    program: str,
    run_or_day: int | date,
    posted_on: date,
    ready: Sequence[ReadyRow],
    now: datetime,
) -> list[PaymentRow]:
    await bulk.fetch(tx, "SELECT pg_advisory_xact_lock(hashtextextended('payments', 0))")
    made = await bulk.fetch(
        tx,
        statement,
        list(payees),
        list(payees.values()),
        program,
        run_or_day,
        posted_on,
        now,
        legal_date(now),
        *_columns_of(ready),
    )
    return await load_payments(tx, [row["payment"] for row in made])


def _columns_of(ready: Sequence[ReadyRow]) -> tuple[list[str], ...]:
    return (
        [each.payee_number for each in ready],
        [each.state for each in ready],
        [each.way for each in ready],
        [orjson.dumps(each.missing).decode() for each in ready],
        [each.reason for each in ready],
    )


async def list_late_days(tx: Transaction, today: date, limit: int) -> dict[tuple[str, date], list[str]]:
    """Importers with refunds that became known after the posting, on days that are over, by program and day."""
    found: dict[tuple[str, date], list[str]] = {}
    for row in await bulk.fetch(tx, _LATE_DAYS, today, limit):
        found.setdefault((row["program"], row["opened_on"]), []).append(row["importer_number"])
    return found


async def forget_late(tx: Transaction, today: date) -> None:
    """Refunds that became known late, and were replaced before their payment was made, wait for none."""
    await bulk.execute(tx, _FORGET_LATE, today)


async def note_late(tx: Transaction, refund_numbers: Sequence[str]) -> None:
    """Refunds that have just been opened for what a program posted before wait for the payment of this day."""
    if refund_numbers:
        await bulk.execute(tx, _NOTE_LATE, list(refund_numbers))


async def find_programs_of(tx: Transaction, refund_numbers: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """Of these refunds those of a program: which, and with which payment they are paid, if it is made."""
    if not refund_numbers:
        return {}
    rows = await bulk.fetch(tx, _PROGRAMS_OF, sorted(refund_numbers))
    return {row["refund_number"]: (row["program"], row["payment"]) for row in rows}


async def load_payments(tx: Transaction, numbers: Sequence[str], *, hold: bool = False) -> list[PaymentRow]:
    """These payments in order of number; held until the transaction ends when that is asked."""
    if not numbers:
        return []
    query = select(payments).where(payments.c.payment.in_(sorted(numbers))).order_by(payments.c.payment)
    found = await tx.connection.execute(query.with_for_update() if hold else query)
    return [PaymentRow(**row) for row in found.mappings()]


async def hold_open_of(tx: Transaction, payee_number: str) -> list[PaymentRow]:
    """The payments to a payee that wait to be certified, held in order of number."""
    query = select(payments).where(payments.c.payee_number == payee_number, payments.c.state.in_(OPEN))
    found = await tx.connection.execute(query.order_by(payments.c.payment).with_for_update())
    return [PaymentRow(**row) for row in found.mappings()]


async def hold_entries_of(tx: Transaction, numbers: Sequence[str]) -> None:
    """Hold the entries of the refunds of these payments, and of the bills set off against them, in order of number."""
    await bulk.fetch(tx, _HOLD_ENTRIES, list(numbers))


async def find_payment(connection: AsyncConnection, payment: str) -> PaymentRow | None:
    """One payment, or None."""
    found = await connection.execute(select(payments).where(payments.c.payment == payment))
    row = found.mappings().one_or_none()
    return PaymentRow(**row) if row is not None else None


async def list_payments(
    connection: AsyncConnection, reach: Reach, program: str, wanted: PaymentsWanted, *, after: str | None, limit: int
) -> list[PaymentRow]:
    """Payments of a program in order of number, as far as the caller's reach goes."""
    query = select(payments).where(
        payments.c.program == program, within(reach, importer_number=payments.c.importer_number)
    )
    for each in fields(wanted):
        if (value := getattr(wanted, each.name)) is not None:
            query = query.where(payments.c[each.name] == value)
    if after is not None:
        query = query.where(payments.c.payment > after)
    found = await connection.execute(query.order_by(payments.c.payment).limit(limit))
    return [PaymentRow(**row) for row in found.mappings()]


async def write_payments(tx: Transaction, rows: Sequence[PaymentRow]) -> None:
    """Write how payments stand."""
    await write_rows(tx, payments, rows)


async def load_sums(tx: Transaction, numbers: Sequence[str]) -> dict[str, Sums]:
    """What the refunds of these payments that stand come to, with what was set off of those that later acts replaced.

    One of which neither is left is absent.
    """
    found: dict[str, Sums] = {}
    for row in await bulk.fetch(tx, _SUMS, list(numbers)):
        payment, *sums = row.values()
        found[payment] = Sums(*(each or 0 for each in sums))
    return found


async def load_replaced_by(tx: Transaction, numbers: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The acts that took the place of refunds of these payments: those of most refunds first, so many at most."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in await bulk.fetch(tx, _REPLACED_BY, list(numbers), MOST_ACTS):
        payment, *told = row.values()
        found.setdefault(payment, []).append(dict(zip(("act", "refunds", "first_entry"), told, strict=True)))
    return found


async def settle_refunds(tx: Transaction, row: PaymentRow, on: date, cents: int) -> None:
    """Lay what was set off with this part of a payment on its refunds, which are paid with it, in order of entry.

    What is set off of a refund stays so, whatever becomes of the rest of it.
    """
    if cents:
        await bulk.execute(tx, _SETTLE, row.payment, row.part, on, cents)


async def find_billed_later(tx: Transaction, payment: str) -> tuple[int, str | None]:
    """How many refunds of a payment later acts billed again as paid, and the first entry of these."""
    (found,) = await bulk.fetch(tx, _BILLED_LATER, payment)
    return found["refunds"], found["first_entry"]


async def list_settled(tx: Transaction, refund_number: str) -> list[Payment]:
    """What was set off of a refund against bills, by day."""
    statement = "SELECT settled_on, cents FROM payment_settlements WHERE refund_number = $1 ORDER BY part"
    return [Payment(*row.values()) for row in await bulk.fetch(tx, statement, refund_number)]


async def ready_refunds(tx: Transaction, rows: Sequence[PaymentRow]) -> None:
    """The refunds of payments that are not certified stand as their payments do."""
    ready = [
        ReadyRow(row.payment, "ready", row.way, tuple(row.missing), row.reason)
        if not row.missing
        else ReadyRow(row.payment, "waiting", row.way, tuple(row.missing), row.reason)
        for row in rows
    ]
    numbers, states, *rest = _columns_of(ready)
    states = ["ready" if each == "ready" else "waiting-for-enrollment" for each in states]
    await bulk.execute(tx, _READY, numbers, states, *rest)


async def certify_refunds(tx: Transaction, row: PaymentRow, reason: str) -> None:
    """The refunds of a payment are certified with it, in one statement."""
    given = row.payment, row.way, reason, row.certified_on, row.certified_by, row.certified_for
    await bulk.execute(tx, _CERTIFY, *given)


async def load_late_terms(tx: Transaction, payment: str, paid_on: date) -> list[LateTerms]:
    """What decides how much the delay of the refunds of a payment bears that were due before a day."""
    return [LateTerms(**dict(row)) for row in await bulk.fetch(tx, _TERMS_OF_DELAY, payment, paid_on)]


async def pay_refunds(tx: Transaction, row: PaymentRow, reason: str, late: Sequence[LateTerms]) -> int:
    """The refunds of a payment are paid with it, in one statement; gives the interest for delay, in cents."""
    blocks = [
        orjson.dumps(
            [
                {
                    "number": block.number,
                    "ended_on": block.ended_on,
                    "base_cents": block.base_cents,
                    "interest_cents": block.interest_cents,
                }
                for block in each.blocks
            ]
        ).decode()
        for each in late
    ]
    await bulk.execute(
        tx,
        _PAY,
        row.payment,
        row.paid_on,
        row.paid_by,
        row.paid_for,
        reason,
        [each.liquidated_on for each in late],
        [each.due_on for each in late],
        [each.refund_cents for each in late],
        [each.set_off for each in late],
        [each.delay_cents for each in late],
        blocks,
    )
    (found,) = await bulk.fetch(tx, _DELAY, row.payment)
    cents: int = found["cents"]
    return cents


async def return_refunds(tx: Transaction, row: PaymentRow) -> None:
    """The refunds of a payment that came back are not paid; they stand as the payee can be paid."""
    state = "waiting-for-enrollment" if row.missing else "ready"
    missing = orjson.dumps(row.missing).decode()
    await bulk.execute(tx, _RETURN, row.payment, state, row.way, missing, row.reason)


async def write_acts_of(
    tx: Transaction, row: PaymentRow, state: str, on: date, rule: str, actor: str | None, authority: str | None
) -> None:
    """An act about money on the entry of each refund of a payment that is in a state, in one statement."""
    await bulk.execute(tx, _ACTS, row.payment, state, on, rule, actor, authority)


async def write_events(tx: Transaction, rows: Sequence[PaymentEvent]) -> None:
    """Append what was done with payments."""
    columns = tuple(each.name for each in fields(PaymentEvent))
    await bulk.insert(tx, payment_events, columns, [tuple([getattr(row, name) for name in columns]) for row in rows])


async def list_events(connection: AsyncConnection, payment: str) -> list[PaymentEvent]:
    """What was done with a payment, in order."""
    columns = [payment_events.c[each.name] for each in fields(PaymentEvent)]
    query = select(*columns).where(payment_events.c.payment == payment).order_by(payment_events.c.number)
    return [PaymentEvent(*row) for row in await connection.execute(query)]


async def list_offsets(connection: AsyncConnection, numbers: Sequence[str]) -> list[OffsetRow]:
    """What is, or was to be, set off against these payments, in the order in which bills are taken."""
    query = select(payment_offsets).where(payment_offsets.c.payment.in_(list(numbers)))
    query = query.order_by(payment_offsets.c.payment, payment_offsets.c.told_on, payment_offsets.c.bill_number)
    return [OffsetRow(**row) for row in (await connection.execute(query)).mappings()]


async def write_offsets(tx: Transaction, rows: Sequence[OffsetRow]) -> None:
    """Write what is set off and how it stands."""
    await write_rows(tx, payment_offsets, rows)


async def list_settable(tx: Transaction, importer_numbers: Sequence[str]) -> list[dict[str, Any]]:
    """Delinquent bills of these importers that no other payment is to settle, the oldest first, 200 each at most."""
    return [dict(row) for row in await bulk.fetch(tx, _SETTABLE, sorted(set(importer_numbers)))]


async def find_stayed_at(tx: Transaction, program: str) -> datetime | None:
    """When an order stayed a program last; None: none ever did."""
    (row,) = await bulk.fetch(
        tx, "SELECT max(at) AS at FROM program_events WHERE program = $1 AND change = 'stayed'", program
    )
    at: datetime | None = row["at"]
    return at


async def list_next_open(tx: Transaction, today: date, left_out: Sequence[str], limit: int) -> list[str]:
    """Payments that were not sent, or came back, and were not looked at today, but for those left out."""
    return [row["payment"] for row in await bulk.fetch(tx, _NEXT_OPEN, today, list(left_out), limit)]


async def find_stops(tx: Transaction, program: str, numbers: Sequence[str], *, hold: bool = False) -> dict[str, Stop]:
    """What keeps these payments of a program from being certified and sent now; those that nothing does are absent.

    Held, the program stays so until the transaction ends: who stays it, or confirms a reversal, waits.
    """
    rows = await bulk.fetch(tx, _HOLD_STAY if hold else _STAY, program)
    if rows and rows[0]["is_stayed"]:
        return dict.fromkeys(numbers, "stayed")
    return {row["payment"]: "reversing" for row in await bulk.fetch(tx, _REVERSING, program, list(numbers))}
