"""Messages that tell CBP to suspend or to lift: what the form of one asks for, in words."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from services.console.domain.predicates import read_predicate

KINDS: Final[Mapping[str, str]] = MappingProxyType({"suspend": "Suspend liquidation", "lift": "Lift a suspension"})
GROUNDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "adcvd-case": "An antidumping or countervailing duty case",
        "adcvd-type": "An entry type of AD/CVD",
        "injunction": "An injunction",
        "court-order": "A court order",
        "eapa": "An evasion case (EAPA)",
        "other-statute": "Another statute",
    }
)
SOURCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "commerce-message": "Message of Commerce",
        "federal-register": "Federal Register",
        "agency-notice": "Notice of an agency",
        "court-notice": "Notice of a court",
        "court-opinion": "Opinion of a court",
        "timken-notice": "Timken notice",
    }
)
_FIELDS: Final = ("kind", "ground", "reference", "message_number", "source", "noticed_on")


def read_instruction(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """An instruction as liquidation takes it; what is left empty is left out.

    >>> form = {"kind": ["lift"], "reference": [""], "message_number": ["6012345"], "of.case_numbers": ["A570012000"]}
    >>> read_instruction(form)
    {'kind': 'lift', 'message_number': '6012345', 'predicate': {'case_numbers': ['A570012000']}}
    """
    given = {name: (form.get(name) or [""])[0] for name in _FIELDS}
    return {name: value for name, value in given.items() if value} | {"predicate": read_predicate(form)}
