"""One act on many protests: which acts are done so, and what the form of one asks for."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol

from services.console.domain.protest_acts import FORMS, Form, read_protest_act

MOST: Final = 200
"""Protests that an act is tried on at once."""

GROUP_ACTS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        act: FORMS[act]
        for act in (
            *("begin-review", "ask-party", "party-answered", "suspend", "resume", "recommend", "sign", "return"),
            "reject",
        )
    }
)
"""The acts that say the same of every protest of a group."""

STATES: Final = (
    *("filed", "in-review", "waiting-party", "suspended", "at-headquarters", "headquarters-decided"),
    *(
        "awaiting-signature",
        "allowed",
        "allowed-in-part",
        "denied",
        "deemed-denied",
        "rejected",
        "withdrawn",
        "in-court",
    ),
)
"""The states of a protest, in the order in which a Center meets them."""


class Line(Protocol):
    """A protest in a list, with the one for which it waits."""

    @property
    def protest_number(self) -> str: ...
    @property
    def lead_protest(self) -> str | None: ...


def find_lead(lines: Sequence[Line]) -> str | None:
    """The protest for which most of these wait; None where none waits.

    >>> from types import SimpleNamespace as Told
    >>> find_lead([Told(lead_protest=None), Told(lead_protest="A"), Told(lead_protest="B"), Told(lead_protest="B")])
    'B'
    """
    leads = [each.lead_protest for each in lines if each.lead_protest]
    return max(sorted(set(leads)), key=leads.count) if leads else None


def read_group_act(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The act that the form of a group asks for; of a recommendation no entry has a row of its own.

    >>> read_group_act({"act": ["recommend"], "field.reasons": ["As the lead."], "field.otherwise": ["denied"]})
    {'kind': 'recommend', 'reasons': 'As the lead.', 'otherwise': 'denied', 'items': []}
    """
    return read_protest_act(form, [])


def read_versions(form: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The protests that a preview showed, each at its version there; what is none is left out.

    >>> read_versions({"shown": ["270426101688 4", "x y", "z"]})
    [{'protest_number': '270426101688', 'version': 4}]
    """
    pairs = [each.rpartition(" ") for each in form.get("shown", ())]
    return [
        {"protest_number": number, "version": int(version)}
        for number, _, version in pairs
        if number and version.isascii() and version.isdigit()
    ]
