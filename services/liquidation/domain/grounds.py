"""The grounds on which liquidation is suspended: what the summary itself shows, and what CBP was instructed of."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

from services.liquidation.domain.correction_window import SuspensionBasis
from services.liquidation.domain.facts import Version
from services.liquidation.domain.suspension import Authority, Suspension
from shared.customs.entry_types import entry_type

GroundKind = Literal["adcvd-case", "adcvd-type", "injunction", "court-order", "eapa", "other-statute"]

AUTHORITY_OF: Final[Mapping[GroundKind, Authority]] = MappingProxyType(
    {
        "adcvd-case": "agency",
        "adcvd-type": "agency",
        "injunction": "court",
        "court-order": "court",
        "eapa": "agency",
        "other-statute": "statute",
    }
)
TYPE_GROUND: Final = "adcvd-type"


def name_case(case_number: str, manufacturer_id: str | None) -> str:
    """A case with the maker of its line: removals are by maker, and an entry is suspended as a unit.

    >>> name_case("A570012000", "CNSYNTH123SHE")
    'A570012000/CNSYNTH123SHE'
    """
    return f"{case_number}/{''.join((manufacturer_id or '').split())}"


def instructed_ground(kind: GroundKind, reference: str) -> str:
    """The ground of an instruction other than a case: its kind and the matter that it names.

    >>> instructed_ground("injunction", "24-00123")
    'injunction:24-00123'
    """
    return f"{kind}:{reference}"


def filed_grounds(version: Version) -> tuple[Suspension, ...]:
    """The suspensions that follow from a summary by itself, from its date of entry.

    Rule susp-grounds [S], 19 USC 1504(c), 19 CFR 159.51: each case on a line, or the antidumping and countervailing
    type of an entry that names none.
    """
    cases = version.cases or ((f"{version.case}/",) if version.case else ())
    if cases:
        return tuple(Suspension(f"adcvd-case:{case}", "agency", version.entry_date) for case in cases)
    if entry_type(version.entry_type).ad_cvd:
        return (Suspension(TYPE_GROUND, "agency", version.entry_date),)
    return ()


def join_grounds(version: Version, recorded: Sequence[Suspension]) -> tuple[Suspension, ...]:
    """All suspensions of an entry: of a ground that is both filed and recorded the record tells when it ended."""
    known = {suspension.ground for suspension in recorded}
    return (*(filed for filed in filed_grounds(version) if filed.ground not in known), *recorded)


def basis_of(suspension: Suspension) -> SuspensionBasis:
    """What kind of suspension it is for the window of corrections (psc-window-suspended).

    >>> from datetime import date
    >>> basis_of(Suspension("adcvd-case:C570013000/", "agency", date(2026, 3, 2)))
    'countervailing'
    """
    kind, _, matter = suspension.ground.partition(":")
    match kind:
        case "adcvd-case":
            return "countervailing" if matter.startswith("C") else "antidumping"
        case "adcvd-type":
            return "antidumping"
        case "injunction" | "court-order":
            return "injunction"
        case "eapa":
            return "eapa"
        case _:
            return "other"


def select_lifted(
    standing: Iterable[Suspension],
    kind: GroundKind,
    reference: str | None,
    case_numbers: Collection[str],
    manufacturer_ids: Collection[str],
) -> tuple[Suspension, ...]:
    """Which of the standing suspensions an instruction of removal ends.

    Rule susp-lift-multiline [P], HQ H311377: only the lines that it names; the others go on suspending the entry.
    """
    chosen = []
    for suspension in standing:
        found, _, matter = suspension.ground.partition(":")
        if found != kind:
            continue
        if kind == "adcvd-case":
            case_number, _, maker = matter.partition("/")
            if case_number in case_numbers and (not manufacturer_ids or maker in manufacturer_ids):
                chosen.append(suspension)
        elif kind == TYPE_GROUND or matter == reference:
            chosen.append(suspension)
    return tuple(chosen)
