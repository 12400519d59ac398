"""What the law does to protests by itself when a day has passed: deemed denials, requests that nobody answered."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.protest_judging import BATCH, judge_protests, judge_waiting_protests
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.clocks import find_act_of_law
from services.liquidation.domain.protest.judging import JudgedProtest
from services.liquidation.domain.protest.record import Act, NumberedAct, number_act
from services.liquidation.domain.protest.timeliness import join_known
from services.liquidation.domain.rules.table import RULES
from services.liquidation.publishing import SOURCE, protest_changed
from services.liquidation.store import protests as store
from services.liquidation.store import records
from shared.bus import outbox
from shared.customs.calendar import end_of_legal_day, legal_date
from shared.db.transaction import Transaction, transaction
from shared.runtime.clock import Clock

SYSTEM: Final = "system:law"


async def run_protest_clocks(engine: AsyncEngine, clock: Clock, law: LawSettings) -> int:
    """Do what the law does by itself: deemed denials and unanswered requests, each dated on its own day.

    Also judges protests whose entries were liquidated meanwhile. A daily job: running it again, or late, gives the
    same acts on the same days. Gives the number of acts.
    """
    async with transaction(engine) as tx:
        await records.exclude_cycles(tx)
        await judge_waiting_protests(tx, law)
    unjudged: Sequence[str] | None = None
    while unjudged is None or unjudged:
        async with transaction(engine) as tx:
            await records.exclude_cycles(tx)
            unjudged = await store.find_unjudged(tx, BATCH)
            await judge_protests(tx, unjudged, law)
    now, done = clock.now(), 0
    today = legal_date(now)
    while True:
        async with transaction(engine) as tx:
            await records.exclude_cycles(tx)
            numbers = await store.find_law_acts(tx, today, BATCH)
            if not numbers:
                return done
            _, acted = await do_acts_of_law(tx, numbers, now, law)
            if not acted:
                return done
            done += acted


async def do_acts_of_law(
    tx: Transaction, numbers: Collection[str], now: datetime, law: LawSettings
) -> tuple[dict[str, JudgedProtest], int]:
    """Judge these protests and do on them what the law has done before today; give how they stand, and how many acts.

    One act may bring the next, so each round judges again; the protests of the same entries are judged with them.
    """
    judged, done, today = await judge_protests(tx, numbers, law), 0, legal_date(now)
    while acts := _find_acts_of_law([judged[number] for number in sorted(numbers)], today, law):
        await store.write_acts(tx, acts)
        judged = judged | await judge_protests(tx, [each.filing_number for each in acts], law)
        await outbox.add(tx, SOURCE, [protest_changed(judged[each.filing_number], each, law, now) for each in acts])
        done += len(acts)
    return judged, done


def _find_acts_of_law(protests: Sequence[JudgedProtest], today: date, law: LawSettings) -> list[NumberedAct]:
    """The next act of the law on each of these protests, dated on its own day; none for most."""
    acts = []
    for each in protests:
        found = find_act_of_law(each.record, join_known(each.verdicts), today, law)
        if found is not None:
            act = Act(found.kind, found.on, SYSTEM, details={"reasons": RULES[found.rule].text})
            acts.append(number_act(each.record, act, end_of_legal_day(found.on), found.rule))
    return acts
