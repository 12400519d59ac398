"""Random histories of acts: one liquidation stands at most, none while suspended, the facts give the record again."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from random import Random
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.extensions import post_extension
from services.liquidation.acts.instructions import apply_confirmed, name_instruction
from services.liquidation.acts.liquidations import LiquidationBasis, post_liquidation
from services.liquidation.acts.recomputes import recompute
from services.liquidation.acts.reliquidations import post_reliquidation
from services.liquidation.acts.voided_liquidations import void_liquidation
from services.liquidation.domain.clocks import four_year_cap
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.facts import EntryFacts, Origin, Version
from services.liquidation.domain.grounds import join_grounds
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.domain.record import derive
from services.liquidation.domain.suspension import Suspension, is_suspended
from services.liquidation.store.instructions import Instruction
from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from services.liquidation.store.tables.records import entries, legal_events
from shared.customs.calendar import friday_on_or_before, legal_date
from shared.db.idempotency import IdempotentCall
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity, RoleName
from tests.integration.liquidation.builders import apply, cycle, instruct, review_decided, rows
from tests.support.events import decoded, entry_body, entry_number, line
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
CYCLES = LAW.cycle
ENTERED = date(2026, 3, 2)
BASES: tuple[LiquidationBasis, ...] = ("as-entered", "by-decision")
CASES = ("A570012000", "C570013000")
IMPORTER = "07-345678900"
days = st.dates(ENTERED - timedelta(days=30), ENTERED + timedelta(days=1600))


def version(number: int, filed_on: date, entry_type: str, cases: tuple[str, ...]) -> Version:
    at = datetime(filed_on.year, filed_on.month, filed_on.day, 17, tzinfo=UTC)
    case = cases[0].partition("/")[0] if cases else None
    origin = Origin(at, "urn:filer:B76", f"v{number}")
    return Version(
        number, entry_type, IMPORTER, None, "2704", ENTERED, None, 100, 10, case, UUID(int=number), origin, cases
    )


@st.composite
def suspensions(draw: st.DrawFn) -> Suspension:
    began_on = draw(days)
    lifted_on = draw(st.none() | st.integers(0, 900).map(lambda after: began_on + timedelta(days=after)))
    ground = draw(st.sampled_from(["injunction:1", "eapa:2", "other-statute:3"]))
    return Suspension(ground, "court" if ground.startswith("injunction") else "agency", began_on, lifted_on)


facts_of_entries = st.builds(
    lambda kind, cases, later, extensions, standing: EntryFacts(
        (version(1, ENTERED, kind, cases), *(version(2 + place, on, kind, ()) for place, on in enumerate(later))),
        extended_months=sum(each.months for each in extensions),
        extensions=tuple(extensions),
        suspensions=tuple(standing),
    ),
    st.sampled_from(["01", "03", "06"]),
    st.sampled_from([(), ("A570012000/X",), ("A570012000/X", "C570013000/Y")]),
    st.lists(st.dates(ENTERED, ENTERED + timedelta(days=500)), max_size=2),
    st.lists(
        st.builds(lambda months, on: ExtensionRequest("information-needed", months, on), st.integers(1, 12), days),
        max_size=3,
    ),
    st.lists(suspensions(), max_size=3, unique_by=lambda each: (each.ground, each.began_on)),
)


@given(facts=facts_of_entries)
def test_record_is_never_scheduled_or_deemed_on_a_day_of_suspension(facts: EntryFacts) -> None:
    record = derive(facts, CYCLES, LAW)
    assert record.governing is not None
    assert record.plan is not None
    grounds = join_grounds(record.governing, facts.suspensions)
    if record.plan.deemed_on is None:
        assert record.plan.is_suspended
        return
    assert record.plan.scheduled_on is not None
    assert record.plan.deemed_on >= ENTERED
    if record.plan.rule == "susp-lift-6mo":
        assert not is_suspended(grounds, record.plan.deemed_on)
    elif facts.extended_months <= 36 and not facts.suspensions:
        assert record.plan.deemed_on <= four_year_cap(ENTERED)


@given(facts=facts_of_entries)
def test_record_does_not_depend_on_the_order_of_its_suspensions(facts: EntryFacts) -> None:
    records = {
        repr(
            derive(EntryFacts(facts.versions, None, facts.extended_months, None, facts.extensions, order), CYCLES, LAW)
        )
        for order in permutations(facts.suspensions)
    }
    assert len(records) == 1


@given(filed=st.lists(st.dates(ENTERED, ENTERED + timedelta(days=500)), min_size=2, max_size=4), data=st.data())
def test_a_version_that_comes_late_never_bars_a_correction(filed: list[date], data: st.DataObject) -> None:
    every = [version(1, ENTERED, "01", ())] + [version(2 + place, on, "01", ()) for place, on in enumerate(filed)]
    known = [every[0], *data.draw(st.lists(st.sampled_from(every[1:]), unique=True))]
    fewer = EntryFacts(tuple(sorted(known, key=lambda each: each.number)))
    assert set(derive(EntryFacts(tuple(every)), CYCLES, LAW).barred) & {each.number for each in known} <= set(
        derive(fewer, CYCLES, LAW).barred
    )


@dataclass(slots=True)
class History:
    """A desk that tries acts at random: what the law refuses changes nothing."""

    engine: AsyncEngine
    clock: FixedClock
    random: Random
    number: str
    tries: int = 0

    def _call(self) -> IdempotentCall:
        self.tries += 1
        return IdempotentCall(f"act-{self.tries}", "kim", f"hash-{self.tries}")

    @property
    def _today(self) -> date:
        return legal_date(self.clock.now())

    async def step(self) -> None:
        caller = Identity("kim", "Kim", frozenset({RoleName.CENTER_DIRECTOR}))
        now, number = self.clock.now(), self.number
        match self.random.randrange(8):
            case 0 | 1:
                self.clock.advance(timedelta(days=self.random.randrange(1, 120)))
                friday = friday_on_or_before(self._today)
                await cycle(self.engine, friday, days_late=(self._today - friday).days)
            case 2:
                await self._instruct("suspend")
            case 3:
                await self._instruct("lift")
            case 4:
                posted_on = self._today - timedelta(days=self.random.randrange(0, 40))
                request = ExtensionRequest("information-needed", self.random.randrange(1, 14), posted_on)
                async with transaction(self.engine) as tx:
                    await post_extension(tx, now, number, request, "why", caller, CYCLES, LAW)
            case 5:
                effect = (self.random.randrange(-2000, 2000), 0)
                async with transaction(self.engine) as tx:
                    await post_reliquidation(tx, now, number, "center", effect, "why", caller, POLICY)
            case 6:
                basis: LiquidationBasis = self.random.choice(BASES)
                async with transaction(self.engine) as tx:
                    await post_liquidation(tx, now, number, basis, "why", caller, POLICY)
            case _:
                async with transaction(self.engine) as tx:
                    await void_liquidation(tx, now, number, "why", caller, CYCLES, LAW)

    async def _instruct(self, kind: str) -> None:
        call = self._call()
        ground = self.random.choice(["injunction", "eapa"] if kind == "suspend" else ["adcvd-case", "injunction"])
        cases = CASES if ground == "adcvd-case" else ()
        draft = Instruction(
            instruction_id=name_instruction(call),
            revision=1,
            kind=kind,
            ground=ground,
            reference="1",
            message_number=call.key,
            source="federal-register",
            noticed_on=self._today - timedelta(days=self.random.randrange(0, 60)),
            predicate=EntryPredicate(case_numbers=cases, importer_number=IMPORTER),
            state="draft",
            made_at=self.clock.now(),
            made_by="kim",
        )
        await instruct(self.engine, draft)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["01", "03"]))
async def test_random_acts_keep_every_invariant_and_the_facts_give_the_record(
    service_engine: MakeEngine, seed: int, kind: str
) -> None:
    engine = await service_engine("liquidation")
    number = entry_number()
    cases = [{"case_number": CASES[0], "rate_pct": "25.00", "deposit_usd": "10.00"}] if kind == "03" else []
    await apply(engine, [decoded("entry-filed", entry_body(number, entry_type=kind, lines=[line(cases=cases)]))])
    await apply(engine, [review_decided(number, "increase", "10.00", decision_id=f"{number}-d")])
    clock = FixedClock(datetime(2026, 4, 1, 18, tzinfo=UTC))
    history = History(engine, clock, Random(seed), number)
    for _ in range(16):
        with suppress(Refused):
            await history.step()
        found = await find_violations(engine, RECORD_INVARIANTS)
        assert not any(found.values()), found
    await apply_confirmed(engine, CYCLES, clock, LAW)
    assert await recompute(engine, CYCLES, clock, LAW) == 0
    (row,) = await rows(engine, entries)
    acts = [act for act in await rows(engine, legal_events) if act.entry_number == number]
    assert len({act.sequence for act in acts}) == len(acts)
    assert row.liquidated_on is None or not row.is_suspended
    await engine.dispose()
