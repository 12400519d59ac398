"""Until when a post-summary correction is taken, and what it may not change."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.clocks import CORRECTION_DAYS, correction_deadline
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import add_days

SuspensionBasis = Literal["antidumping", "countervailing", "eapa", "injunction", "other"]

_OPEN_BASES: Final = frozenset({"antidumping", "countervailing", "eapa", "injunction"})
_OPEN_TYPES: Final = frozenset({"03", "07"})
_OPEN_TYPE_WITH_CASE: Final = "06"
_TYPES_THAT_MAY_CHANGE: Final = frozenset({"01", "03"})
_LOCKED_FIELDS: Final = frozenset({"importer-number", "entry-number", "port", "reconciliation-flag"})


@dataclass(frozen=True, slots=True)
class CorrectionWindow:
    """The last day for a correction and the rule that sets it; `closes_on` None: open as long as suspended."""

    rule: str
    closes_on: date | None


def correction_window(
    entry_type: str,
    entry_date: date,
    scheduled_on: date | None,
    *,
    is_extended_on_request: bool = False,
    has_case: bool = False,
    suspended_for: SuspensionBasis | None = None,
) -> CorrectionWindow:
    """Until when a correction is taken.

    Rules psc-window [S], CBP general notice of 1 Nov 2017; psc-window-extended [S], 84 FR 40430: only after an
    extension that the importer asked for; psc-window-suspended [S], CBP PSC page: types 03, 07 and 06 with a case,
    suspended for an AD or CVD case, EAPA or an injunction. Any other suspended entry has no scheduled date and keeps
    its 300 days.

    >>> correction_window("01", date(2025, 10, 1), date(2026, 8, 14)).closes_on
    datetime.date(2026, 7, 28)
    >>> correction_window("03", date(2025, 10, 1), None, suspended_for="antidumping")
    CorrectionWindow(rule='psc-window-suspended', closes_on=None)
    """
    is_open_type = entry_type in _OPEN_TYPES or (entry_type == _OPEN_TYPE_WITH_CASE and has_case)
    if suspended_for in _OPEN_BASES and is_open_type:
        return CorrectionWindow("psc-window-suspended", None)
    if suspended_for is not None or scheduled_on is None:
        return CorrectionWindow("psc-window", add_days(entry_date, CORRECTION_DAYS))
    rule = "psc-window-extended" if is_extended_on_request else "psc-window"
    last = correction_deadline(entry_date, scheduled_on, is_extended=is_extended_on_request, is_suspended=False)
    return CorrectionWindow(rule, last)


def find_unmet_precondition(
    *, is_accepted: bool, is_in_cbp_control: bool, is_fully_paid: bool, is_under_review: bool, is_liquidated: bool
) -> Finding | None:
    """Which precondition of a correction is not met; None when all are.

    Rule psc-preconditions [S], ACE business rules chapter 7.

    >>> find_unmet_precondition(
    ...     is_accepted=True, is_in_cbp_control=True, is_fully_paid=False, is_under_review=False, is_liquidated=False
    ... ).outcome
    'not-paid'
    """
    unmet = (
        (is_liquidated, "liquidated", "the entry is liquidated: protest, or claim under 1520(d)"),
        (not is_accepted, "not-accepted", "the summary is not accepted"),
        (not is_in_cbp_control, "not-in-control", "the summary is not in CBP's control"),
        (not is_fully_paid, "not-paid", "the summary is not fully paid"),
        (is_under_review, "under-review", "CBP is reviewing the summary"),
    )
    return next((Finding("psc-preconditions", outcome, why) for is_unmet, outcome, why in unmet if is_unmet), None)


@dataclass(frozen=True, slots=True)
class CorrectionOutlook:
    """Whether a correction could be filed on a day: by its window, by what bars one now, and what is not known here."""

    window: CorrectionWindow
    is_window_open: bool
    unmet: Finding | None
    not_known: tuple[str, ...]


def foresee_correction(
    window: CorrectionWindow, on: date, *, paid_on: date | None, is_under_review: bool | None, is_liquidated: bool
) -> CorrectionOutlook:
    """What a filer is told who asks whether a summary can still be corrected.

    Rules psc-window, psc-preconditions [S]. Whether CBP has taken control is known to the filing system only; that a
    summary gives no day of payment does not say that it is unpaid, since a periodic statement is paid later. Give None
    for a review that the one who asks may not know of.

    >>> foresee_correction(CorrectionWindow("psc-window", date(2026, 7, 28)), date(2026, 7, 29), paid_on=None,
    ...     is_under_review=False, is_liquidated=False).is_window_open
    False
    """
    unmet = find_unmet_precondition(
        is_accepted=True,
        is_in_cbp_control=True,
        is_fully_paid=True,
        is_under_review=is_under_review is True,
        is_liquidated=is_liquidated,
    )
    facts = (("in-cbp-control", None), ("fully-paid", paid_on), ("under-review", is_under_review))
    not_known = tuple(name for name, known in facts if known is None)
    return CorrectionOutlook(window, window.closes_on is None or on <= window.closes_on, unmet, not_known)


def find_barred_change(
    from_type: str, to_type: str, changed_fields: Collection[str] = (), *, is_team_reviewed: bool = False
) -> Finding | None:
    """What a correction cannot do; None when it may.

    Rule psc-cannot [P], CBP PSC page: the type changes between 01 and 03 only; importer, entry number, port and
    reconciliation flag are locked; a summary that a team reviewed is not freely sent again.

    >>> find_barred_change("23", "01").outcome
    'type-locked'
    >>> find_barred_change("01", "03") is None
    True
    """
    if from_type != to_type and not {from_type, to_type} <= _TYPES_THAT_MAY_CHANGE:
        return Finding("psc-cannot", "type-locked", f"type {from_type} cannot become {to_type}")
    if locked := sorted(_LOCKED_FIELDS.intersection(changed_fields)):
        return Finding("psc-cannot", "field-locked", f"cannot be changed: {', '.join(locked)}")
    if is_team_reviewed:
        return Finding("psc-cannot", "team-reviewed", "a team has reviewed the summary")
    return None
