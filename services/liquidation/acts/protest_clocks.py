"""What the law does to protests by itself when a day has passed: deemed denials, requests that nobody answered."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from services.liquidation.acts.protest_judging import BATCH, judge_protests
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
from shared.db.transaction import Connections, Transaction
from shared.runtime.clock import Clock
from shared.runtime.slices import work_through

SYSTEM: Final = "system:law"


async def run_protest_clocks(database: Connections, clock: Clock, law: LawSettings) -> int:
    """Do what the law does by itself: deemed denials and unanswered requests, each dated on its own day.

    Also judges protests whose entries were liquidated meanwhile. A daily job: running it again, or late, gives the
    same acts on the same days. Gives the number of acts.
    """
    now = clock.now()

    async def find_waiting(tx: Transaction, after: str | None, _: Sequence[str]) -> Sequence[str]:
        return await store.find_waiting(tx, after or "", BATCH)

    async def find_unjudged(tx: Transaction, _: str | None, left_out: Sequence[str]) -> Sequence[str]:
        return await store.find_unjudged(tx, left_out, BATCH)

    async def find_law_acts(tx: Transaction, _: str | None, left_out: Sequence[str]) -> Sequence[str]:
        return await store.find_law_acts(tx, legal_date(now), left_out, BATCH)

    async def judge(tx: Transaction, numbers: Sequence[str]) -> int:
        await records.exclude_cycles(tx)
        return len(await judge_protests(tx, numbers, law))

    async def act(tx: Transaction, numbers: Sequence[str]) -> int:
        await records.exclude_cycles(tx)
        return (await do_acts_of_law(tx, numbers, now, law))[1]

    await work_through(database, find_waiting, judge)
    await work_through(database, find_unjudged, judge)
    return await work_through(database, find_law_acts, act)


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
