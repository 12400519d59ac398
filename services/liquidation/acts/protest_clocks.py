"""What the law does to protests by itself when a day has passed: deemed denials, requests that nobody answered."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.protest_judging import BATCH, judge_protests, judge_waiting_protests
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.clocks import find_act_of_law
from services.liquidation.domain.protest.judging import JudgedProtest
from services.liquidation.domain.protest.record import Act, apply_act
from services.liquidation.domain.protest.timeliness import join_known
from services.liquidation.domain.rules import RULES
from services.liquidation.publishing import SOURCE, protest_changed
from services.liquidation.store import protests as store
from services.liquidation.store import records
from services.liquidation.store.protests import ActRow
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
    today, done = legal_date(clock.now()), 0
    while True:
        async with transaction(engine) as tx:
            await records.exclude_cycles(tx)
            numbers = await store.find_law_acts(tx, today, BATCH)
            if not numbers:
                return done
            _, acted = await do_acts_of_law(tx, numbers, today, law)
            if not acted:
                return done
            done += acted


async def do_acts_of_law(
    tx: Transaction, numbers: Collection[str], today: date, law: LawSettings
) -> tuple[dict[str, JudgedProtest], int]:
    """Judge these protests and do on them what the law has done before today; give how they stand, and how many acts.

    One act may bring the next, so each round judges again; the protests of the same entries are judged with them.
    """
    judged, done = await judge_protests(tx, numbers, law), 0
    while rows := {number: row for number in sorted(numbers) if (row := _act_of_law(judged.get(number), today, law))}:
        await store.write_acts(tx, list(rows.values()))
        judged = judged | await judge_protests(tx, rows, law)
        await outbox.add(tx, SOURCE, [protest_changed(judged[number], row, law) for number, row in rows.items()])
        done += len(rows)
    return judged, done


def number_act(protest: JudgedProtest, act: Act, at: datetime, rule: str) -> ActRow:
    """An act as the next one of the protest, with the states that it leads from and to."""
    record = protest.record
    return ActRow(record.filing.number, record.acts + 1, act, at, rule, record.stage, apply_act(record, act).stage)


def _act_of_law(protest: JudgedProtest | None, today: date, law: LawSettings) -> ActRow | None:
    found = find_act_of_law(protest.record, join_known(protest.verdicts), today, law) if protest is not None else None
    if protest is None or found is None:
        return None
    act = Act(found.kind, found.on, SYSTEM, details={"reasons": RULES[found.rule].text})
    return number_act(protest, act, end_of_legal_day(found.on), found.rule)
