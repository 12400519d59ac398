"""Entries as filed, corrected and released: their versions, the record that follows, what is announced of them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypedDict
from uuid import UUID

import orjson

from services.liquidation.domain.facts import Origin, Version
from services.liquidation.domain.grounds import name_case
from services.liquidation.domain.money.amounts import CaseDeposit, FeeAmount, LineFacts, TariffAmount
from services.liquidation.domain.program.duties import GoodsLine, LineDuty, read_duties, sum_classes
from services.liquidation.store.lines import LineRow
from services.liquidation.store.records import ContradictingEvent, EntryRow, VersionRow
from shared.contracts.entry import EntryBody, EntryReleased, encode_body
from shared.contracts.envelope import Event
from shared.customs.money import to_cents

_NO_CASE = [""]


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
                    known[version.number] = replace(
                        before, version=version, body=text, lines=read_lines(body), **read_money(body)
                    )
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
            **read_money(body),
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


class ReadMoney(TypedDict):
    """Duties by heading, and amounts by class as JSON."""

    duties: list[LineDuty]
    classes: str


def read_money(body: EntryBody) -> ReadMoney:
    """What programs of mass change look at, taken from the lines as they come."""
    lines = [
        GoodsLine(
            line.country_of_origin,
            LineFacts(
                line.line_number,
                tuple(TariffAmount(each.hts, each.value_usd, to_cents(each.duty_usd)) for each in line.tariffs),
                tuple(CaseDeposit(each.case_number, to_cents(each.deposit_usd)) for each in line.cases),
                tuple(FeeAmount(each.class_code, to_cents(each.amount_usd)) for each in line.fees),
                line.preference,
            ),
        )
        for line in body.lines
    ]
    return ReadMoney(duties=read_duties(lines), classes=orjson.dumps(dict(sum_classes(lines))).decode())


def _contradiction(entry_number: str, version: int, falls: Origin) -> ContradictingEvent:
    detail = f"version {version} was filed more than once with different content; the earliest event stands"
    return ContradictingEvent(entry_number, "contradicting-version", falls, "version-once", detail)
