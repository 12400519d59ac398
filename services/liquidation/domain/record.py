"""The record of an entry as a function of everything known about it: which version governs, and what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from services.liquidation.domain.clock_facts import find_time_of_entry
from services.liquidation.domain.clocks import informal_date
from services.liquidation.domain.correction_window import correction_window, find_barred_change
from services.liquidation.domain.facts import EntryFacts, Version
from services.liquidation.domain.grounds import find_suspension_basis, join_grounds
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.plan import Plan, PlanState, plan, plan_around_suspensions, plan_unsuspended
from shared.customs.calendar import legal_date
from shared.customs.entry_types import entry_type

RecordState = PlanState | Literal["recorded"]
STATES_WITH_A_PERIOD: Final = ("scheduled", "extended")
"""In which states a period runs in which CBP liquidates, and which an extension lengthens."""

Bar = Literal[
    "correction-changes-importer",
    "correction-changes-type",
    "correction-changes-port",
    "correction-changes-reconciliation-flag",
    "correction-after-liquidation",
    "correction-outside-window",
]


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


def derive(facts: EntryFacts, policy: CyclePolicy, law: LawSettings) -> Record:
    """The record of an unliquidated or liquidated entry. Depends on the facts only, not on the order they came in.

    The governing version has the time of entry that governs, which may not be what it asserts (entry-date).
    """
    if not facts.versions:
        if facts.released_on is None:
            return Record("recorded", None, None, MappingProxyType({}), frozenset())
        reason = f"released {facts.released_on}, no entry summary has come (es-file)"
        return Record("clock-unknown", None, None, MappingProxyType({}), frozenset(), reason)
    barred = find_barred(facts, policy, law)
    # Until the first version is known, no later one can be compared with it: it counts, but is not announced yet.
    is_first_known = facts.versions[0].number == 1
    # Nor may the announcement of a version hang on whether a release has come yet.
    barred_for_good = find_barred(replace(facts, released_on=None), policy, law)
    settled = frozenset(
        version.number
        for version in facts.versions
        if version.number not in barred_for_good and (is_first_known or version.number == 1)
    )
    governing = _with_time_of_entry(_governing(facts, barred), facts)
    outcome = _plan(governing, facts, policy, law)
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


def _plan(version: Version, facts: EntryFacts, policy: CyclePolicy, law: LawSettings) -> Plan:
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


def find_barred(facts: EntryFacts, policy: CyclePolicy, law: LawSettings) -> Mapping[int, Bar]:
    """The versions that are corrections which cannot be made.

    Rules psc-cannot [P], CBP PSC page: the importer of record, the port and the reconciliation flag cannot be
    changed, the type only 01 to 03 and back; psc-preconditions [S], ACE business rules chapter 7: nothing can be
    corrected once the entry is liquidated. An informal entry is liquidated by its payment or release
    (liquidation-date-informal [P]), so for it the day of the correction decides; for others, what had been
    liquidated when the correction came. psc-window, psc- window-extended, psc-window-suspended [S]: filed in time,
    by what had been done to the entry by then. Of the versions before it any one that leaves the window open is
    enough, by the day that it asserts or by the recorded time of entry: this way what comes late can admit a
    correction, never bar one.
    """
    first = facts.versions[0]
    barred: dict[int, Bar] = {}
    admitted = [first]
    for version in facts.versions[1:]:
        bar = _bar(version, first, facts)
        starts = (start for each in admitted for start in (each, _with_time_of_entry(each, facts)))
        if bar is None and not any(_is_window_open(each, version, facts, policy, law) for each in starts):
            bar = "correction-outside-window"
        if bar is not None:
            barred[version.number] = bar
        else:
            admitted.append(version)
    return MappingProxyType(barred)


def _bar(version: Version, first: Version, facts: EntryFacts) -> Bar | None:
    if version.importer_number != first.importer_number:
        return "correction-changes-importer"
    if find_barred_change(first.entry_type, version.entry_type) is not None:
        return "correction-changes-type"
    if version.port_of_entry != first.port_of_entry:
        return "correction-changes-port"
    if version.is_flagged != first.is_flagged:
        return "correction-changes-reconciliation-flag"
    if facts.liquidated_version is not None and version.number > facts.liquidated_version:
        return "correction-after-liquidation"
    if first.number == 1 and entry_type(first.entry_type).informal:
        liquidated_on = informal_date(first.paid_on, facts.released_on)
        if liquidated_on is not None and legal_date(version.origin.at) > liquidated_on:
            return "correction-after-liquidation"
    return None


def has_correction_window(code: str) -> bool:
    """Whether the window of psc-window closes for an entry of this type; for others it is not known to.

    >>> has_correction_window("01"), has_correction_window("21"), has_correction_window("11")
    (True, False, False)
    """
    kind = entry_type(code)
    is_other = kind.informal or kind.category == "warehouse" or kind.reconciliation or kind.drawback
    return kind.liquidates and not is_other


def _is_window_open(
    before: Version, correction: Version, facts: EntryFacts, policy: CyclePolicy, law: LawSettings
) -> bool:
    """Whether the window was open on the day of a correction, by the version before it and the acts until that day.

    An entry without a clock that could close it (informal, warehouse, reconciliation, drawback, none) leaves it open.
    """
    on = legal_date(correction.origin.at)
    if not has_correction_window(before.entry_type):
        return True
    extensions = tuple(each for each in facts.extensions if each.posted_on <= on)
    suspensions = tuple(
        each if each.lift_noticed_on is None or each.lift_noticed_on <= on else replace(each, lift_noticed_on=None)
        for each in facts.suspensions
        if each.began_on <= on
    )
    months = sum(each.months for each in extensions)
    known = replace(facts, extensions=extensions, extended_months=months, suspensions=suspensions)
    then = _plan(before, known, policy, law)
    window = correction_window(
        before.entry_type,
        before.entry_date,
        then.scheduled_on,
        is_extended_on_request=any(each.reason == "importer-request" for each in extensions),
        has_case=before.case is not None,
        suspended_for=(find_suspension_basis(before, suspensions) or "other") if then.is_suspended else None,
    )
    return window.closes_on is None or on <= window.closes_on


def _governing(facts: EntryFacts, barred: Mapping[int, Bar]) -> Version:
    if facts.liquidated_version is not None:
        for version in facts.versions:
            if version.number == facts.liquidated_version:
                return version
    return _highest(facts.versions, barred)


def _highest(versions: Sequence[Version], barred: Mapping[int, Bar]) -> Version:
    return max((version for version in versions if version.number not in barred), key=lambda version: version.number)
