"""The record of an entry as a function of everything known about it: which version governs, and what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from services.liquidation.domain.clocks import CyclePolicy, informal_date
from services.liquidation.domain.facts import EntryFacts, Version
from services.liquidation.domain.plan import Plan, PlanState, plan
from shared.customs.calendar import legal_date
from shared.customs.entry_types import entry_type

RecordState = PlanState | Literal["recorded"]
Bar = Literal["correction-changes-importer", "correction-changes-type", "correction-after-liquidation"]

_TYPES_THAT_MAY_CHANGE = frozenset({"01", "03"})


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


def derive(facts: EntryFacts, policy: CyclePolicy) -> Record:
    """The record of an unliquidated or liquidated entry. Depends on the facts only, not on the order they came in."""
    if not facts.versions:
        if facts.released_on is None:
            return Record("recorded", None, None, MappingProxyType({}), frozenset())
        reason = f"released {facts.released_on}, no entry summary has come (es-file)"
        return Record("clock-unknown", None, None, MappingProxyType({}), frozenset(), reason)
    barred = find_barred(facts)
    governing = _governing(facts, barred)
    # Until the first version is known, no later one can be compared with it: it counts, but is not announced yet.
    is_first_known = facts.versions[0].number == 1
    # Nor may the announcement of a version hang on whether a release has come yet.
    barred_for_good = find_barred(replace(facts, released_on=None))
    settled = frozenset(
        version.number
        for version in facts.versions
        if version.number not in barred_for_good and (is_first_known or version.number == 1)
    )
    outcome = plan(governing, policy, released_on=facts.released_on, extended_months=facts.extended_months)
    unknown = f"{outcome.why} ({outcome.rule})" if outcome.state == "clock-unknown" else None
    return Record(outcome.state, governing, outcome, barred, settled, unknown)


def find_barred(facts: EntryFacts) -> Mapping[int, Bar]:
    """The versions that are corrections which cannot be made.

    Rules psc-cannot [P], CBP PSC page: the importer of record cannot be changed, the type only 01 to 03 and back;
    psc-preconditions [S], ACE business rules chapter 7: nothing can be corrected once the entry is liquidated. An
    informal entry is liquidated by its payment or release (liquidation-date-informal [P]), so for it the day of the
    correction decides; for others, what had been liquidated when the correction came.
    """
    first = facts.versions[0]
    barred: dict[int, Bar] = {}
    for version in facts.versions[1:]:
        if (bar := _bar(version, first, facts)) is not None:
            barred[version.number] = bar
    return MappingProxyType(barred)


def _bar(version: Version, first: Version, facts: EntryFacts) -> Bar | None:
    if version.importer_number != first.importer_number:
        return "correction-changes-importer"
    if version.entry_type != first.entry_type and not {version.entry_type, first.entry_type} <= _TYPES_THAT_MAY_CHANGE:
        return "correction-changes-type"
    if facts.liquidated_version is not None and version.number > facts.liquidated_version:
        return "correction-after-liquidation"
    if first.number == 1 and entry_type(first.entry_type).informal:
        liquidated_on = informal_date(first.paid_on, facts.released_on)
        if liquidated_on is not None and legal_date(version.origin.at) > liquidated_on:
            return "correction-after-liquidation"
    return None


def _governing(facts: EntryFacts, barred: Mapping[int, Bar]) -> Version:
    if facts.liquidated_version is not None:
        for version in facts.versions:
            if version.number == facts.liquidated_version:
                return version
    return _highest(facts.versions, barred)


def _highest(versions: Sequence[Version], barred: Mapping[int, Bar]) -> Version:
    return max((version for version in versions if version.number not in barred), key=lambda version: version.number)
