"""Protests in bulk by criteria: what the form of a selection asks for, as liquidation takes it, and how it is said."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from services.console.domain.acts import read_fields
from services.console.domain.predicates import read_predicate, say_predicate
from services.console.domain.protest_acts import FORMS, GROUNDS, Form
from services.console.domain.protest_groups import GROUP_ACTS, STATES
from services.console.domain.words import say_code, say_fact

SELECTED_ACTS: Final[Mapping[str, Form]] = MappingProxyType(
    {**GROUP_ACTS, "refuse-further-review": FORMS["refuse-further-review"]}
)
"""The acts that are done on all protests of a selection."""

DECIDING: Final = frozenset({"recommend", "sign", "reject"})
"""The acts before which a sample is looked at."""

USUAL_SAMPLE: Final = 20
"""Protests of the sample that the form begins with; liquidation says the least."""

OPEN_STATES: Final = STATES[:7]
"""The states of a protest that is not decided."""

TIMES: Final = ("timely", "arguable", "untimely", "too-early", "mixed", "unknown")
REVIEWS: Final = (
    *("none", "requested", "granted", "answered", "refused", "set-aside-requested", "set-aside-refused"),
    "fell-away",
)
"""Where further review of a protest stands."""

LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "issue": "Question",
        "states": "State",
        "lead_protest": "Waits for protest",
        "defect": "Ground for rejecting it",
        "timeliness": "In time",
        "further_review": "Further review",
        "received_from": "Received from",
        "received_to": "Received until",
        "due_before": "To act before",
    }
)
"""The parts of the criteria that are about the protest itself."""


def read_criteria(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The criteria that somebody filled in; what is left empty says nothing.

    >>> read_criteria({"issue": ["weight limit"], "states": ["filed", "in-review"], "of.tariff_prefix": ["8471"]})
    {'issue': 'weight limit', 'states': ['filed', 'in-review'], 'entries': {'tariff_prefix': '8471'}}
    """
    found: dict[str, Any] = {}
    for name in LABELS:
        values = [each for each in form.get(name, ()) if each]
        if values:
            found[name] = values if name == "states" else values[0]
    entries = read_predicate(form)
    return found | ({"entries": entries} if entries else {})


def read_selection(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A selection as liquidation takes it; raises `KeyError` for an act that is none of a selection.

    >>> form = {"act": ["recommend"], "field.reasons": ["As the lead."], "field.otherwise": ["denied"]}
    >>> found = read_selection({**form, "issue": ["weight limit"], "reason": ["The lead."], "sample": ["20"]})
    >>> found["act"], found["sample"], found["tolerated"]
    ({'kind': 'recommend', 'reasons': 'As the lead.', 'otherwise': 'denied'}, 20, 0)
    """
    act = _one(form, "act")
    asked = SELECTED_ACTS[act]
    return {
        "criteria": read_criteria(form),
        "act": {"kind": act, **read_fields(form, {field.name: field.kind for field in asked.fields})},
        "reason": _one(form, "reason"),
        "sample": _number(_one(form, "sample") or "0"),
        "tolerated": _number(_one(form, "tolerated") or "0"),
    }


def say_criteria(criteria: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What holds of every protest of a selection, each part with its label.

    >>> say_criteria({"issue": "weight-limit", "states": ["in-review"], "entries": {"center": "CEE007"}})
    [('Question', 'weight limit'), ('State', 'in review'), ('Center', 'CEE007')]
    """
    said = [(label, _say(name, criteria[name])) for name, label in LABELS.items() if criteria.get(name)]
    return said + say_predicate(criteria.get("entries") or {})


def say_selected_act(act: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an act of a selection states, each field with its label.

    >>> say_selected_act({"kind": "recommend", "reasons": "As the lead.", "otherwise": "denied", "items": []})
    [('Reasons', 'As the lead.'), ('Entries without a row below', 'Denied')]
    """
    fields = SELECTED_ACTS[act["kind"]].fields if act["kind"] in SELECTED_ACTS else ()
    return [
        (field.label, say_fact(act[field.name], field.kind, field.codes)) for field in fields if act.get(field.name)
    ]


def label_of(kind: str) -> str:
    """An act in words.

    >>> label_of("begin-review"), label_of("of-later")
    ('Begin the review', 'of later')
    """
    return SELECTED_ACTS[kind].label if kind in SELECTED_ACTS else say_code(kind)


def _say(name: str, value: Any) -> str:
    match name, value:
        case "defect", str():
            return GROUNDS.get(value, say_code(value))
        case _, list():
            return " or ".join(say_code(each) for each in value)
        case (("received_from" | "received_to" | "due_before"), str()):
            return say_fact(value)
        case "lead_protest", str():
            return value
        case _:
            return say_code(str(value))


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _one(form: Mapping[str, Sequence[str]], name: str) -> str:
    return (form.get(name) or [""])[0]
