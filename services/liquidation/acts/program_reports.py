"""Reports of programs to a court: made once for a day from one state of the database, kept whole, signed by two."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from io import StringIO
from typing import Any, Final

from services.liquidation.acts.programs import no_program
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.settings import MoneySettings
from services.liquidation.domain.program.definition import Definition
from services.liquidation.domain.program.explaining import CODES
from services.liquidation.domain.program.proving import definition_digest
from services.liquidation.store import program_reports as store
from services.liquidation.store import programs as program_store
from services.liquidation.store import special_duties
from services.liquidation.store.program_reports import Counted, ReportRow, Signature
from services.liquidation.store.program_verdicts import TrialLine, try_program
from services.liquidation.store.programs import Revision
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.engine import Patience
from shared.db.transaction import Connections, Transaction, be_patient, snapshot
from shared.runtime.access import Matter, demand
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity
from shared.runtime.two_people import demand_second_person

REPORT_FORM: Final = "centerline-program-report-1"
SIGNATURES: Final = 2
_RULE: Final = "program"
_NEAREST: Final = 3
_PATIENCE: Final = Patience(lock=5, statement=3_600)
"""Everything that was declared and posted is counted: minutes for a nation."""

_COLUMNS: Final = (
    "section",
    "state",
    "code",
    "cohort",
    "act",
    "writer",
    "outcome",
    "days",
    "run",
    "posted_on",
    "entries",
    "removed_usd",
    "interest_usd",
    "refund_usd",
    "importers",
    "leaves",
    "root",
    "says",
)


async def make_report(
    database: Connections,
    program: str,
    now: datetime,
    group: str,
    law: LawSettings,
    money: MoneySettings,
    caller: Identity,
) -> ReportRow:
    """The report of a program for today, made from one state of the database; it is not kept yet.

    Raises `NotFound` without such a program, `Conflict` (program-closed) while no revision was ever released.
    """
    as_of = legal_date(now)
    async with snapshot(database) as tx:
        await be_patient(tx, _PATIENCE)
        if await program_store.find_program(tx.connection, program) is None:
            raise no_program(program)
        revision = await program_store.find_released(tx.connection, program)
        if revision is None:
            raise Conflict(
                f"Program {program}: none of its revisions is released.",
                rule=_RULE,
                code="program-closed",
                remedy="A report is made of a program that is in force.",
            )
        counted = await store.count_program(tx, revision.rules, as_of, group)
        undeclared = None
        if not await special_duties.is_any_unread(tx):
            undeclared = await try_program(tx, revision.rules, as_of, law, money, is_of_undeclared=True)
    document = _describe(revision, as_of, now, counted, undeclared)
    text = _canonical(document)
    return ReportRow(
        program,
        as_of,
        now,
        caller.subject,
        caller.acting_for,
        sha256(text.encode()).digest(),
        text,
        _as_rows(document),
    )


async def keep_report(tx: Transaction, made: ReportRow) -> ReportRow:
    """The report of its day as it is kept: this one, or the one that was made before."""
    await store.write_report(tx, made)
    kept = await store.find_report(tx.connection, made.program, made.as_of)
    assert kept is not None  # just written, if it was not there
    return kept


async def find_report(tx: Transaction, program: str, as_of: date, *, is_held: bool = False) -> ReportRow:
    """The report of a day; raises `Conflict` (report-not-made) with the days of which there are some."""
    if await program_store.find_program(tx.connection, program) is None:
        raise no_program(program)
    found = await store.find_report(tx.connection, program, as_of, is_held=is_held)
    if found is not None:
        return found
    days = await store.list_days(tx.connection, program, before=None, limit=_NEAREST)
    kept = f" There are reports of {', '.join(map(str, days))}." if days else ""
    raise Conflict(
        f"No report of program {program} was made on {as_of}: a day that is over is not counted again.{kept}",
        rule=_RULE,
        code="report-not-made",
        remedy=f"POST /programs/{program}/reports makes that of today; GET of the same path lists those made.",
    )


async def sign_report(
    tx: Transaction, now: datetime, program: str, as_of: date, digest: str, caller: Identity
) -> tuple[ReportRow, list[Signature]]:
    """Sign the report of a day as the first or the second of two people, by the digest of what was read.

    Who has signed it already gets it as it stands, and signs once. Raises `Conflict` (report-not-made, report-differs,
    report-signed), `Forbidden` for who acts for the first or whom the first acted for.
    """
    report = await find_report(tx, program, as_of, is_held=True)
    authority = demand(caller, "program.sign", legal_date(now), Matter(), f"report of {program} for {as_of}")
    if digest != report.sha256.hex():
        raise Refused(
            f"The report of {program} for {as_of} has the SHA-256 {report.sha256.hex()}, and another was signed.",
            status=409,
            rule=_RULE,
            code="report-differs",
            remedy="Read GET …/report again, and sign the digest of what it gives.",
        )
    before = await store.list_signatures(tx.connection, program, as_of)
    if any((each.signed_by, each.signed_for) == (caller.subject, caller.acting_for) for each in before):
        return report, before
    if len(before) >= SIGNATURES:
        raise Conflict(
            f"The report of {program} for {as_of} is signed by two.",
            rule=_RULE,
            code="report-signed",
            remedy="Nothing: it is complete.",
        )
    for each in before:
        demand_second_person(caller, (each.signed_by, each.signed_for), "signed this report")
    made = Signature(program, as_of, len(before) + 1, report.sha256, now, caller.subject, caller.acting_for, authority)
    await store.write_signature(tx, made)
    return report, [*before, made]


def _describe(
    revision: Revision, as_of: date, now: datetime, counted: Counted, undeclared: Sequence[TrialLine] | None
) -> dict[str, Any]:
    rules = revision.rules
    states = counted.entries
    return {
        "form": REPORT_FORM,
        "program": rules.program,
        "title": rules.title,
        "order": rules.order,
        "citation": rules.citation,
        "revision": revision.revision,
        "definition_sha256": definition_digest(revision.definition),
        "as_of": as_of.isoformat(),
        "made_at": now.isoformat(),
        "declarations": counted.declarations,
        "entries": [_shown(each) for each in states],
        "posted": [_shown(each) for each in counted.posted],
        "money": _sum_money(counted),
        "refunds": [_shown(each) for each in counted.refunds],
        "waiting_for_bank_data": [_shown(each) for each in counted.waiting_for_bank],
        "payments": [_shown(each) for each in counted.payments],
        "excluded": [_explain(each, rules) for each in states if each["state"] == "dropped"],
        "reached_and_not_declared": _sum_undeclared(undeclared),
        "days_left": [_shown(each) for each in counted.days_left],
        "reversals": [_shown(each) for each in counted.reversed],
        "voided": [_shown(each) for each in counted.voided],
        "after_the_fact": [_shown(each) for each in counted.after_the_fact],
        "runs": [_shown(each) for each in counted.runs],
        "event_position": counted.position,
    }


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with money in dollars and days in ISO form."""
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if name.endswith("_cents"):
            shown[f"{name.removesuffix('_cents')}_usd"] = format_cents(value or 0)
        else:
            shown[name] = value.isoformat() if isinstance(value, date) else value
    return shown


def _sum_money(counted: Counted) -> dict[str, str]:
    """What is still to be posted, what was, and how far its refunds and payments have come.

    Interest is in what was posted, and what else the same acts changed (`other_in_refunds`). What goes with payments is
    net: with interest for delay, less what is set off.
    """
    potential = sum(each["removed_cents"] for each in counted.entries if each["state"] in ("due", "waiting"))
    of_refunds = [each for each in counted.posted if each["outcome"] == "refund"]
    other = sum(each["refund_cents"] - each["removed_cents"] - each["interest_cents"] for each in of_refunds)
    by_state = {each["state"]: each["refund_cents"] for each in counted.refunds}
    net = {each["state"]: each["net_cents"] for each in counted.payments}
    return {
        "potential_usd": format_cents(potential),
        "posted_usd": format_cents(sum(each["refund_cents"] for each in counted.posted)),
        "removed_usd": format_cents(sum(each["removed_cents"] for each in counted.posted)),
        "interest_usd": format_cents(sum(each["interest_cents"] for each in counted.posted)),
        "other_in_refunds_usd": format_cents(other),
        "waiting_for_bank_data_usd": format_cents(by_state.get("waiting-for-enrollment", 0)),
        "ready_usd": format_cents(by_state.get("ready", 0)),
        "certified_usd": format_cents(by_state.get("certified", 0)),
        "sent_usd": format_cents(by_state.get("paid", 0)),
        "sent_to_banks_usd": format_cents(net.get("paid", 0)),
        "returned_and_open_usd": format_cents(net.get("returned", 0)),
        "ever_returned_usd": format_cents(sum(each["returned_cents"] for each in counted.returned)),
    }


def _explain(row: Mapping[str, Any], rules: Definition) -> dict[str, Any]:
    """Entries that are excluded, why, and what would admit them."""
    told = CODES.get(row["code"])
    cohort = next((each for each in rules.cohorts if each.name == row["cohort"]), None)
    opens = cohort.on.isoformat() if cohort is not None and cohort.on is not None else None
    return {
        "code": row["code"],
        "cohort": row["cohort"],
        "entries": row["entries"],
        "fact": told.fact if told is not None else None,
        "citation": told.citation if told is not None else None,
        "admitted_by": told.remedy if told is not None else None,
        "cohort_opens_on": opens,
    }


def _sum_undeclared(lines: Sequence[TrialLine] | None) -> dict[str, Any] | None:
    """What the program reaches and nobody has declared, by what declaring it today would come to (no code: accepted).

    None while duties by heading of older summaries are still being read: entries would be missed.
    """
    if lines is None:
        return None
    by_code: dict[str, list[int]] = {}
    for line in lines:
        total = by_code.setdefault(line.code or "", [0, 0])
        total[0] += line.entries
        total[1] += line.removed_cents
    return {
        "entries": sum(line.entries for line in lines),
        "accepted": sum(line.entries for line in lines if line.code is None),
        "by_code": [
            {"code": code or None, "entries": entries, "removed_usd": format_cents(cents)}
            for code, (entries, cents) in sorted(by_code.items())
        ],
    }


def _canonical(document: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no blanks, one line."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"


def _as_rows(document: Mapping[str, Any]) -> str:
    """The same figures as rows of one table, a section after the other."""
    text = StringIO()
    writer = csv.DictWriter(text, _COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerow({"section": "report", "says": f"{document['program']} as of {document['as_of']}"})
    for each in document["declarations"]:
        writer.writerow(
            {**each, "section": "declarations", "entries": each["rows"], "says": f"{each['declarations']} files"}
        )
    for section in ("entries", "posted", "days_left", "reversals", "voided", "runs"):
        for each in document[section]:
            writer.writerow({"entries": each.get("posted", ""), **each, "section": section})
    for name, amount in document["money"].items():
        writer.writerow({"section": "money", "state": name.removesuffix("_usd"), "refund_usd": amount})
    for each in document["payments"]:
        says = f"{each['payments']} payments, {each['net_usd']} net of {each['offset_usd']} set off"
        writer.writerow(
            {**each, "section": "payments", "entries": each["refunds"], "importers": each["payees"], "says": says}
        )
    for section in ("refunds", "waiting_for_bank_data"):
        for each in document[section]:
            writer.writerow({**each, "section": section, "entries": each["refunds"], "says": each.get("fact", "")})
    for each in document["excluded"]:
        writer.writerow({**each, "section": "excluded", "says": each["admitted_by"] or ""})
    for each in document["after_the_fact"]:
        writer.writerow({**each, "section": "after_the_fact", "removed_usd": each["excess_usd"], "says": each["team"]})
    for each in (document["reached_and_not_declared"] or {"by_code": []})["by_code"]:
        writer.writerow({**each, "section": "reached_and_not_declared"})
    for each in document["event_position"]:
        says = f"{each['topic']}/{each['partition']}: {each['next_offset']}"
        writer.writerow({"section": "event_position", "says": says})
    return text.getvalue()
