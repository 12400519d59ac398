"""What a declaration would come to if it were made now: the same judgment on the same facts, and nothing stored."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.liquidation.acts.declaring import Declarant, demand_open, read_cells, too_many
from services.liquidation.acts.entries import load_known_facts
from services.liquidation.acts.program_judging import Seen, judge_requests, name_earlier
from services.liquidation.acts.programs import find_asked_for
from services.liquidation.domain.facts import EntryFacts
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.store import declarations as store
from services.liquidation.store import program_facts
from services.liquidation.store.declarations import DeclaredRow, RequestRow
from services.liquidation.store.programs import Revision
from services.liquidation.store.records import load_entries
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction

_CHECK = "~check"
"""The id of what is not declared: behind every declaration of the same moment."""
_CHUNK = 1_000


async def check_cells(
    tx: Transaction,
    program: str,
    cells: Sequence[tuple[int, str]],
    declarant: Declarant,
    now: datetime,
    policy: CyclePolicy,
    law: LawSettings,
) -> list[RequestRow]:
    """Each row of a file as it would be judged.

    Raises what a declaration of now raises: `Conflict` (program-closed, program-takes-itself), `Refused`
    (too-many-rows).
    """
    released = await find_asked_for(tx, program)
    demand_open(released, now)
    if cells and cells[-1][0] > (most := released.rules.declaring.max_rows):
        raise too_many(most)
    return await judge_cells(tx, released, cells, declarant, now, policy, law)


async def judge_cells(
    tx: Transaction,
    released: Revision,
    cells: Sequence[tuple[int, str]],
    declarant: Declarant,
    now: datetime,
    policy: CyclePolicy,
    law: LawSettings,
) -> list[RequestRow]:
    """Each row as a revision judges it when it is declared now."""
    program = released.program
    rows = [_ask(program, row, declarant, now) for row in read_cells(cells)]
    asked = {row.entry_number: row for row in rows if row.entry_number is not None and row.code is None}
    judged: dict[str, RequestRow] = {}
    numbers = sorted(asked)
    rules, today = released.rules, legal_date(now)
    for first in range(0, len(numbers), _CHUNK):
        some = numbers[first : first + _CHUNK]
        found = await load_entries(tx, some)
        known = await load_known_facts(tx, some)
        entries = await program_facts.load_known_entries(tx, some, rules, today)
        duties = await program_facts.load_duties(tx, some)
        others = await store.load_requests(tx, some, program)
        for number in some:
            facts = known.of(found[number]) if number in found else EntryFacts(())
            entry = Seen(rules, entries.get(number), duties.get(number, {}), facts, policy, law)
            mine = asked[number]
            requests, _, _ = judge_requests(rules, entry, [*others.get(number, []), mine], today)
            for request, verdict, earlier in name_earlier(requests):
                if request.asked.declaration_id == _CHECK:
                    judged[number] = replace(
                        mine,
                        state=verdict.state,
                        code=verdict.code,
                        cohort=verdict.cohort,
                        act=verdict.act,
                        removed_cents=verdict.removed_cents,
                        notes=tuple(verdict.notes),
                        last_day=verdict.last_day,
                        earlier=earlier,
                    )
    return [judged.get(row.entry_number or "", row) if row.code is None else row for row in rows]


def _ask(program: str, row: DeclaredRow, declarant: Declarant, now: datetime) -> RequestRow:
    return RequestRow(
        _CHECK,
        row.row_number,
        program,
        row.entry_number,
        row.given,
        "dropped" if row.code is not None else "read",
        row.code,
        None,
        None,
        None,
        0,
        (),
        None,
        None,
        None,
        None,
        None,
        None,
        received_at=now,
        importers=tuple(sorted(declarant.importers)),
        filer_code=declarant.filer_code,
    )
