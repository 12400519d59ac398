"""Entries as filed, corrected and released: their versions, the record that follows, what is announced of them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from services.liquidation.acts.entries import KnownFacts, apply_record
from services.liquidation.domain.facts import EntryFacts, Origin, Version
from services.liquidation.domain.grounds import name_case
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.plan import UsualPlans
from services.liquidation.domain.record import derive, find_bars
from services.liquidation.domain.sequences import OF_VERSION
from services.liquidation.publishing import correction_refused, version_announced
from services.liquidation.store.lines import LineRow
from services.liquidation.store.records import ContradictingEvent, EntryRow, LegalEvent, VersionRow
from shared.bus.outbox import Outgoing
from shared.contracts.entry import EntryBody, EntryReleased, encode_body
from shared.contracts.envelope import Event
from shared.customs.calendar import legal_date
from shared.customs.money import to_cents

_LONGEST_CODE = 64
_NO_CASE = [""]


class DerivedRecords(NamedTuple):
    """What follows from records that were derived anew, beside their rows.

    `acts` are of versions that are new, `acts_again` of those that are known and may have had theirs; `answers` go to
    the filers of corrections that are barred.
    """

    acts: list[LegalEvent]
    acts_again: list[LegalEvent]
    changes: list[Outgoing]
    answers: list[Outgoing]


def on_entries_filed(
    filed: Sequence[Event[EntryBody]], versions: dict[str, dict[int, VersionRow]]
) -> list[ContradictingEvent]:
    """Add each version that is new; of two that contradict each other the earlier event stands."""
    contradictions: list[ContradictingEvent] = []
    for event in filed:
        body = event.data
        known = versions.setdefault(body.entry_number, {})
        version, text = read_version(event)
        before = known.get(version.number)
        if before is not None:
            if before.version.digest == version.digest:
                # A repeat under another id changes nothing but which event the version is known by.
                if version.origin.order < before.version.origin.order:
                    known[version.number] = replace(before, version=version, body=text, lines=read_lines(body))
                continue
            stands, falls = sorted((before.version.origin, version.origin), key=lambda each: each.order)
            contradictions.append(_contradiction(body.entry_number, version.number, falls))
            if stands == before.version.origin:
                continue
        known[version.number] = VersionRow(
            version,
            barred_as=None,
            is_announced=False,
            body=text,
            lines=read_lines(body),
            is_new=before is None or before.is_new,
        )
    return contradictions


def on_entries_released(released: Sequence[EntryReleased], entries: Mapping[str, EntryRow]) -> None:
    """Note releases; of several the earliest stands, whichever came first."""
    for data in released:
        row = entries[data.entry_number]
        given = (data.released_at, data.port_of_release, data.release_kind)
        if row.released_at is None or given < (row.released_at, row.port_of_release or "", row.release_kind or ""):
            row.released_at, row.port_of_release, row.release_kind = given


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


def read_version(event: Event[EntryBody]) -> tuple[Version, str]:
    """What liquidation looks at in an entry as filed, and the whole body as JSON."""
    body = event.data
    duty, fees = 0, 0
    case: str | None = None
    cases: set[str] = set()
    for line in body.lines:
        for tariff in line.tariffs:
            if (owed := tariff.duty_usd) != "0.00":  # which half of them are
                duty += to_cents(owed)
        for fee in line.fees:
            fees += to_cents(fee.amount_usd)
        if case is None and line.cases:
            case = line.cases[0].case_number
        for each in line.cases:
            cases.add(name_case(each.case_number, line.manufacturer_id, line.exporter_id))
    json = encode_body(body)
    version = Version(
        number=body.version,
        entry_type=body.entry_type,
        importer_number=body.importer_number,
        surety_code=body.surety_code,
        port_of_entry=body.port_of_entry,
        entry_date=body.entry_date,
        paid_on=body.paid_on,
        duty_cents=duty,
        fees_cents=fees,
        case=case,
        digest=UUID(bytes=hashlib.blake2b(json, digest_size=16).digest()),
        origin=Origin(event.time, event.source, event.id),
        cases=tuple(sorted(cases)),
        is_flagged=bool(body.reconciliation_issues),
    )
    return version, json.decode()


def read_lines(body: EntryBody) -> tuple[LineRow, ...]:
    """Each tariff number and case on each line once, in order; a line without case has the empty one."""
    rows: dict[LineRow, None] = {}
    for line in body.lines:
        number, origin = line.line_number, line.country_of_origin
        cases = [each.case_number for each in line.cases] if line.cases else _NO_CASE
        for tariff in line.tariffs:
            for case in cases:
                rows[number, tariff.hts, case, origin] = None
    return tuple(rows)


def _find_other_filer(entry_number: str, version: Version) -> str | None:
    """Who corrected the summary, if not the first filer, whose code begins the entry number."""
    filer = version.origin.source.removeprefix("urn:filer:")[:_LONGEST_CODE]
    return filer if filer not in ("", version.origin.source[:_LONGEST_CODE], entry_number[:3]) else None


def _contradiction(entry_number: str, version: int, falls: Origin) -> ContradictingEvent:
    detail = f"version {version} was filed more than once with different content; the earliest event stands"
    return ContradictingEvent(entry_number, "contradicting-version", falls, "version-once", detail)
