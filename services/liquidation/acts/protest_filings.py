"""The filing of a protest over HTTP or by hand: what cannot stand is refused at once, with its rule."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.liquidation.acts.protest_judging import judge_protests
from services.liquidation.acts.refusals import conflict, refused
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.decision import decide_by
from services.liquidation.domain.protest.defects import list_missing
from services.liquidation.domain.protest.filing import Filing, read_filing
from services.liquidation.domain.protest.judging import JudgedProtest
from services.liquidation.domain.protest.other_protests import judge_further_protest
from services.liquidation.domain.protest.timeliness import ProtestedEntry, Verdict
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.publishing import SOURCE, protest_filed
from services.liquidation.store import protests as store
from services.liquidation.store import records
from services.liquidation.store.sight import matter_of
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, attempt
from shared.runtime.access import Matter, no_such, reach_of
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import event_id


@dataclass(frozen=True, slots=True)
class Received:
    """A protest as it would be received: judged, with everything that keeps it from being filed, the first first."""

    protest: JudgedProtest
    filed_by: Mapping[str, str]
    entries: Sequence[ProtestedEntry]
    bars: Sequence[Refused]
    missing: Sequence[str]
    """Contents of 19 CFR 174.13 that it does not state."""


async def file_protest(
    tx: Transaction,
    now: datetime,
    number: str,
    entry_numbers: Sequence[str],
    body: Mapping[str, Any],
    caller: Identity,
    law: LawSettings,
) -> JudgedProtest:
    """File a protest: the same as by event, but what cannot stand is refused at once. `body` is what the filer states.

    Raises `Refused` naming everything that is missing or out of time, by the last arguable day; `Conflict` for a
    second protest of the same party on a category.
    """
    received = await _receive(tx, now, number, entry_numbers, body, caller, law)
    for bar in received.bars:
        raise bar
    filing = received.protest.record.filing
    await store.note_filing_authority(tx, number, _find_authority(caller, received.entries, legal_date(now)))
    event = protest_filed(
        protest_number=number,
        importer_number=filing.importer_number,
        entries=filing.entries,
        received_at=filing.received_at,
        decide_by=decide_by(filing, ()),
        asks_further_review=filing.asks_further_review,
        filer_role=filing.filer_role,
        filer_id=filing.filer_id,
        at=now,
    )
    await outbox.add(tx, SOURCE, [event])
    return received.protest


async def check_protest(
    tx: Transaction,
    now: datetime,
    entry_numbers: Sequence[str],
    body: Mapping[str, Any],
    caller: Identity,
    law: LawSettings,
) -> Received:
    """What filing a protest now would come to: it is received as one that is filed, and nothing of it is kept.

    Raises `NotFound` for entries that the caller may not protest, `Refused` for those of several importers; whatever
    else stands against it is a bar.
    """
    number = event_id("protest-check", caller.subject, now.isoformat())
    async with attempt(tx):
        return await _receive(tx, now, number, entry_numbers, body, caller, law)


async def _receive(
    tx: Transaction,
    now: datetime,
    number: str,
    entry_numbers: Sequence[str],
    body: Mapping[str, Any],
    caller: Identity,
    law: LawSettings,
) -> Received:
    await records.exclude_cycles(tx)
    entries = list((await store.hold_entries(tx, entry_numbers)).values())
    importer_number = _demand_one_importer(caller, entries, legal_date(now))
    filed_by = _name_filer(caller, importer_number, {each.surety_code for each in entries})
    filing = read_filing(number, importer_number, filed_by, sorted(each.entry_number for each in entries), now, body)
    received = (now, SOURCE, event_id("protest-filed", number))
    await store.write_filing(tx, filing, filed_by, body, decide_by(filing, ()), received)
    judged = await judge_protests(tx, [number], law)
    protest = judged.pop(number)
    bars: list[Refused] = [*list_bars_of_time(protest.verdicts), *list_bars_of_content(protest.defects)]
    bars += list_bars_of_others(filing, judged.values())
    is_alone = all(each.outcome != "consolidate" for each in protest.defects)
    missing = list_missing(filing, protest.verdicts, is_alone=is_alone)
    return Received(protest, filed_by, entries, bars, missing)


def demand_first(filing: Filing, same_entries: Iterable[JudgedProtest]) -> None:
    """Refuse a second protest of a party on a category (protest-one-per-category), also one by amendment."""
    for bar in list_bars_of_others(filing, same_entries):
        raise bar


def list_bars_of_others(filing: Filing, same_entries: Iterable[JudgedProtest]) -> Iterator[Conflict]:
    """Protests of the same party on a category; `same_entries` are the other protests that name one of the entries."""
    for each in same_entries:
        other = each.record.filing
        finding = judge_further_protest(
            is_same_party=other.party == filing.party, is_same_category=bool(other.categories & filing.categories)
        )
        is_on_entry = not set(other.entries).isdisjoint(filing.entries)
        if finding.outcome == "reject" and is_on_entry and not each.record.is_dropped:
            text = f"Protest {other.number} attacks the same category of an entry."
            yield conflict(finding.rule, "second-protest", text, "Amend that protest, or add grounds to it.")


def _demand_one_importer(caller: Identity, entries: Sequence[ProtestedEntry], on: date) -> str:
    """The importer of the protested entries, all of which the caller may protest."""
    unknown = [each.entry_number for each in entries if each.importer_number is None]
    reach = reach_of(caller, "protest.file", on)
    hidden = [each.entry_number for each in entries if not reach.covers(_matter_of(each))]
    if unknown or hidden:
        raise no_such(f"entry {', '.join(sorted({*unknown, *hidden})[:20])} that you may protest")
    importers = {each.importer_number for each in entries}
    if len(importers) > 1:
        raise refused(
            "protest-multi-entry", "split", "The entries have different importers.", "File one protest for each."
        )
    importer = importers.pop()
    assert importer is not None
    return importer


def _find_authority(caller: Identity, entries: Sequence[ProtestedEntry], on: date) -> str | None:
    """The row of authority by which the caller may protest the first of the entries, all of which they may protest."""
    return reach_of(caller, "protest.file", on).row_for(_matter_of(entries[0]))


def _name_filer(caller: Identity, importer_number: str, surety_codes: Set[str | None]) -> dict[str, str]:
    """In which role the caller files, under which number, as a filing names it.

    A surety protests as itself on entries that it bonds all of (19 USC 1514(c)(2)); else it is the importer's agent.
    """
    if caller.has_role(RoleName.IMPORTER) and importer_number in caller.importer_numbers:
        role, identifier = "importer", importer_number
    elif caller.has_role(RoleName.SURETY) and caller.surety_code is not None and surety_codes == {caller.surety_code}:
        role, identifier = "surety", caller.surety_code
    elif caller.has_role(RoleName.BROKER) and caller.filer_code is not None:
        role, identifier = "broker", caller.filer_code
    else:
        role, identifier = "trade-counsel" if caller.has_role(RoleName.TRADE_COUNSEL) else "agent", caller.subject
    return {"role": role, "id": identifier, "name": caller.name}


def _matter_of(entry: ProtestedEntry) -> Matter:
    return matter_of(entry.entry_number, entry.importer_number, entry.surety_code, entry.center)


def list_bars_of_time(verdicts: Sequence[Verdict]) -> Iterator[Refused]:
    """Why a protest is early or late for an entry, by the last arguable day (protest-180)."""
    early = [each for each in verdicts if each.timeliness == "too-early" or "not known to be liquidated" in each.why]
    if early:
        yield refused(
            "inv-correction-protest-order",
            "too-early",
            f"Not liquidated yet: {', '.join(each.entry_number for each in early[:20])}.",
            "Correct the summary instead, or protest on or after the liquidation.",
        )
    unknown = [each for each in verdicts if each.timeliness == "unknown" and each not in early]
    if unknown:
        yield refused(
            unknown[0].rule, "day-not-stated", f"{unknown[0].why}.", "State `decision_on`; a surety `demand_on`."
        )
    late = [each for each in verdicts if each.timeliness == "untimely"]
    if late:
        yield refused(
            late[0].rule,
            "untimely",
            f"Out of time for {', '.join(each.entry_number for each in late[:20])}: {late[0].why}.",
            "Leave out what is out of time: it is final for everyone.",
        )


def list_bars_of_content(defects: Sequence[Finding]) -> Iterator[Refused]:
    """Defects with which a protest is not received, each named in full."""
    remedies = {
        "incomplete": "State what is missing and file again while time remains.",
        "split": "File one protest for each party, category and decision.",
        "not-protestable": "Such a decision cannot be protested.",
        "no-standing": "Only the parties of 19 USC 1514(c)(2) can protest.",
    }
    for each in defects:
        if each.outcome in remedies:
            yield refused(each.rule, each.outcome, f"{each.why}.", remedies[each.outcome])
