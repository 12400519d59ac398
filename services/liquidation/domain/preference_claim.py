"""A claim after importation for a preference that was not claimed at entry, 19 USC 1520(d)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.reliquidation import judge_preference_program, preference_claim_due
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due


@dataclass(frozen=True, slots=True)
class ClaimTime:
    """Whether a claim is in time: until when it could be filed, None while the importation is not known."""

    timeliness: str
    due: Due | None


def judge_claim_time(imported_on: date | None, received_on: date, law: LawSettings) -> ClaimTime:
    """Whether a claim comes in time; of several entries the earliest importation counts.

    Rule claim-1520d [S], 19 USC 1520(d): one year from importation, the anniversary included; a roll is arguable.

    >>> judge_claim_time(date(2025, 7, 4), date(2026, 7, 6), LawSettings()).timeliness
    'arguable'
    """
    if imported_on is None:
        return ClaimTime("unknown", None)
    due = preference_claim_due(imported_on, law)
    if received_on <= due.safe:
        return ClaimTime("timely", due)
    return ClaimTime("arguable" if received_on <= due.last_arguable else "untimely", due)


def find_claim_defects(body: Mapping[str, Any], time: ClaimTime) -> tuple[Finding, ...]:
    """What a claim lacks, each with its rule; empty when it is complete and in time.

    Rules claim-1520d [S]: a listed program, in time; claim-1520d-form [P], 19 CFR 182.32: a written declaration, the
    certification of origin, a statement on other claims.
    """
    found = []
    program = judge_preference_program(str(body.get("program", "")))
    if program.outcome != "may-claim":
        found.append(program)
    if time.timeliness == "untimely" and time.due is not None:
        found.append(Finding("claim-1520d", "untimely", f"the year ended on {time.due.safe}"))
    wanted = ("declaration", "certification_of_origin", "other_claims_statement")
    missing = [name.replace("_", " ") for name in wanted if not body.get(name)]
    if missing:
        found.append(Finding("claim-1520d-form", "incomplete", f"missing: {', '.join(missing)}"))
    return tuple(found)
