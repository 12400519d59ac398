"""Appeals against the assigned Center: what one must contain, and the states until it is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, assert_never

from shared.customs.authority import Evidence
from shared.customs.importer_number import kind_of

State = Literal["appealed", "under-review", "upheld", "reassigned", "withdrawn"]
Act = Literal["supplement", "take-up", "uphold", "reassign", "withdraw"]

TRANSITIONS: Final[Mapping[State, Mapping[Act, State]]] = MappingProxyType(
    {
        "appealed": {"supplement": "appealed", "take-up": "under-review", "withdraw": "withdrawn"},
        "under-review": {
            "supplement": "under-review",
            "uphold": "upheld",
            "reassign": "reassigned",
            "withdraw": "withdrawn",
        },
        "upheld": {},
        "reassigned": {},
        "withdrawn": {},
    }
)
"""What leads from which state to which; what is not listed cannot be done. After a decision a new appeal is free."""

PROCESS: Final = "center-appeal"
"""The process that an appeal is: its row of the authority table, and what a broker must be authorised for."""

NO_DEADLINE: Final = "The rules as read state no day by which an appeal must be filed or decided."
NO_STAY: Final = "No stay: the present Center keeps its authority until the Office of Field Operations acts."


class Requirement(NamedTuple):
    """Something that an appeal must contain; `evidence` says how well that is known."""

    code: str
    text: str
    evidence: Evidence


REQUIREMENTS: Final = (
    Requirement("current-center", "the current Center", "M"),
    Requirement("preferred-center", "the preferred Center", "M"),
    Requirement("importer-numbers", "all affected importer of record numbers, and the bond numbers tied to them", "M"),
    Requirement("justification", "a written justification for the move", "M"),
    Requirement("import-data", "the imports of the prior year by heading and value, or a projection if new", "M"),
)
"""Deadlines section 14, from memory: which of them an appeal lacks is said and never makes it void."""


class ImportRow(NamedTuple):
    """Imports under a tariff number of four digits or more, worth whole dollars, in the prior year or projected."""

    hts: str
    value_usd: int


@dataclass(frozen=True, slots=True)
class AppealContents:
    """What an appeal says. `importer_numbers` are all affected, the appellant's first; bonds by importer number."""

    current_center: str | None = None
    preferred_center: str | None = None
    importer_numbers: tuple[str, ...] = ()
    bond_numbers: Mapping[str, str] = field(default_factory=dict)
    justification: str | None = None
    imports: tuple[ImportRow, ...] = ()
    is_projection: bool = False


class Check(NamedTuple):
    """Whether an appeal contains what is required, and if not what is missing, in a sentence."""

    requirement: Requirement
    missing: str | None


def check_contents(contents: AppealContents) -> tuple[Check, ...]:
    """Each requirement with what is missing of it.

    >>> [check.requirement.code for check in check_contents(AppealContents(current_center="CEE007")) if check.missing]
    ['preferred-center', 'importer-numbers', 'justification', 'import-data']
    """
    missing = {
        "current-center": None if contents.current_center else "It does not name the current Center.",
        "preferred-center": _missing_preference(contents),
        "importer-numbers": _missing_numbers(contents),
        "justification": None if contents.justification else "It gives no justification for the move.",
        "import-data": None if contents.imports else "It gives no imports by heading and value, nor a projection.",
    }
    return tuple(Check(requirement, missing[requirement.code]) for requirement in REQUIREMENTS)


class Flaw(NamedTuple):
    """Why there is nothing for an appeal to decide, and what to do; over HTTP it is refused with these words."""

    code: str
    text: str
    remedy: str


def find_flaw(current: str | None, preferred: str | None, assigned: str | None) -> Flaw | None:
    """What is wrong with the Centers that an appeal names, by the one that the account is assigned to on its day.

    An appeal is against an assignment (19 CFR 101.10), so one that names no Center, or another than the present one as
    the present one, has nothing to decide. That it names only one of the two is said among what it lacks.

    >>> find_flaw("CEE005", "CEE010", "CEE007").code, find_flaw("CEE007", None, "CEE007")
    ('appeal-names-other-center', None)
    """
    if current is None and preferred is None:
        return Flaw(
            "appeal-names-no-center",
            "The appeal names no Center, so there is nothing to decide.",
            "Name the current and the preferred Center.",
        )
    if current is not None and current != assigned:
        stands = f"is assigned to {assigned}" if assigned is not None else "has no Center"
        return Flaw(
            "appeal-names-other-center",
            f"The appeal names {current} as the current Center, and the account {stands}.",
            f"Name {assigned} as the current Center." if assigned is not None else "Name the preferred Center alone.",
        )
    if preferred is not None and preferred == assigned:
        return Flaw(
            "appeal-names-own-center",
            f"The account is assigned to {assigned} already.",
            "Name another Center as the preferred one, or do not appeal.",
        )
    return None


def is_complete(contents: AppealContents) -> bool:
    """Whether nothing that is required is missing."""
    return all(check.missing is None for check in check_contents(contents))


def next_state(state: State, act: Act) -> State | None:
    """The state that an act leads to, None when it cannot be done in this one.

    >>> next_state("appealed", "take-up"), next_state("appealed", "reassign")
    ('under-review', None)
    """
    return TRANSITIONS[state].get(act)


def describe_state(state: State) -> str:
    """The state in a plain sentence with what happens next."""
    match state:
        case "appealed":
            return f"The appeal waits for the Office of Field Operations to take it up. {NO_STAY}"
        case "under-review":
            return f"The Office of Field Operations reviews the appeal. {NO_STAY}"
        case "upheld":
            return "The assignment was upheld. A new appeal may be made at any time."
        case "reassigned":
            return "The importer was assigned anew. Open matters stay with the Center that has them unless moved."
        case "withdrawn":
            return "The appeal was withdrawn. A new one may be made at any time."
        case _:
            assert_never(state)


def read_contents(importer_number: str, body: Mapping[str, Any]) -> AppealContents:
    """What the body of a filing says, as far as it can be read; what cannot counts as missing.

    Read are `current_center`, `preferred_center`, `importer_numbers`, `bond_numbers` (by importer number),
    `justification`, `import_history` and `projection` (each a list of `hts` and `value_usd`).
    """
    history, projection = _read_imports(body.get("import_history")), _read_imports(body.get("projection"))
    numbers = body.get("importer_numbers")
    affected = [number for number in numbers if _is_number(number)] if isinstance(numbers, Sequence) else []
    bonds = body.get("bond_numbers")
    return AppealContents(
        current_center=_read_text(body.get("current_center"), 8),
        preferred_center=_read_text(body.get("preferred_center"), 8),
        importer_numbers=tuple(dict.fromkeys([importer_number, *affected])) if affected else (),
        bond_numbers={
            number: bond
            for number, given in (bonds.items() if isinstance(bonds, Mapping) else ())
            if _is_number(number) and (bond := _read_text(given, 64)) is not None
        },
        justification=_read_text(body.get("justification"), 20_000),
        imports=history or projection,
        is_projection=not history and bool(projection),
    )


def supplement(contents: AppealContents, later: AppealContents) -> AppealContents:
    """The contents with what was supplied later: it replaces what it names; numbers and bonds come in addition."""
    return AppealContents(
        current_center=later.current_center or contents.current_center,
        preferred_center=later.preferred_center or contents.preferred_center,
        importer_numbers=tuple(dict.fromkeys([*contents.importer_numbers, *later.importer_numbers])),
        bond_numbers={**contents.bond_numbers, **later.bond_numbers},
        justification=later.justification or contents.justification,
        imports=later.imports or contents.imports,
        is_projection=later.is_projection if later.imports else contents.is_projection,
    )


def to_document(contents: AppealContents) -> dict[str, Any]:
    """The contents as a JSON value, in the words that `read_contents` reads."""
    imports = [row._asdict() for row in contents.imports]
    return {
        "current_center": contents.current_center,
        "preferred_center": contents.preferred_center,
        "importer_numbers": list(contents.importer_numbers),
        "bond_numbers": dict(contents.bond_numbers),
        "justification": contents.justification,
        "projection" if contents.is_projection else "import_history": imports,
    }


def _missing_preference(contents: AppealContents) -> str | None:
    if contents.preferred_center is None:
        return "It does not name the preferred Center."
    if contents.preferred_center == contents.current_center:
        return "The preferred Center is the current one."
    return None


def _missing_numbers(contents: AppealContents) -> str | None:
    if not contents.importer_numbers:
        return "It does not list the affected importer numbers."
    without = sum(number not in contents.bond_numbers for number in contents.importer_numbers)
    if without:
        return f"It gives no bond number for {without} of {len(contents.importer_numbers)} importer numbers."
    return None


def _read_imports(given: Any) -> tuple[ImportRow, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        return ()
    rows = []
    for item in given:
        if not isinstance(item, Mapping):
            continue
        hts, value = item.get("hts"), item.get("value_usd")
        if _is_tariff(hts) and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            rows.append(ImportRow(str(hts), value))
    return tuple(rows)


def _is_tariff(given: Any) -> bool:
    return isinstance(given, str) and given.isascii() and given.isdigit() and 4 <= len(given) <= 10


def _is_number(given: Any) -> bool:
    if not isinstance(given, str):
        return False
    try:
        kind_of(given)
    except ValueError:
        return False
    return True


def _read_text(given: Any, longest: int) -> str | None:
    return given.strip()[:longest] or None if isinstance(given, str) else None
