"""The whole routing decision: Center, division and lane with their reasons and the versions they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NamedTuple

from services.routing.domain.authority import authority_for_process
from services.routing.domain.center import Basis, CenterChoice, Consultation, choose_center, consult
from services.routing.domain.criteria import Lane
from services.routing.domain.directory import OpenCenters
from services.routing.domain.facts import Account, EntryFacts, Reason
from services.routing.domain.policies import AssignmentPolicy
from services.routing.domain.selection import Criteria, Selection, select
from shared.customs.tariff_map import TariffMap

Division = Literal["partnership", "validation-and-compliance", "enforcement"]

CONSULTATION: Final = "consultation"
NOT_KNOWN: Final = "none-known"
"""In place of the revision of an account, or of an assignment, that routing did not know when it decided."""

MOVED: Final = "moved"
"""Code of the reason that says that a person moved the open matter."""

_VALIDATION: Final = Reason("division-validation", "No trusted-trader program, no enforcement criterion.")
_ENFORCEMENT_TEXT: Final = "An enforcement criterion hit."


@dataclass(frozen=True)
class Rules:
    """The versions in force on a day that a decision is made with."""

    tariff_map: TariffMap
    criteria: Criteria
    policy: AssignmentPolicy
    open_centers: OpenCenters
    directory_version: str

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """The versions by name, as they stand beside a decision."""
        return {
            "tariff_map": self.tariff_map.version,
            "criteria": self.criteria.version,
            "criteria_on_trial": self.criteria.shadow_version,
            "assignment_policy": self.policy.version,
            "directory": self.directory_version,
        }


class Move(NamedTuple):
    """An open matter that was moved to another Center by a person: the last move, counted from 1."""

    sequence: int
    center: str


class Decision(NamedTuple):
    """Where an entry goes and why; `authority` names the row of the authority table for each process."""

    center: str
    basis: Basis
    division: Division
    lane: Lane
    processes: tuple[str, ...]
    predominant_tariff: str | None
    consultations: tuple[Consultation, ...]
    authority: Mapping[str, str]
    reasons: tuple[Reason, ...]
    selection: Selection
    move: int


def decide(facts: EntryFacts, account: Account | None, rules: Rules, move: Move | None) -> Decision:
    """Route one version of an entry; one whose matter was moved stays with the Center that it was moved to."""
    choice = choose_center(
        facts, account, rules.tariff_map, rules.open_centers, broker_by_goods=rules.policy.broker_by_goods
    )
    if move is not None:
        choice = _moved(choice, move)
    selection = select(facts, account, rules.criteria)
    division, division_reason = choose_division(account, selection)
    consultations: tuple[Consultation, ...] = ()
    if selection.lane != "no-review":
        consultations = consult(facts, choice, rules.tariff_map, rules.open_centers)
    processes = (*selection.processes, CONSULTATION) if consultations else selection.processes
    return Decision(
        center=choice.center,
        basis=choice.basis,
        division=division,
        lane=selection.lane,
        processes=selection.processes,
        predominant_tariff=choice.predominant_tariff,
        consultations=consultations,
        authority={process: authority_for_process(process, facts.entry_date) for process in processes},
        reasons=(*choice.reasons, division_reason, *selection.reasons),
        selection=selection,
        move=move.sequence if move else 0,
    )


def name_versions(rules: Rules, account: Account | None) -> Mapping[str, str]:
    """What to store beside a decision so that it can be made again: rules, revision of the account, assignment.

    An account that was not known, or had no assignment on the day, is said to be so: one that is learned later changes
    what the same entry would get.
    """
    if account is None:
        return {**rules.versions, "account": NOT_KNOWN, "assignment": NOT_KNOWN}
    assignment = NOT_KNOWN if account.assignment is None else str(account.assignment)
    return {**rules.versions, "account": str(account.revision), "assignment": assignment}


def choose_division(account: Account | None, selection: Selection) -> tuple[Division, Reason]:
    """Enforcement where a program or case says so; else Partnership for trusted traders; else Validation."""
    if selection.lane == "enforcement":
        return "enforcement", Reason("division-enforcement", _ENFORCEMENT_TEXT, selection.reasons[0].code)
    if account is not None and account.trusted_programs:
        programs = ", ".join(account.trusted_programs)
        return "partnership", Reason("division-partnership", "The importer is a trusted trader.", programs)
    return "validation-and-compliance", _VALIDATION


def tell_move(move: Move) -> str:
    """The move of an open matter in a sentence, for its reasons."""
    return f"The open matter was moved to {move.center}; clocks run on as before."


def _moved(choice: CenterChoice, move: Move) -> CenterChoice:
    reason = Reason(MOVED, tell_move(move), str(move.sequence))
    return CenterChoice(move.center, choice.basis, choice.predominant_tariff, (reason, *choice.reasons))
