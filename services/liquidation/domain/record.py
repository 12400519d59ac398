"""The record of an entry as a function of everything known about it: which version governs, and what follows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from services.liquidation.domain.clock_facts import find_time_of_entry
from services.liquidation.domain.clocks import informal_date
from services.liquidation.domain.correction_window import (
    AskedCorrection,
    Bar,
    CorrectionBar,
    CorrectionWindow,
    LockedChange,
    LockedField,
    choose_latest,
    correction_window,
    has_correction_window,
    is_asked_for,
    judge_correction,
    list_known_by,
)
from services.liquidation.domain.facts import EntryFacts, Version
from services.liquidation.domain.grounds import find_suspension_basis, join_grounds
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.liquidation_period import reckon_period
from services.liquidation.domain.plan import (
    Plan,
    PlanState,
    UsualPlans,
    find_start,
    plan,
    plan_around_suspensions,
    plan_unsuspended,
)
from shared.customs.calendar import legal_date
from shared.customs.entry_types import entry_type

RecordState = PlanState | Literal["recorded"]
STATES_WITH_A_PERIOD: Final = ("scheduled", "extended")
"""In which states a period runs in which CBP liquidates, and which an extension lengthens."""


@dataclass(frozen=True, slots=True)
class Record:
    """What follows from the facts.

    `governing` is the version that stands (None before any is known); `barred` the versions that cannot govern, with
    the conflict that each is; `settled` those whose effect is known for good, so that it may be published.
    """

    state: RecordState
    governing: Version | None
    plan: Plan | None
    barred: Mapping[int, Bar]
    settled: frozenset[int]
    unknown_because: str | None = None


def derive(facts: EntryFacts, policy: CyclePolicy, law: LawSettings, plans: UsualPlans | None = None) -> Record:
    """The record of an unliquidated or liquidated entry. Depends on the facts only, not on the order they came in.

    `plans` are those of the same policy and law that are remembered, where many records are derived.

    The governing version has the time of entry that governs, which may not be what it asserts (entry-date).
    """
    if not facts.versions:
        if facts.released_on is None:
            return Record("recorded", None, None, MappingProxyType({}), frozenset())
        reason = f"released {facts.released_on}, no entry summary has come (es-file)"
        return Record("clock-unknown", None, None, MappingProxyType({}), frozenset(), reason)
    barred = MappingProxyType({number: bars[0].kind for number, bars in find_bars(facts, policy, law).items()})
    # Until the first version is known, no later one can be compared with it: it counts, but is not announced yet.
    is_first_known = facts.versions[0].number == 1
    # Nor may the announcement of a version hang on whether a release has come yet.
    barred_for_good: Collection[int] = barred
    if len(facts.versions) > 1 and facts.released_on is not None:
        barred_for_good = find_bars(replace(facts, released_on=None), policy, law)
    settled = frozenset(
        version.number
        for version in facts.versions
        if version.number not in barred_for_good and (is_first_known or version.number == 1)
    )
    governing = _with_time_of_entry(_governing(facts, barred), facts)
    outcome = _plan(governing, facts, policy, law, plans)
    unknown = f"{outcome.why} ({outcome.rule})" if outcome.state == "clock-unknown" else None
    return Record(outcome.state, governing, outcome, barred, settled, unknown)


def _with_time_of_entry(version: Version, facts: EntryFacts) -> Version:
    if facts.clock.entry_basis is None:
        return version
    filed_on = find_summary_filing(facts.versions)
    entered_on = find_time_of_entry(version.entry_date, facts.clock, facts.released_on, filed_on)
    return replace(version, entry_date=entered_on)


def find_summary_filing(versions: Sequence[Version]) -> date | None:
    """The day on which the summary was first filed; None until its first version has come."""
    return next((legal_date(each.origin.at) for each in versions if each.number == 1), None)


def _plan(
    version: Version, facts: EntryFacts, policy: CyclePolicy, law: LawSettings, plans: UsualPlans | None = None
) -> Plan:
    if plans is not None and not facts.suspensions and not facts.extensions:
        return plans.of(
            version, released_on=facts.released_on, extended_months=facts.extended_months, clock=facts.clock
        )
    usual = (plan_unsuspended if facts.suspensions else plan)(
        version,
        policy,
        released_on=facts.released_on,
        extended_months=facts.extended_months,
        clock=facts.clock,
        law=law,
    )
    if not facts.suspensions and (usual.is_suspended or not facts.extensions):
        return usual
    grounds = join_grounds(version, facts.suspensions)
    return plan_around_suspensions(usual, version, policy, grounds, facts.extensions, clock=facts.clock, law=law)


def find_bars(facts: EntryFacts, policy: CyclePolicy, law: LawSettings) -> Mapping[int, tuple[CorrectionBar, ...]]:
    """The versions that are corrections which cannot be made, each with everything that bars it (`judge_correction`).

    An informal entry is liquidated by its payment or release (liquidation-date-informal [P]), so for it the day of the
    correction decides; for others, what had been liquidated when the correction came. The window is judged by what had
    been done to the entry by the day of the correction. Of the versions before it the one counts that leaves the window
    open longest, by the day that it asserts or by the recorded time of entry: this way what comes late can admit a
    correction, never bar one. A refund that was requested (`facts.locks`) bars what is dated after the request.
    """
    first = facts.versions[0]
    found: dict[int, tuple[CorrectionBar, ...]] = {}
    admitted = [first]
    for version in facts.versions[1:]:
        filed_on = legal_date(version.origin.at)
        starts = (start for each in admitted for start in (each, _with_time_of_entry(each, facts)))
        window = choose_latest(find_correction_window(each, facts, policy, law, by=filed_on) for each in starts)
        liquidated_on = _find_informal_liquidation(first, facts) or facts.liquidated_on
        bars = judge_correction(
            AskedCorrection(first.entry_type, version.entry_type, _list_locked(first, version), filed_on),
            window,
            is_liquidated=_came_after_liquidation(version, first, facts),
            liquidated_on=liquidated_on,
            lock=next((each for each in facts.locks if each.holds(version.origin.at)), None),
        )
        if bars:
            found[version.number] = bars
        else:
            admitted.append(version)
    return MappingProxyType(found)


def _list_locked(first: Version, version: Version) -> tuple[LockedChange, ...]:
    """What a correction changes of the fields that are locked."""
    flags = [str(each.is_flagged).lower() for each in (first, version)]
    fields: tuple[tuple[LockedField, str, str], ...] = (
        ("importer-number", first.importer_number, version.importer_number),
        ("port", first.port_of_entry, version.port_of_entry),
        ("reconciliation-flag", flags[0], flags[1]),
    )
    return tuple(LockedChange(field, before, after) for field, before, after in fields if before != after)


def _came_after_liquidation(version: Version, first: Version, facts: EntryFacts) -> bool:
    if facts.liquidated_version is not None and version.number > facts.liquidated_version:
        return True
    informal_on = _find_informal_liquidation(first, facts)
    return informal_on is not None and legal_date(version.origin.at) > informal_on


def _find_informal_liquidation(first: Version, facts: EntryFacts) -> date | None:
    """The day on which an informal entry liquidated by itself; None for any other, or when it is not known."""
    is_informal = first.number == 1 and entry_type(first.entry_type).informal
    return informal_date(first.paid_on, facts.released_on) if is_informal else None


def find_correction_window(
    version: Version, facts: EntryFacts, policy: CyclePolicy, law: LawSettings, *, by: date | None = None
) -> CorrectionWindow | None:
    """Until when a version can be corrected, by what had been done to the entry by a day, or by all that is known.

    Rules psc-window, psc-window-extended, psc-window-suspended [S] as in `correction_window`; None where no window is
    known to close. Only extensions with effect count.
    """
    if not has_correction_window(version.entry_type):
        return None
    extensions, suspensions = facts.extensions, facts.suspensions
    if by is not None:
        extensions, suspensions = list_known_by(by, extensions, suspensions)
    start = find_start(version, entry_type(version.entry_type), facts.clock, law)
    period = reckon_period(start, extensions, join_grounds(version, suspensions), law=law)
    known = replace(facts, extensions=period.effective, extended_months=period.extended_months, suspensions=suspensions)
    then = _plan(version, known, policy, law)
    return correction_window(
        version.entry_type,
        version.entry_date,
        then.scheduled_on,
        is_extended_on_request=is_asked_for(period.effective),
        has_case=version.case is not None,
        suspended_for=(find_suspension_basis(version, suspensions) or "other") if then.is_suspended else None,
    )


def _governing(facts: EntryFacts, barred: Collection[int]) -> Version:
    if facts.liquidated_version is not None:
        for version in facts.versions:
            if version.number == facts.liquidated_version:
                return version
    return _highest(facts.versions, barred)


def _highest(versions: Sequence[Version], barred: Collection[int]) -> Version:
    return max((version for version in versions if version.number not in barred), key=lambda version: version.number)
