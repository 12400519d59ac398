"""Records derived anew: the rows that follow, what is announced of versions, and the answers to barred corrections."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal, NamedTuple

from services.liquidation.acts.entries import KnownFacts, apply_record
from services.liquidation.domain.facts import EntryFacts, Version
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.plan import UsualPlans
from services.liquidation.domain.record import derive, find_bars
from services.liquidation.domain.sequences import OF_VERSION
from services.liquidation.publishing import correction_refused, version_announced
from services.liquidation.store.records import EntryRow, LegalEvent
from shared.bus.outbox import Outgoing
from shared.customs.calendar import legal_date
from shared.customs.filers import filer_of


class DerivedRecords(NamedTuple):
    """What follows from records that were derived anew, beside their rows.

    `acts` are of versions that are new, `acts_again` of those that are known and may have had theirs; `answers` go to
    the filers of corrections that are barred.
    """

    acts: list[LegalEvent]
    acts_again: list[LegalEvent]
    changes: list[Outgoing]
    answers: list[Outgoing]


def derive_records(
    rows: Iterable[EntryRow],
    known: KnownFacts,
    policy: CyclePolicy,
    law: LawSettings,
    plans: UsualPlans,
    now: datetime,
) -> DerivedRecords:
    """Derive the record of each entry anew, and tell of versions whose effect is now settled.

    `now` is when what they say is posted.
    """
    acts: list[LegalEvent] = []
    acts_again: list[LegalEvent] = []
    changes: list[Outgoing] = []
    answers: list[Outgoing] = []
    today = legal_date(now)
    for row in rows:
        facts = known.of(row)
        record = derive(facts, policy, law, plans)
        versions = known.versions.get(row.entry_number, {})
        has_first_come = 1 in versions and versions[1].body is not None
        for number, version_row in versions.items():
            bar = record.barred.get(number)
            if bar is not None and (version_row.barred_as != bar or has_first_come):
                answers += refuse_correction(row.entry_number, facts, number, policy, law, now)
            if version_row.barred_as != bar:
                version_row.barred_as, version_row.is_remarked = bar, True
            if number in record.settled and not version_row.is_announced:
                version_row.is_announced = version_row.is_remarked = True
                act, change = announce_version(row.entry_number, version_row.version, plans, today)
                (acts if version_row.is_new else acts_again).append(act)
                changes.append(change)
        if row.liquidated_on is None:
            apply_record(row, record)
    return DerivedRecords(acts, acts_again, changes, answers)


def refuse_correction(
    entry_number: str, facts: EntryFacts, number: int, policy: CyclePolicy, law: LawSettings, now: datetime
) -> list[Outgoing]:
    """The answer to the filer of a correction that is barred; none while what it corrects has not come.

    Until the first version is known, a later one is judged by another correction, which says nothing for good.
    """
    if facts.versions[0].number != 1:
        return []
    (version,) = [each for each in facts.versions if each.number == number]
    answer = correction_refused(entry_number, facts.versions[0], version, find_bars(facts, policy, law)[number], now)
    return [answer] if answer is not None else []


def announce_version(
    entry_number: str, version: Version, plans: UsualPlans, today: date
) -> tuple[LegalEvent, Outgoing]:
    """The one act and event of a version, taken by itself: what else is known must not change it.

    It happened when the version was filed; the notice of a suspension, or of another's correction, is of today, when it
    is recorded.
    """
    outcome = plans.of(version)
    change: Literal["scheduled", "suspended", "recorded"] = (
        outcome.state if outcome.state in ("scheduled", "suspended") else "recorded"
    )
    act = LegalEvent(
        entry_number=entry_number,
        event_key=f"version:{version.number}",
        sequence=version.number * OF_VERSION,
        change=change,
        to_state=outcome.state,
        occurred_on=legal_date(version.origin.at),
        rule=outcome.rule,
        detail=outcome.why,
        scheduled_on=outcome.scheduled_on,
        deemed_on=outcome.deemed_on,
    )
    other_filer = _find_other_filer(entry_number, version)
    is_noticed = change == "suspended" or other_filer is not None
    return act, version_announced(version, act, corrected_by=other_filer, posted_on=today if is_noticed else None)


def _find_other_filer(entry_number: str, version: Version) -> str | None:
    """Who corrected the summary, if not the first filer, whose code begins the entry number."""
    filer = filer_of(version.origin.source)
    return filer if filer != entry_number[:3] else None
