"""Where protests stand, judged anew whenever something they rest on is learned: a filing, an act, a liquidation."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.protest import (
    EntryOfProtest,
    OtherProtest,
    decide_by,
    find_defects,
    find_rivals,
    join_known,
    join_timeliness,
    judge_entry,
)
from services.liquidation.domain.protest_clocks import suit_due
from services.liquidation.domain.protest_life import (
    Life,
    find_act_of_law,
    list_clocks,
    list_outcomes,
    next_due,
    relive,
)
from services.liquidation.store import protests as store
from services.liquidation.store.protests import Standing
from shared.db.transaction import Transaction

BATCH = 500
"""How many protests one transaction judges when nobody waits for it."""

_DROPPED = ("withdrawn", "rejected")


async def judge_protests(
    tx: Transaction, filing_numbers: Collection[str], law: LawSettings = LAW
) -> dict[str, Standing]:
    """Judge these protests and every other that names one of their entries; write and give where each stands.

    To be called in the transaction that writes a protest filing, after it is written, and nothing else is needed for
    order: what a protest is worth follows from the filings, the acts and the record, whichever came first.
    """
    if not filing_numbers:
        return {}
    given = await store.load_protests(tx, filing_numbers)
    named = {number for each in given.values() for number in each.filing.entries}
    named |= await store.find_entries_of(tx, given)
    near = await store.find_neighbours(tx, named) | given.keys()
    around = await store.load_protests(tx, near)
    entries = await store.hold_entries(tx, {number for each in around.values() for number in each.filing.entries})
    judged = await store.load_protests(tx, near, hold=True)
    far = await store.find_neighbours(tx, entries) - judged.keys()
    others = await store.load_protests(tx, far)
    acts = await store.load_acts(tx, {*judged, *far})
    lives = {number: relive(each.filing, acts.get(number, ())) for number, each in sorted({**others, **judged}.items())}
    on_entry = defaultdict(set)
    for number, life in lives.items():
        for each in life.filing.entries:
            on_entry[each].add(number)
    standings = {}
    for number in sorted(judged):
        beside = {other for each in lives[number].filing.entries for other in on_entry[each]} - {number}
        standings[number] = _stand(lives[number], [lives[each] for each in sorted(beside)], entries, law)
    await store.write_standings(tx, list(standings.values()))
    filings = [judged[number].filing for number in sorted(given)]
    filers = await store.load_filers(tx, [each.number for each in filings])
    await store.write_filed_acts(tx, filings, [filers[each.number] for each in filings])
    return standings


async def judge_protests_on(tx: Transaction, entry_numbers: Collection[str], law: LawSettings = LAW) -> None:
    """Judge the protests that name these entries: after a liquidation by hand, a reliquidation, a voided one."""
    await judge_protests(tx, await store.find_neighbours(tx, entry_numbers), law)


async def judge_waiting_protests(tx: Transaction, law: LawSettings = LAW) -> int:
    """Judge the protests that waited for the liquidation of an entry: after a cycle. Gives how many."""
    done, after = 0, ""
    while waiting := await store.find_waiting(tx, after, BATCH):
        await judge_protests(tx, waiting, law)
        done, after = done + len(waiting), waiting[-1]
    return done


def _stand(life: Life, beside: Sequence[Life], entries: Mapping[str, EntryOfProtest], law: LawSettings) -> Standing:
    filing = life.filing
    facts = [entries[each] for each in filing.entries]
    verdicts = tuple(judge_entry(filing, each, law) for each in facts)
    others = [
        OtherProtest(each.number, each.party, each.categories, each.received_at, other.stage in _DROPPED)
        for other in beside
        for each in (other.filing,)
    ]
    _, joined = find_rivals(filing, others)
    until = decide_by(filing, joined)
    timeliness = join_timeliness(verdicts)
    act_of_law = find_act_of_law(life, join_known(verdicts), date.max, law)
    return Standing(
        life=life,
        verdicts=verdicts,
        outcomes=list_outcomes(life),
        timeliness=timeliness,
        defects=find_defects(filing, facts, verdicts, others),
        decide_by=until,
        sue_by=suit_due(life.denied_on, law).safe if life.denied_on is not None else None,
        due=next_due(list_clocks(life, verdicts, until, law)) if life.is_open else None,
        law_acts_after=act_of_law[1] if act_of_law is not None else None,
    )
