"""Drawback claims: until when one is complete, which law it is under, and when it is deemed liquidated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.counting import due_in_months
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.liquidation_period import DesignatedImport, PeriodStart
from services.liquidation.domain.reliquidation import final_1514_on
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.suspension import Suspension, find_last_lift, six_months_from_notice
from shared.customs.calendar import Due, add_months, add_years

DrawbackLaw = Literal["190", "191"]

DRAWBACK_MONTHS: Final = 60
OLD_DRAWBACK_MONTHS: Final = 36
OLD_CLAIMS_BEFORE: Final = date(2004, 12, 3)
"""19 USC 1504(a)(2)(C): claims filed before this day have their year from it."""


def drawback_claim_due(imported_on: date, law: LawSettings) -> Due:
    """By when a drawback claim is complete, counted from the importation of the designated goods.

    Rule drawback-file [S], 19 USC 1313(r), 19 CFR 190.51(e): five years; no roll is relied on. Only where the month has
    no such day (count-month-end [U]) the day after is arguable.

    >>> drawback_claim_due(date(2021, 7, 4), LAW)
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 4))
    """
    return due_in_months(imported_on, DRAWBACK_MONTHS, "none", law)


def old_drawback_claim_due(exported_on: date, law: LawSettings) -> Due:
    """By when a claim under 19 CFR part 191 is complete, counted from the export or destruction.

    Rule drawback-file-191 [M], 19 CFR 191.51(e), 19 USC 1313(r)(1) before Pub. L. 114-125: three years.

    >>> old_drawback_claim_due(date(2015, 5, 18), LAW).safe
    datetime.date(2018, 5, 18)
    """
    return due_in_months(exported_on, OLD_DRAWBACK_MONTHS, "none", law)


def find_drawback_law(claimed_on: date | None, stated: DrawbackLaw | None, law: LawSettings) -> DrawbackLaw | None:
    """Under which part of 19 CFR a claim is; None when it could be either and the claimant's choice is not known.

    Rule drawback-file-191 [M], Pub. L. 114-125: part 191 for claims before 24 February 2018, either by choice until 23
    February 2019, part 190 since; both days are settings. A claim that is still to be filed is under part 190.

    >>> [find_drawback_law(on, None, LAW) for on in (date(2018, 2, 23), date(2018, 2, 24), date(2019, 2, 24))]
    ['191', None, '190']
    """
    if stated is not None:
        return stated
    if claimed_on is None or claimed_on > law.old_drawback_law_until:
        return "190"
    return "191" if claimed_on < law.drawback_law_since else None


def judge_drawback_law(claimed_on: date, stated: DrawbackLaw, law: LawSettings) -> Finding:
    """Whether a claim of a day can be under the law that is stated.

    Rule drawback-file-191 [M], Pub. L. 114-125, as in `find_drawback_law`.

    >>> judge_drawback_law(date(2019, 2, 24), "191", LAW).outcome
    'not-available'
    """
    by_day = find_drawback_law(claimed_on, None, law)
    why = f"claimed {claimed_on}: " + (f"19 CFR part {by_day}" if by_day else "19 CFR part 190 or 191, by choice")
    return Finding("drawback-file-191", "available" if by_day in (None, stated) else "not-available", why)


def judge_drawback_export(imported_on: date, exported_on: date, claimed_on: date | None = None) -> Finding:
    """Whether an export or destruction supports a drawback claim.

    Rule drawback-export [S], 19 USC 1313: within five years of importation, and before the claim.

    >>> judge_drawback_export(date(2021, 7, 4), date(2026, 7, 5)).outcome
    'no-claim'
    """
    until = add_months(imported_on, DRAWBACK_MONTHS)
    if exported_on > until:
        return Finding("drawback-export", "no-claim", f"exported {exported_on}, five years ended on {until}")
    if claimed_on is not None and exported_on > claimed_on:
        return Finding("drawback-export", "no-claim", f"exported {exported_on}, after the claim of {claimed_on}")
    return Finding("drawback-export", "supports-claim", f"exported {exported_on}, five years end on {until}")


def final_if_unprotested(liquidated_on: date, law: LawSettings) -> date:
    """From which day a designated import that nobody protests is final; the safe reading.

    Rule final-1514 [S], 19 USC 1514(a). Its day of entry is not among the facts: it was entered by its liquidation, so
    one liquidated before 18 December 2004 had 90 days (protest-90-legacy [S]), and a later one is taken to have 180.

    >>> final_if_unprotested(date(2025, 5, 2), LAW)
    datetime.date(2025, 10, 30)
    """
    final = final_1514_on(liquidated_on, entered_on=liquidated_on, law=law)
    assert final is not None
    return final.safe


@dataclass(frozen=True, slots=True)
class _ImportFinality:
    """When a designated import is final; without a day, the fact that is missing, and what it would be."""

    on: date | None
    missing: str | None = None
    not_before: date | None = None


def find_drawback_start(
    claimed_on: date,
    imports: Sequence[DesignatedImport],
    *,
    deposited_on: date | None = None,
    waived_on: date | None = None,
    law: LawSettings,
) -> PeriodStart:
    """From which day the year of a drawback claim runs; without a day the facts that are missing, or that none runs.

    Rules liq-1yr-drawback [S, U on appeal], 19 USC 1504(a)(2)(A): the claim, if all designated imports are liquidated
    and final within a year of it, final by setting when their protest window is closed; liq-drawback-unliquidated [S,
    U], (a)(2)(B): no limit of time otherwise; liq-drawback-old [S], (a)(2)(C): for claims before 3 December 2004 that
    day. What is not given of an import is not known: its finality is derived where it is known that nobody protested,
    and else asked for by name. A protest only makes an import final later, so one that could not be final within the
    year without it is known not to be. A deposit with request and waiver says that imports are not final.

    >>> may = [DesignatedImport(date(2025, 5, 2), None)]
    >>> find_drawback_start(date(2025, 10, 16), may, law=LAW).missing
    ('designated_imports[0].is_protested',)
    >>> unprotested = [DesignatedImport(date(2025, 5, 2), None, is_protested=False)]
    >>> find_drawback_start(date(2025, 10, 16), unprotested, law=LAW).on
    datetime.date(2025, 10, 16)
    """
    if claimed_on < OLD_CLAIMS_BEFORE:
        return PeriodStart("liq-drawback-old", OLD_CLAIMS_BEFORE)
    anniversary = add_years(claimed_on, 1)
    found = _find_finality(imports, law)
    if imports and all(each.on is not None and each.on <= anniversary for each in found):
        return PeriodStart("liq-1yr-drawback", claimed_on)
    is_asked = deposited_on is not None and waived_on is not None
    if is_asked or _is_any_open_after(anniversary, found):
        return PeriodStart("liq-drawback-unliquidated", None)
    missing = tuple(each.missing for each in found if each.missing is not None)
    return PeriodStart("liq-1yr-drawback", None, missing or ("designated_imports",))


def judge_drawback_claim(
    claimed_on: date,
    imports: Sequence[DesignatedImport],
    *,
    deposited_on: date | None = None,
    waived_on: date | None = None,
    law: LawSettings,
) -> Finding:
    """When a drawback claim is deemed liquidated: the outcome is the day, `no-time-limit`, or `missing-fact`.

    Rules liq-1yr-drawback, liq-drawback-unliquidated, liq-drawback-old as in `find_drawback_start`; the day is that of
    the year alone, before extensions and suspensions. Under 19 USC 1504(a)(2)(B) it is the deposit of estimated duties
    or the written request and waiver, whichever is later. Of what is not known, `why` says what would follow.

    >>> final = DesignatedImport(date(2025, 6, 6), date(2025, 12, 4))
    >>> judge_drawback_claim(date(2025, 3, 3), [final], law=LAW).outcome
    '2026-03-03'
    >>> judge_drawback_claim(date(2025, 3, 3), [DesignatedImport(date(2025, 12, 5), date(2026, 6, 4))], law=LAW).outcome
    'no-time-limit'
    >>> judge_drawback_claim(date(2025, 10, 16), [DesignatedImport(date(2025, 5, 2), None)], law=LAW).outcome
    'missing-fact'
    """
    start = find_drawback_start(claimed_on, imports, deposited_on=deposited_on, waived_on=waived_on, law=law)
    if start.on is not None:
        ends_on = add_years(start.on, 1)
        if start.rule == "liq-drawback-old":
            return Finding(start.rule, str(ends_on), f"claimed {claimed_on}, before {OLD_CLAIMS_BEFORE}")
        derived = [
            f"designated_imports[{number}] on {final.on}, if it stays unprotested"
            for number, (each, final) in enumerate(zip(imports, _find_finality(imports, law), strict=True))
            if final.on not in (each.final_1514_on, each.liquidated_on)
        ]
        why = "; ".join((f"claimed {claimed_on}, all {len(imports)} imports final in the year", *derived))
        return Finding(start.rule, str(ends_on), why)
    if start.missing:
        return _explain_missing(start, claimed_on, _find_finality(imports, law))
    if deposited_on is not None and waived_on is not None:
        why = f"deposited {deposited_on}, request and waiver {waived_on}"
        return Finding(start.rule, str(max(deposited_on, waived_on)), why)
    return Finding(start.rule, "no-time-limit", "not all designated imports are final in the year")


def end_of_waived_claim(on: date, suspensions: Iterable[Suspension]) -> PeriodStart:
    """On which day a claim is deemed liquidated that deposit, request and waiver would liquidate on `on`.

    Rules inv-separate-flags [S]: nothing is deemed while suspended; susp-lift-6mo [S], 19 USC 1504(d): six months from
    the notice of the last removal. A suspension that began after that day finds the claim liquidated by law. Without a
    day, the notice of a removal is missing.

    >>> enjoined = Suspension("injunction", "court", date(2026, 1, 2))
    >>> end_of_waived_claim(date(2026, 5, 11), [enjoined]).missing
    ('lift_noticed_on',)
    """
    grounds = tuple(suspensions)
    if not any(each.stands_on(on) for each in grounds):
        return PeriodStart("liq-drawback-unliquidated", on)
    lifted_on = find_last_lift(grounds)
    if lifted_on is None:
        return PeriodStart("susp-lift-6mo", None, ("lift_noticed_on",))
    return PeriodStart("susp-lift-6mo", six_months_from_notice(lifted_on))


def _find_finality(imports: Sequence[DesignatedImport], law: LawSettings) -> list[_ImportFinality]:
    return [_find_final(each, f"designated_imports[{number}]", law) for number, each in enumerate(imports)]


def _find_final(each: DesignatedImport, name: str, law: LawSettings) -> _ImportFinality:
    if law.drawback_finality == "liquidated":
        missing = f"{name}.liquidated_on" if each.liquidated_on is None else None
        return _ImportFinality(each.liquidated_on, missing)
    if each.final_1514_on is not None:
        return _ImportFinality(each.final_1514_on)
    if each.liquidated_on is None:
        return _ImportFinality(None, f"{name}.liquidated_on")
    unprotested = final_if_unprotested(each.liquidated_on, law)
    if each.is_protested is False:
        return _ImportFinality(unprotested)
    missing = f"{name}.is_protested" if each.is_protested is None else f"{name}.final_1514_on"
    return _ImportFinality(None, missing, unprotested)


def _is_any_open_after(anniversary: date, found: Sequence[_ImportFinality]) -> bool:
    known = [each.on or each.not_before for each in found]
    return any(on is not None and on > anniversary for on in known)


def _explain_missing(start: PeriodStart, claimed_on: date, found: Sequence[_ImportFinality]) -> Finding:
    """What is missing, and what would follow from it; the year would end on the anniversary of the claim."""
    would = [
        f"{each.missing.partition('.')[0]} is final on {each.not_before} if it is not protested"
        for each in found
        if each.missing is not None and each.missing.endswith(".is_protested")
    ]
    limit = f"with all imports final by {add_years(claimed_on, 1)} the claim is deemed liquidated on that day"
    why = "; ".join((f"not known: {', '.join(start.missing)}", *would, limit))
    return Finding(start.rule, "missing-fact", why)
