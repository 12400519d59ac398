"""The whole routing decision: Center, division and lane with their reasons and the versions they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from services.routing.domain.center import Basis, choose_center
from services.routing.domain.directory import Directory
from services.routing.domain.facts import Account, EntryFacts, Reason
from services.routing.domain.selection import Criteria, Lane, Selection, select
from shared.customs.tariff_map import TariffMap

Division = Literal["partnership", "validation-and-compliance", "enforcement"]


_VALIDATION: Final = Reason("division-validation", "No trusted-trader program, no enforcement criterion.")


@dataclass(frozen=True, slots=True)
class Rules:
    """The versions in force that a decision is made with."""

    tariff_map: TariffMap
    criteria: Criteria
    directory: Directory

    @property
    def versions(self) -> Mapping[str, str]:
        """What to store beside a decision so that it can be made again."""
        return {"tariff_map": self.tariff_map.version, "criteria": self.criteria.version}


class Decision(NamedTuple):
    """Where an entry goes and why."""

    center: str
    basis: Basis
    division: Division
    lane: Lane
    processes: tuple[str, ...]
    predominant_tariff: str | None
    reasons: tuple[Reason, ...]


def decide(facts: EntryFacts, account: Account | None, rules: Rules) -> Decision:
    """Route one version of an entry."""
    choice = choose_center(facts, account, rules.tariff_map)
    selection = select(facts, account, rules.criteria)
    division, division_reason = choose_division(account, selection)
    return Decision(
        center=choice.center,
        basis=choice.basis,
        division=division,
        lane=selection.lane,
        processes=selection.processes,
        predominant_tariff=choice.predominant_tariff,
        reasons=(*choice.reasons, division_reason, *selection.reasons),
    )


def choose_division(account: Account | None, selection: Selection) -> tuple[Division, Reason]:
    """Enforcement where a program or case says so; else Partnership for trusted traders; else Validation."""
    if selection.lane == "enforcement":
        return "enforcement", Reason("division-enforcement", "An enforcement criterion hit.", selection.reasons[0].code)
    if account is not None and account.trusted_programs:
        programs = ", ".join(account.trusted_programs)
        return "partnership", Reason("division-partnership", "The importer is a trusted trader.", programs)
    return "validation-and-compliance", _VALIDATION
