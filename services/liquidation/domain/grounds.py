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
NOT_IDENTIFYING: Final = "/" + "".join(filter(str.isspace, map(chr, range(0x10000))))
"""What is left out of the identification of a maker or exporter: any space, and the sign that parts a ground."""

_WITHOUT: Final = str.maketrans("", "", NOT_IDENTIFYING)


def identify(reported: str | None) -> str:
    """A maker or exporter as grounds and instructions name it, however it was spaced; empty when none was reported.

    >>> identify("CN SYNTH 123 SHE"), identify(None)
    ('CNSYNTH123SHE', '')
    """
    return reported.translate(_WITHOUT) if reported else ""


def name_case(case_number: str, manufacturer_id: str | None, exporter_id: str | None = None) -> str:
    """A case with the maker of its line, and the exporter where one is reported; an entry is suspended as a unit.

    Commerce names combinations of exporter and producer, so a removal may be for some of a maker's lines only.

    >>> name_case("A570012000", "CNSYNTH123SHE"), name_case("A570012000", "CNSYNTH123SHE", "CNEXPORT99SHE")
    ('A570012000/CNSYNTH123SHE', 'A570012000/CNSYNTH123SHE/CNEXPORT99SHE')
    """
    exporter = identify(exporter_id)
    return f"{case_number}/{identify(manufacturer_id)}" + (f"/{exporter}" if exporter else "")


def instructed_ground(kind: GroundKind, reference: str) -> str:
    """The ground of an instruction other than a case: its kind and what it names, as a court number.

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
    """All suspensions of an entry: of a ground that is both filed and recorded the record tells when it ended.

    The end of a case of a maker whose exporter was not reported holds for a correction that reports the exporter: only
    a removal for every exporter can have ended it.
    """
    known = {suspension.ground for suspension in recorded}
    ended = {suspension.ground for suspension in recorded if suspension.lift_noticed_on is not None}
    return (
        *(
            filed
            for filed in filed_grounds(version)
            if filed.ground not in known and _leave_out_exporter(filed.ground) not in ended
        ),
        *recorded,
    )


def _leave_out_exporter(ground: str) -> str:
    return "/".join(ground.split("/", 2)[:2])


def basis_of(suspension: Suspension) -> SuspensionBasis:
    """What kind of suspension it is for the window of corrections (psc-window-suspended).

    >>> from datetime import date
    >>> basis_of(Suspension("adcvd-case:C570013000/", "agency", date(2026, 3, 2)))
    'countervailing'
    """
    kind, _, reference = suspension.ground.partition(":")
    match kind:
        case "adcvd-case":
            return "countervailing" if reference.startswith("C") else "antidumping"
        case "adcvd-type":
            return "antidumping"
        case "injunction" | "court-order":
            return "injunction"
        case "eapa":
            return "eapa"
        case _:
            return "other"


def find_suspension_basis(version: Version, recorded: Sequence[Suspension]) -> SuspensionBasis | None:
    """For what an entry is suspended now, as the window of corrections asks; None when no suspension stands.

    Of several grounds one that keeps the window open counts (psc-window-suspended).
    """
    bases = [basis_of(each) for each in join_grounds(version, recorded) if each.lift_noticed_on is None]
    return min(bases, key=lambda each: each == "other", default=None)


def select_lifted(
    standing: Iterable[Suspension],
    kind: GroundKind,
    reference: str | None,
    case_numbers: Collection[str],
    manufacturer_ids: Collection[str],
    exporter_ids: Collection[str] = (),
) -> tuple[Suspension, ...]:
    """Which of the standing suspensions an instruction of removal ends.

    Rule susp-lift-multiline [P], HQ H311377: only the lines that it names; the others go on suspending the entry. One
    that names makers or exporters ends the cases of lines with one of each that it names, and of no line that reports
    none; one that names none ends them all.

    >>> from datetime import date
    >>> filed = Suspension("adcvd-case:A570012000/CNSYNTH123SHE/CNEXPORT99SHE", "agency", date(2026, 3, 2))
    >>> select_lifted([filed], "adcvd-case", None, ["A570012000"], [], ["CNOTHER456SHE"])
    ()
    """
    makers, exporters = set(map(identify, manufacturer_ids)), set(map(identify, exporter_ids))
    chosen = []
    for suspension in standing:
        found, _, named = suspension.ground.partition(":")
        if found != kind:
            continue
        if kind == "adcvd-case":
            case_number, _, line = named.partition("/")
            maker, _, exporter = line.partition("/")
            is_named = (not makers or maker in makers) and (not exporters or exporter in exporters)
            if case_number in case_numbers and is_named:
                chosen.append(suspension)
        elif kind == TYPE_GROUND or named == reference:
            chosen.append(suspension)
    return tuple(chosen)
