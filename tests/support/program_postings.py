"""Postings of programs as a run leaves them: runs, rows with their leaves, money assessed by the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.assessment_judging import AssessedAct, Consequence, judge_act
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.domain.program.proving import LEAF_FIELDS, Posted, definition_digest, leaf_digest
from services.liquidation.domain.program.refunds import terms_of
from services.liquidation.domain.sequences import reliquidation_key
from services.liquidation.store.money_cases import MoneyCase, MoneyRows, load_cases, write_money
from services.liquidation.store.programs import find_released
from services.liquidation.store.tables.programs import program_postings, program_runs
from shared.db import bulk
from shared.db.transaction import transaction

_LEFT: tuple[str, ...] = tuple(each for each in LEAF_FIELDS if each != "definition_sha256")


async def begin_run(
    engine: AsyncEngine, program: str, run: int, day: date, *, kind: str = "day", is_over: bool = True
) -> None:
    """A run of a day, over or still going."""
    at = datetime(day.year, day.month, day.day, 13, tzinfo=UTC)
    columns = ("program", "run", "kind", "posted_on", "revision", "state", "began_at", "ended_at")
    row = (program, run, kind, day, 1, "ended" if is_over else "running", at, at if is_over else None)
    async with transaction(engine) as tx:
        await bulk.insert(tx, program_runs, columns, [row])


async def post(engine: AsyncEngine, program: str, run: int, removed: Mapping[str, int], day: date) -> list[Posted]:
    """Reliquidate entries in a run, each with so many cents of duty removed; their money is assessed as of an act."""
    async with transaction(engine) as tx:
        released = await find_released(tx.connection, program)
        assert released is not None
        digest, terms, rows = definition_digest(released.definition), terms_of(released.rules), MoneyRows()
        done = []
        for number, case in (await load_cases(tx, list(removed))).items():
            act = AssessedAct(reliquidation_key(1), "reliquidation", day, day, terms=terms)
            money = judge_act(case, act, {"additional-duty": -removed[number]}, POLICY, rows)
            done.append((_posted(case, money, released.revision, digest, removed[number], day, program), case))
        await write_money(tx, rows)
        await keep(tx, run, done)
    return [posted for posted, _ in done]


def _posted(
    case: MoneyCase, money: Consequence, revision: int, digest: str, removed: int, day: date, program: str
) -> Posted:
    interest = money.interest_cents
    return Posted(
        program,
        revision,
        digest,
        case.entry.entry_number,
        case.entry.version,
        "by-hand",
        1,
        "recent",
        "reliquidate",
        "center",
        reliquidation_key(1),
        20_000_001,
        day,
        day,
        case.versions[-1].paid_on,
        ("99030124",),
        removed,
        money.outcome,
        -interest if interest is not None else None,
        money.refund_cents,
        money.refund_number,
        money.missing if money.outcome == "undetermined" else None,
    )


async def keep(tx: Any, run: int, done: Sequence[tuple[Posted, MoneyCase]]) -> None:
    """Write what was posted, with its leaves."""
    columns = (*_LEFT, "run", "importer_number", "lane", "posted_at", "leaf")
    rows = []
    for posted, case in done:
        kept = asdict(posted) | {"headings": list(posted.headings)}
        at = datetime(posted.posted_on.year, posted.posted_on.month, posted.posted_on.day, 13, tzinfo=UTC)
        rest = (run, case.entry.importer_number, "careful", at, leaf_digest(posted))
        rows.append((*(kept[name] for name in _LEFT), *rest))
    await bulk.copy(tx, program_postings, columns, rows)
