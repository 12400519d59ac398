"""Histories of payments of programs, drawn at random and lived on a real database, beside a ledger kept by the test.

The ledger knows the rates of 2026 and the law, and nothing of the code: what each entry owes by its last act, what was
given of it and when. After each history what was sent, came back and was set off must come to that, to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from random import Random
from typing import Any, Final

import pytest
from sqlalchemy import text

from services.liquidation.acts.payments import certify_payment, pay_payment, return_payment
from services.liquidation.acts.program_reversals import Judgment, ask_reversal, confirm_reversal, reverse_confirmed
from services.liquidation.acts.reliquidations import post_reliquidation
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.store.payments import PaymentRow
from services.liquidation.store.tables.bills import bill_payments, bills
from services.liquidation.store.tables.payments import payment_events, payment_offsets, payment_settlements, payments
from services.liquidation.store.tables.refunds import refunds
from shared.db.transaction import transaction
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity, RoleName
from tests.integration.liquidation.builders import apply, rows
from tests.integration.liquidation.payment_desk import MONDAY, Desk, open_desk_on
from tests.integration.liquidation.program_office import DAYS, IEEPA, duties
from tests.support.events import decoded, entry_body, entry_number
from tests.support.people import EVERY_CENTER

HISTORIES: Final = 100
"""Of one seed; there are twenty seeds."""
PAID_ON: Final = date(2026, 2, 20)
DUE_ON: Final = MONDAY + timedelta(days=30)
ROUNDS: Final = tuple(date(2026, month, day) for month, day in ((7, 16), (7, 22), (8, 3), (8, 17), (8, 27), (9, 8)))
"""Days on which something is done; a Center's own power ends on 13 September."""
_ROLES: Final = frozenset({RoleName.LIQUIDATION_SPECIALIST, RoleName.IMPORT_SPECIALIST})
MAX, LEE = (Identity(name, name.title(), _ROLES, centers=EVERY_CENTER) for name in ("max", "lee"))
ANY: Final = IfMatch(None)
_EXACT: Final = Context(prec=50)


@cache
def growth(start: date, end: date, who: str) -> Decimal:
    """What a dollar bears from the day after `start` to `end`: 26 USC 6621 for 2026, to a corporation or from it."""
    factor, day = Decimal(1), start
    while day < end:
        day += timedelta(days=1)
        quarter = (day.month - 1) // 3
        rate = {"from": (7, 6, 7, 7), "to": (6, 5, 6, 6)}[who][quarter]
        factor = _EXACT.multiply(factor, 1 + Decimal(rate) / 36_500)
    return factor - 1


def to_whole(cents: Decimal) -> int:
    return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass
class Ledger:
    """One entry as the law has it: cents."""

    number: str
    removed: int
    interest: int = 0
    effect: int | None = None
    """What a later act leaves of the refund of duty; None: there was none."""
    later_due: int = 0
    is_replaced: bool = False
    """The later act came while the refund was not paid: of it only what was set off remains."""
    set_off: list[tuple[date, int]] = field(default_factory=list)
    cash: tuple[date, int] | None = None
    delay: int = 0

    def __post_init__(self) -> None:
        self.interest = to_whole(self.removed * growth(PAID_ON, MONDAY, "to"))

    @property
    def refund(self) -> int:
        return self.removed + self.interest

    @property
    def open(self) -> int:
        return self.refund - sum(cents for _, cents in self.set_off)

    @property
    def given(self) -> int:
        return sum(cents for _, cents in self.set_off) + (self.cash[1] if self.cash else 0)

    def find_delay(self, day: date, at_bank: Sequence[tuple[date, date]]) -> int:
        """Interest on what was late (19 USC 1505(d)): whole blocks of 30 days on none of which it lay at the bank."""
        total = 0
        if day <= DUE_ON:
            return 0
        for block in range(1, (day - MONDAY).days):
            start, end = MONDAY + timedelta(days=30 * (block - 1)), MONDAY + timedelta(days=30 * block)
            if end >= day:
                break
            if any(sent <= end and start + timedelta(days=1) < back for sent, back in at_bank):
                continue
            base = self.refund - sum(cents for on, cents in self.set_off if on <= end)
            total += to_whole(base * growth(start, end, "to"))
        return total

    def change(self, effect: int, day: date) -> None:
        """A later act finds that only `effect` of duty was to be refunded: what is owed then, with interest to it."""
        moves: list[tuple[date, int]] = []
        interest = self.interest
        for on, cents in sorted([*self.set_off, *([self.cash] if self.cash else [])]):
            to_interest = min(cents, interest)
            interest -= to_interest
            moves.append((on, cents - to_interest))
        owed = Decimal(0)
        excess = effect
        for on, principal in moves:
            closed = min(max(excess, 0), principal)
            owed += closed * growth(PAID_ON, on, "to") - (principal - closed) * growth(on, day, "from")
            excess -= closed
        owed += excess * growth(PAID_ON, day, "to")
        self.effect, self.later_due = effect, effect + to_whole(owed)
        self.is_replaced = self.cash is None

    @property
    def due(self) -> int:
        return self.refund if self.effect is None else self.later_due


@dataclass
class History:
    """One payment: its importer, its entries, and what was done."""

    importer: str
    entries: list[Ledger]
    payment: str = ""
    state: str = "ready"
    is_outdated: bool = False
    at_bank: list[tuple[date, date]] = field(default_factory=list)
    sent_on: date | None = None
    done: list[str] = field(default_factory=list)

    @property
    def standing(self) -> list[Ledger]:
        return [each for each in self.entries if not each.is_replaced]

    @property
    def unchanged(self) -> list[Ledger]:
        return [each for each in self.entries if each.effect is None]


async def file(desk: Desk, given: Sequence[tuple[str, int]]) -> list[str]:
    """Entries of these importers, with so much duty that the program removes."""
    events, numbers = [], []
    for importer, cents in given:
        number = entry_number()
        goods = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, f"{cents / 100:.2f}"))
        body = entry_body(number, lines=[goods], importer_number=importer, **DAYS)
        events.append(decoded("entry-filed", body, time="2026-02-10T19:03:11Z"))
        numbers.append(number)
    await apply(desk.office.engine, events, now=desk.office.clock.now())
    return numbers


async def bill(desk: Desk, given: Sequence[tuple[str, int]]) -> None:
    """Delinquent bills of entries of their own, older than the time to protest."""
    numbers = await file(desk, given)
    values = [
        {"bill": f"{number}-B01", "entry": number, "importer": importer, "cents": cents, "on": date(2025, 6, 2)}
        for number, (importer, cents) in zip(numbers, given, strict=True)
    ]
    async with transaction(desk.office.engine) as tx:
        await tx.connection.execute(
            text(
                "INSERT INTO bills (bill_number, entry_number, act_key, importer_number, principal, interest_cents,"
                " billed_cents, liquidated_on, issued_on, due_on, state, stood_on, open_cents, delinquency_cents,"
                " surplus_cents, blocks, noticed_through) VALUES (:bill, :entry, 'liquidation', :importer,"
                " jsonb_build_object('duty', CAST(:cents AS bigint)), 0, :cents, :on, :on, CAST(:on AS date) + 30,"
                " 'delinquent', :on, :cents, 0, 0, '[]', :on)"
            ),
            values,
        )


def draw_bills(draw: Random, histories: Sequence[History], share: float) -> list[tuple[str, int]]:
    """What some of the importers are billed, in cents."""
    return [(each.importer, draw.randint(30_00, 4_000_00)) for each in histories if draw.random() < share]


async def begin(desk: Desk, draw: Random) -> list[History]:
    """Importers whose entries the program liquidates on one Monday, each with its payment; many have bills."""
    histories = []
    for place in range(HISTORIES):
        importer = f"{10 + place % 80}-{345_000_000 + 100 * place}"
        histories.append(
            History(importer, [Ledger("", draw.randint(150_00, 3_000_00)) for _ in range(draw.randint(1, 3))])
        )
    wanted = [(each, entry) for each in histories for entry in each.entries]
    numbers = await file(desk, [(each.importer, entry.removed) for each, entry in wanted])
    for (_, entry), number in zip(wanted, numbers, strict=True):
        entry.number = number
    async with transaction(desk.office.engine) as tx:
        await tx.connection.execute(
            text(
                "INSERT INTO importer_refund_accounts (importer_number, revision, effective_on, is_corporation,"
                " has_ach_enrollment, has_valid_bank_data, has_paper_waiver, recorded_by)"
                " VALUES (:importer, 1, '2026-01-01', true, true, true, false, 'k')"
            ),
            [{"importer": each.importer} for each in histories],
        )
    await bill(desk, draw_bills(draw, histories, 0.7))
    await desk.office.declare(numbers, who=desk.office.broker())
    await desk.post(*numbers)
    assert await desk.close() == len(histories)
    of_importer = {each.importer_number: each.payment for each in await rows(desk.office.engine, payments)}
    for each in histories:
        each.payment = of_importer[each.importer]
    return histories


async def act(desk: Desk, history: History, draw: Random, day: date, to_reverse: list[tuple[History, Ledger]]) -> None:
    """One act on a payment, or on an entry of it, as it may be done in its state."""
    if history.unchanged and draw.random() < 0.2:
        entry = draw.choice(history.unchanged)
        if draw.random() < 0.5:
            to_reverse.append((history, entry))
        else:
            await reliquidate(desk, history, entry, draw.randint(entry.removed // 5, entry.removed * 3 // 5), day)
        return
    if history.state == "paid":
        await send_back(desk, history, day)
    elif history.state == "certified" and not history.is_outdated:
        await pay(desk, history, day)
    else:
        await certify(desk, history)


async def certify(desk: Desk, history: History) -> None:
    async with transaction(desk.office.engine) as tx:
        try:
            code = ""
            row: PaymentRow | None = await certify_payment(
                tx, desk.office.clock.now(), history.payment, ANY, MAX, POLICY
            )
        except Conflict as refused:
            row, code = None, refused.code
    if row is None:
        assert code == ("set-off-pending" if history.standing else "payment-state"), history
        return
    history.state, history.is_outdated = "certified", False
    history.done.append(f"certified {row.net_cents}")
    demand_certified(history, row)


def demand_certified(history: History, row: PaymentRow) -> None:
    """What is certified is what is open of the refunds that stand, less what is to be set off now; never below 0."""
    applied = sum(cents for entry in history.entries for _, cents in entry.set_off)
    now = row.offset_cents - applied
    assert row.net_cents == sum(entry.open for entry in history.standing) - now, history
    assert row.net_cents >= 0 <= now, history
    assert row.refunds == len(history.standing), history


async def pay(desk: Desk, history: History, day: date) -> None:
    async with transaction(desk.office.engine) as tx:
        row = await pay_payment(tx, desk.office.clock.now(), history.payment, ANY, day, LEE, POLICY)
        found = await tx.connection.execute(
            text("SELECT coalesce(sum(cents), 0) FROM bill_payments WHERE reference = :said"),
            {"said": f"set off against payment {row.remittance}"},
        )
        left = int(found.scalar_one())
    for entry in history.standing:
        entry.delay = entry.find_delay(day, history.at_bank)
    for entry in sorted(history.standing, key=lambda each: each.number):
        if share := min(left, entry.open):
            entry.set_off.append((day, share))
            left -= share
        entry.cash = (day, entry.open)
    assert left == 0, history
    sent = sum(entry.cash[1] + entry.delay for entry in history.standing if entry.cash)
    assert row.net_cents == sent, f"{row.net_cents} {sent} delay {row.delay_cents} {history}"
    history.state, history.sent_on = "paid", day
    history.done.append(f"paid {sent}")


async def send_back(desk: Desk, history: History, day: date) -> None:
    async with transaction(desk.office.engine) as tx:
        try:
            await return_payment(tx, desk.office.clock.now(), history.payment, ANY, day, "R03", MAX)
        except Conflict:
            assert not any(entry.cash and entry.cash[1] + entry.delay for entry in history.entries), history
            return
    assert history.sent_on is not None
    history.at_bank.append((history.sent_on, day))
    for entry in history.entries:
        entry.cash, entry.delay = None, 0
    history.state = "returned"
    history.done.append("returned")


async def reliquidate(desk: Desk, history: History, entry: Ledger, effect: int, day: date) -> None:
    async with transaction(desk.office.engine) as tx:
        by_class = {"additional-duty": -effect}
        why = "SYNTHETIC: a part of it was owed."
        now = desk.office.clock.now()
        await post_reliquidation(tx, now, entry.number, "center", (-effect, 0), why, MAX, POLICY, by_class=by_class)
    note_later(history, entry, effect, day)


def note_later(history: History, entry: Ledger, effect: int, day: date) -> None:
    entry.change(effect, day)
    history.is_outdated = history.is_outdated or entry.is_replaced
    history.done.append(f"{entry.number} changed to {effect}")


async def reverse(desk: Desk, chosen: Sequence[tuple[History, Ledger]], day: date) -> None:
    async with transaction(desk.office.engine) as tx:
        numbers = [entry.number for _, entry in chosen]
        now = desk.office.clock.now()
        given = (numbers, None, "center", "SYNTHETIC reversal.", MAX, Judgment())
        asked = await ask_reversal(tx, now, "ieepa-2026", *given)
        assert (await confirm_reversal(tx, now, "ieepa-2026", asked.request, LEE)).entries == len(numbers)
    assert await reverse_confirmed(desk.office.engine, desk.office.clock, POLICY) == len(chosen)
    for history, entry in chosen:
        note_later(history, entry, 0, day)


async def demand_sums(desk: Desk, histories: Sequence[History]) -> None:
    """What each payment and each entry came to, in the rows of the service, beside the ledger."""
    events = await rows(desk.office.engine, payment_events)
    known = {each.refund_number: each for each in await rows(desk.office.engine, refunds)}
    billed = {
        each.entry_number: each for each in await rows(desk.office.engine, bills) if each.act_key != "liquidation"
    }
    shares = await rows(desk.office.engine, payment_settlements)
    offsets = await rows(desk.office.engine, payment_offsets)
    on_bills = await rows(desk.office.engine, bill_payments)
    for history in histories:
        own = [each for each in events if each.payment == history.payment]
        sent = sum(each.cents for each in own if each.change == "sent")
        back = sum(each.cents for each in own if each.change == "returned")
        applied = sum(each.cents for each in offsets if (each.payment, each.state) == (history.payment, "applied"))
        laid = sum(each.cents for each in shares if each.payment == history.payment)
        received = sum(each.cents for each in on_bills if f" {history.payment}-" in each.reference)
        assert applied == laid == received, history
        delays = sum(entry.delay for entry in history.entries if entry.cash)
        assert sent - back + applied == sum(entry.given for entry in history.entries) + delays, history
        still_owed = 0
        for entry in history.entries:
            first, later = known[f"{entry.number}-R01"], known.get(f"{entry.number}-R02")
            settled = sum(each.cents for each in shares if each.refund_number == first.refund_number)
            if first.state not in ("paid", "replaced"):
                still_owed += first.refund_cents - settled
            still_owed += later.refund_cents if later is not None else 0
            still_owed -= billed[entry.number].billed_cents if entry.number in billed else 0
        due = sum(entry.due for entry in history.entries)
        assert sent - back + applied - delays + still_owed == due, (history, still_owed)


async def live(service_engine: Any, seed: int) -> list[History]:
    draw = Random(seed)
    async with open_desk_on(await service_engine("liquidation")) as desk:
        histories = await begin(desk, draw)
        for day in ROUNDS:
            await desk.close(day)
            to_reverse: list[tuple[History, Ledger]] = []
            for history in histories:
                await act(desk, history, draw, day, to_reverse)
            if to_reverse:
                await reverse(desk, to_reverse, day)
            await bill(
                desk, [(each.importer, draw.randint(30_00, 4_000_00)) for each in histories if draw.random() < 0.15]
            )
            await demand_sums(desk, histories)
        await desk.close(ROUNDS[-1] + timedelta(days=1))
        rows_now = {each.payment: each for each in await rows(desk.office.engine, payments)}
        for history in histories:
            row = rows_now[history.payment]
            is_over = not history.standing and history.state != "paid"
            assert (row.state == "replaced") == is_over, history
            assert row.refund_cents + row.delay_cents - row.offset_cents >= 0, history
        await demand_sums(desk, histories)
    return histories


async def test_what_payments_gave_and_what_is_still_owed_come_to_what_the_record_owes(service_engine: Any) -> None:
    histories = await live(service_engine, 0)
    done = " ".join(" ".join(each.done) for each in histories)
    assert all(word in done for word in ("certified", "paid", "returned", "changed to 0", "changed to"))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 20))
async def test_what_payments_gave_adds_up_in_two_thousand_histories(service_engine: Any, seed: int) -> None:
    await live(service_engine, seed)
