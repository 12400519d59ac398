"""Where protests stand, judged anew whenever something they rest on is learned: a filing, an act, a liquidation."""

from collections import defaultdict
from collections.abc import Collection

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.judging import JudgedProtest, judge_protest
from services.liquidation.domain.protest.record import replay_acts
from services.liquidation.store import protests as store
from shared.db.transaction import Transaction

BATCH = 500
"""How many protests one transaction judges when nobody waits for it."""


async def judge_protests(
    tx: Transaction, filing_numbers: Collection[str], law: LawSettings
) -> dict[str, JudgedProtest]:
    """Judge these protests and every other that names one of their entries; write and give where each stands.

    To be called in the transaction that writes a protest filing, after it is written, and nothing else is needed for
    order: what a protest is worth follows from the filings, the acts and the record, whichever came first.
    """
    if not filing_numbers:
        return {}
    given = await store.load_protests(tx, filing_numbers)
    entries_of_given = {number for each in given.values() for number in each.filing.entries}
    entries_of_given |= await store.find_entries_of(tx, given)
    to_judge = await store.find_protests_of(tx, entries_of_given) | given.keys()
    known = await store.load_protests(tx, to_judge)
    # Entries are held before protests: every other writer takes them in that order.
    entries = await store.hold_entries(tx, {number for each in known.values() for number in each.filing.entries})
    held = await store.load_protests(tx, to_judge, hold=True)
    others = await store.load_protests(tx, await store.find_protests_of(tx, entries) - held.keys())
    acts = await store.load_acts(tx, {*held, *others})
    records = {
        number: replay_acts(each.filing, acts.get(number, ())) for number, each in sorted({**others, **held}.items())
    }
    on_entry = defaultdict(set)
    for number, record in records.items():
        for entry in record.filing.entries:
            on_entry[entry].add(number)
    judged = {}
    for number in sorted(held):
        same_entries = {other for entry in records[number].filing.entries for other in on_entry[entry]} - {number}
        judged[number] = judge_protest(records[number], [records[each] for each in sorted(same_entries)], entries, law)
    await store.write_judged(tx, list(judged.values()))
    filings = [held[number].filing for number in sorted(given)]
    filers = await store.load_filers(tx, [each.number for each in filings])
    await store.write_filed_acts(tx, filings, [filers[each.number] for each in filings])
    return judged


async def judge_protests_on(tx: Transaction, entry_numbers: Collection[str], law: LawSettings) -> None:
    """Judge the protests that name these entries: after a liquidation by hand, a reliquidation, a voided one."""
    await judge_protests(tx, await store.find_protests_of(tx, entry_numbers), law)


async def judge_waiting_protests(tx: Transaction, law: LawSettings) -> int:
    """Judge the protests that waited for the liquidation of an entry: after a cycle. Gives how many."""
    done, after = 0, ""
    while waiting := await store.find_waiting(tx, after, BATCH):
        await judge_protests(tx, waiting, law)
        done, after = done + len(waiting), waiting[-1]
    return done
