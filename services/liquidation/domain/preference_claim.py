"""A claim after importation for a preference that was not claimed at entry, 19 USC 1520(d)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.preference_programs import judge_flagged_claim, judge_preference_program
from services.liquidation.domain.reliquidation import preference_claim_due
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


def judge_preference(
    program: str | None,
    *,
    imported_on: date | None = None,
    entered_on: date | None = None,
    claimed_on: date | None = None,
    is_flagged: bool = False,
    law: LawSettings,
) -> Finding | None:
    """What becomes of a preference claimed after entry; None while neither its program nor its time says anything.

    Rules recon-fta [P]: one left to a reconciliation is claimed by it only; claim-1520d [S], 19 USC 1520(d): a listed
    program (`judge_preference_program`), and within a year of importation: a late claim is `untimely`, `arguable` on a
    rolled day.

    >>> days = {"imported_on": date(2025, 7, 4), "law": LawSettings()}
    >>> judge_preference("KORUS", claimed_on=date(2026, 7, 4), **days).outcome
    'may-claim'
    >>> judge_preference("KORUS", claimed_on=date(2026, 7, 7), **days).outcome
    'untimely'
    """
    if is_flagged:
        return judge_flagged_claim()
    found = None
    if program is not None:
        found = judge_preference_program(program, entered_on=entered_on, imported_on=imported_on)
    if (found is None or found.outcome == "may-claim") and claimed_on is not None:
        return _tell_late(judge_claim_time(imported_on, claimed_on, law), claimed_on) or found
    return found


def find_claim_defects(
    body: Mapping[str, Any],
    time: ClaimTime,
    *,
    entered_on: date | None = None,
    flagged: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """What a claim lacks, each with its rule; empty when it is complete and in time.

    Rules claim-1520d [S]: a listed program, in time; recon-fta [P]: none of its entries (`flagged`) leaves it to a
    reconciliation; claim-1520d-form [P], 19 CFR 182.32: a written declaration, the certification of origin, a
    statement on other claims. `entered_on` is the earliest day of entry.
    """
    found = []
    program = judge_preference_program(str(body.get("program", "")), entered_on=entered_on)
    if program.outcome != "may-claim":
        found.append(program)
    if flagged:
        found.append(judge_flagged_claim(flagged))
    if time.timeliness == "untimely" and time.due is not None:
        found.append(Finding("claim-1520d", "untimely", f"the year ended on {time.due.safe}"))
    wanted = ("declaration", "certification_of_origin", "other_claims_statement")
    missing = [name.replace("_", " ") for name in wanted if not body.get(name)]
    if missing:
        found.append(Finding("claim-1520d-form", "incomplete", f"missing: {', '.join(missing)}"))
    return tuple(found)


def _tell_late(time: ClaimTime, claimed_on: date) -> Finding | None:
    if time.due is None or time.timeliness == "timely":
        return None
    why = f"claimed {claimed_on}, the year ended on {time.due.safe}"
    if time.due.last_arguable != time.due.safe:
        why += f", arguably on {time.due.last_arguable}"
    return Finding("claim-1520d", time.timeliness, why)
