"""Until when a post-summary correction is taken, what it may not change, and what bars one that was asked for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from services.liquidation.domain.clocks import CORRECTION_DAYS, correction_deadline
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.facts import RefundLock
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.suspension import Suspension
from shared.customs import entry_types
from shared.customs.calendar import add_days

SuspensionBasis = Literal["antidumping", "countervailing", "eapa", "injunction", "other"]
LockedField = Literal["importer-number", "port", "reconciliation-flag", "entry-number"]
Bar = Literal[
    "correction-changes-importer",
    "correction-changes-type",
    "correction-changes-port",
    "correction-changes-reconciliation-flag",
    "correction-changes-entry-number",
    "correction-after-liquidation",
    "correction-after-team-review",
    "correction-outside-window",
    "correction-while-refund-requested",
]

_OPEN_BASES: Final = frozenset({"antidumping", "countervailing", "eapa", "injunction"})
_OPEN_TYPES: Final = frozenset({"03", "07"})
_OPEN_TYPE_WITH_CASE: Final = "06"
_TYPES_THAT_MAY_CHANGE: Final = frozenset({"01", "03"})
_LOCKED: Final[Mapping[LockedField, tuple[Bar, str]]] = MappingProxyType(
    {
        "importer-number": ("correction-changes-importer", "importer_number"),
        "port": ("correction-changes-port", "port_of_entry"),
        "reconciliation-flag": ("correction-changes-reconciliation-flag", "reconciliation flag"),
        "entry-number": ("correction-changes-entry-number", "entry_number"),
    }
)
"""What no correction changes: the bar that it is, and the name of the field in words."""
LOCKED_FIELDS: Final = tuple(_LOCKED)
"""The fields that no correction changes, as the deadline calculator names them."""


@dataclass(frozen=True, slots=True)
class CorrectionWindow:
    """The last day for a correction and the rule that sets it; `closes_on` None: open as long as suspended."""

    rule: str
    closes_on: date | None

    def is_open(self, on: date) -> bool:
        """Whether a correction that is filed on a day comes in time."""
        return self.closes_on is None or on <= self.closes_on


def has_correction_window(code: str) -> bool:
    """Whether the window of psc-window closes for an entry of this type; for others it is not known to.

    Rule psc-window [S], CBP general notice of 1 Nov 2017: for summaries in ACE. A temporary importation is corrected
    like any other, though its type stays (psc-cannot [P]). An informal entry liquidates with its payment or release; a
    warehouse entry, a reconciliation and a drawback claim have no schedule from their entry.

    >>> [code for code in ("01", "23", "31", "11", "21", "09", "41", "04") if has_correction_window(code)]
    ['01', '23', '31']
    """
    kind = entry_types.entry_type(code)
    is_other = kind.informal or kind.category == "warehouse" or kind.reconciliation or kind.drawback
    return kind.in_ace_summary and (kind.tib or (kind.liquidates and not is_other))


def correction_window(
    entry_type: str,
    entry_date: date,
    scheduled_on: date | None,
    *,
    is_extended_on_request: bool = False,
    has_case: bool = False,
    suspended_for: SuspensionBasis | None = None,
) -> CorrectionWindow | None:
    """Until when a correction is taken; None where no window is known to close (`has_correction_window`).

    Rules psc-window [S], CBP general notice of 1 Nov 2017; psc-window-extended [S], 84 FR 40430: only after an
    extension that the importer asked for; psc-window-suspended [S], CBP PSC page: types 03, 07 and 06 with a case,
    suspended for an AD or CVD case, EAPA or an injunction. Any other suspended entry, and one that does not liquidate,
    has no scheduled date and keeps its 300 days.

    >>> correction_window("01", date(2025, 10, 1), date(2026, 8, 14)).closes_on
    datetime.date(2026, 7, 28)
    >>> correction_window("03", date(2025, 10, 1), None, suspended_for="antidumping")
    CorrectionWindow(rule='psc-window-suspended', closes_on=None)
    """
    if not has_correction_window(entry_type):
        return None
    is_open_type = entry_type in _OPEN_TYPES or (entry_type == _OPEN_TYPE_WITH_CASE and has_case)
    if suspended_for in _OPEN_BASES and is_open_type:
        return CorrectionWindow("psc-window-suspended", None)
    if suspended_for is not None or scheduled_on is None:
        return CorrectionWindow("psc-window", add_days(entry_date, CORRECTION_DAYS))
    rule = "psc-window-extended" if is_extended_on_request else "psc-window"
    last = correction_deadline(entry_date, scheduled_on, is_extended=is_extended_on_request, is_suspended=False)
    return CorrectionWindow(rule, last)


def list_known_by(
    on: date, extensions: Iterable[ExtensionRequest], suspensions: Iterable[Suspension]
) -> tuple[tuple[ExtensionRequest, ...], tuple[Suspension, ...]]:
    """What had been done to an entry by a day, on which its window is judged: what came later opens and closes nothing.

    >>> list_known_by(date(2026, 3, 2), [], [Suspension("case", "agency", date(2026, 1, 5), date(2026, 3, 3))])
    ((), (Suspension(ground='case', authority='agency', began_on=datetime.date(2026, 1, 5), lift_noticed_on=None),))
    """
    return (
        tuple(each for each in extensions if each.posted_on <= on),
        tuple(
            each if each.lift_noticed_on is None or each.lift_noticed_on <= on else replace(each, lift_noticed_on=None)
            for each in suspensions
            if each.began_on <= on
        ),
    )


def is_asked_for(extensions: Iterable[ExtensionRequest]) -> bool:
    """Whether the importer asked for one of these extensions (psc-window-extended)."""
    return any(each.reason == "importer-request" for each in extensions)


def choose_latest(windows: Iterable[CorrectionWindow | None]) -> CorrectionWindow | None:
    """Of several windows the one that is open longest; None when one of them is not known to close.

    >>> early, late = (CorrectionWindow("psc-window", date(2026, 7, day)) for day in (23, 28))
    >>> choose_latest([early, late]).closes_on, choose_latest([early, None])
    (datetime.date(2026, 7, 28), None)
    """
    latest = None
    for window in windows:
        if window is None or window.closes_on is None:
            return window
        if latest is None or latest.closes_on is None or window.closes_on > latest.closes_on:
            latest = window
    return latest


@dataclass(frozen=True, slots=True)
class LockedChange:
    """A field that a correction changes and may not; the values where they are known."""

    field: LockedField
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class AskedCorrection:
    """A correction: from which entry type to which, what else of the locked fields it changes, filed when."""

    from_type: str
    to_type: str
    changes: tuple[LockedChange, ...] = ()
    filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class CorrectionBar:
    """One reason why a correction cannot be made: its name, the rule, and the change or the days that it rests on."""

    kind: Bar
    rule: str
    why: str
    change: LockedChange | None = None


def judge_correction(
    asked: AskedCorrection,
    window: CorrectionWindow | None,
    *,
    is_liquidated: bool = False,
    liquidated_on: date | None = None,
    is_team_reviewed: bool = False,
    lock: RefundLock | None = None,
) -> tuple[CorrectionBar, ...]:
    """Everything that bars a correction, what it changes first; none when it can be made.

    Rules psc-cannot [P], CBP PSC page: the type changes between 01 and 03 only; importer, port, reconciliation flag and
    entry number are locked; a summary that a team reviewed is not freely sent again; psc-preconditions [S], ACE
    business rules chapter 7: nothing is corrected once liquidated; psc-window [S] and its kin: filed while the window
    is open. `is_liquidated` is of the moment at which the correction came; without a `window` none is known to close.
    `lock` is a refund that was requested before it: read as a review by CBP (psc-preconditions), by setting of the
    program; the way out is to withdraw the request.

    >>> [bar.kind for bar in judge_correction(AskedCorrection("23", "01"), None)]
    ['correction-changes-type']
    >>> late = AskedCorrection("01", "03", filed_on=date(2026, 7, 29))
    >>> [bar.why for bar in judge_correction(late, CorrectionWindow("psc-window", date(2026, 7, 28)))]
    ['filed on 2026-07-29, after the window closed on 2026-07-28']
    """
    changed = {each.field: each for each in asked.changes}
    bars = [
        CorrectionBar(kind, "psc-cannot", f"{words} changed", changed[field])
        for field, (kind, words) in _LOCKED.items()
        if field in changed
    ]
    types = {asked.from_type, asked.to_type}
    if len(types) > 1 and not types <= _TYPES_THAT_MAY_CHANGE:
        why = f"entry_type changed from {asked.from_type} to {asked.to_type}"
        place = 1 if "importer-number" in changed else 0
        bars.insert(place, CorrectionBar("correction-changes-type", "psc-cannot", why))
    filed = f"filed on {asked.filed_on}" if asked.filed_on is not None else "not filed yet"
    if is_liquidated:
        why = f"{filed}, the entry is liquidated" + (f" on {liquidated_on}" if liquidated_on is not None else "")
        bars.append(CorrectionBar("correction-after-liquidation", "psc-preconditions", why))
    if is_team_reviewed:
        bars.append(CorrectionBar("correction-after-team-review", "psc-cannot", "a team has reviewed the summary"))
    if window is not None and asked.filed_on is not None and not window.is_open(asked.filed_on):
        why = f"{filed}, after the window closed on {window.closes_on}"
        bars.append(CorrectionBar("correction-outside-window", window.rule, why))
    if lock is not None:
        why = (
            f"{filed}, a refund of program {lock.program} was requested at {lock.since:%Y-%m-%dT%H:%M:%SZ}"
            f" by declaration {lock.declaration_id}; to correct, withdraw it first:"
            f" POST /programs/{lock.program}/declarations/{lock.declaration_id}/withdrawals"
        )
        bars.append(CorrectionBar("correction-while-refund-requested", "psc-preconditions", why))
    return tuple(bars)


def describe_bar(bar: CorrectionBar, show_number: Callable[[str], str]) -> str:
    """A bar in words, with both values of the field where they are known.

    `show_number` gives an importer number as the reader may see it.

    >>> changed = LockedChange("port", "2704", "1101")
    >>> (bar,) = judge_correction(AskedCorrection("01", "01", (changed,)), None)
    >>> describe_bar(bar, str)
    'port_of_entry changed from 2704 to 1101'
    """
    change = bar.change
    if change is None or change.before is None or change.after is None:
        return bar.why
    before, after = change.before, change.after
    if change.field == "importer-number":
        before, after = show_number(before), show_number(after)
    return f"{bar.why} from {before} to {after}"


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
    return CorrectionOutlook(window, window.is_open(on), unmet, not_known)
