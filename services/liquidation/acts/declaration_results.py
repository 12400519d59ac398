"""What a declaration came to, told once to each party that it was made for, with what a payee lacks to be paid."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Final

from services.liquidation.acts.refunds import find_readiness
from services.liquidation.publishing import SOURCE, JudgedParty, declaration_judged
from services.liquidation.store import declaration_results as store
from services.liquidation.store import declarations as declaration_store
from services.liquidation.store.declarations import WHOLE, Declaration, Sight, StateCount
from services.liquidation.store.money_cases import load_accounts
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction

_ACCEPTED: Final = frozenset({"nothing", "waiting", "due", "posted"})


@dataclass(frozen=True, slots=True)
class NotReady:
    """A payee that cannot be paid today: what is missing, and what mends it."""

    importer_number: str
    missing: tuple[str, ...]
    remedy: str


async def find_not_ready(tx: Transaction, declaration: Declaration, sight: Sight, today: date) -> list[NotReady]:
    """The importers of accepted rows who cannot be paid today. Rule refund-ach [S], 91 FR 21: their refunds would wait,
    without interest for that time.
    """
    importers = await store.list_not_ready(tx, declaration, sight)
    accounts = await load_accounts(tx, importers)
    found: list[NotReady] = []
    for importer in importers:
        readiness = find_readiness(accounts.get(importer, []), today)
        if readiness.state != "ready":
            found.append(NotReady(importer, readiness.missing, readiness.remedy))
    return found


async def tell_judged(tx: Transaction, declaration_id: str, now: datetime) -> None:
    """Tell what became of a declaration whose rows have all been judged in this transaction."""
    found = await declaration_store.find_declaration(tx, declaration_id)
    if found is None or found.door == "program":
        return
    today = legal_date(now)
    parties: list[JudgedParty] = []
    if found.filer_code is not None:
        of_filer = Sight(is_whole=not found.importers, filer_code=found.filer_code)
        counts = await declaration_store.count_states(tx, found, of_filer)
        not_ready = await find_not_ready(tx, found, of_filer, today)
        parties.append(_sum_up(None, found.filer_code, counts, not_ready))
    lacking = {each.importer_number: each for each in await find_not_ready(tx, found, WHOLE, today)}
    if len(found.importers) == 1 and found.filer_code is None:
        (importer,) = found.importers
        counts = await declaration_store.count_states(tx, found, WHOLE)
        parties.append(_sum_up(importer, None, counts, _of(lacking, importer)))
    else:
        counted = await store.count_by_importer(tx, found)
        for importer, of_importer in groupby(counted, key=attrgetter("importer_number")):
            counts = [StateCount(each.state, each.code, each.entries, each.removed_cents) for each in of_importer]
            parties.append(_sum_up(importer, None, counts, _of(lacking, importer)))
    told = [declaration_judged(declaration_id, found.program, each, now) for each in parties if each.rows > 0]
    await outbox.add(tx, SOURCE, told)


def _of(lacking: dict[str, NotReady], importer: str) -> list[NotReady]:
    return [lacking[importer]] if importer in lacking else []


def _sum_up(
    importer_number: str | None, filer_code: str | None, counts: Iterable[StateCount], not_ready: list[NotReady]
) -> JudgedParty:
    rows: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    removed = 0
    for each in counts:
        rows["all"] += each.entries
        rows["accepted" if each.state in _ACCEPTED else each.state] += each.entries
        removed += each.removed_cents if each.state in _ACCEPTED else 0
        if each.code is not None:
            codes[each.code] += each.entries
    first = not_ready[0] if importer_number is not None and not_ready else None
    return JudgedParty(
        importer_number,
        filer_code,
        rows["all"],
        rows["accepted"],
        rows["dropped"],
        removed,
        codes,
        len(not_ready),
        first.missing[0] if first is not None else None,
        first.remedy if first is not None else None,
    )
