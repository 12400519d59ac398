"""The form with which a party files a protest, and in plain words what each protest has to state."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

OBJECTIONS: Final = 3
"""Objections that the form has room for."""

DECISIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "classification-rate-duty": "What the goods are, and so the rate and the amount of duty",
        "appraised-value": "What the goods are worth",
        "charge-exaction": "A fee or other charge",
        "liquidation": "The liquidation as a whole, or its being deemed",
        "exclusion-redelivery": "Goods were not let in, or are demanded back",
        "drawback-refusal": "A refusal to pay duty back on exported goods",
        "preference-refusal-1520d": "A refusal of a lower rate claimed after entry",
    }
)
"""The seven kinds of decisions of 19 USC 1514(a), as one says them."""

CRITERIA: Final[Mapping[str, str]] = MappingProxyType(
    {
        "conflicts-with-decision": "It goes against a ruling or an earlier decision on such goods",
        "not-ruled-on": "The question has not been ruled on",
        "new-facts-or-arguments": "There are facts or arguments that the ruling did not have",
        "advice-declined": "CBP declined to give internal advice on it",
    }
)
"""What further review can rest on (19 CFR 174.24), as one says it."""

STATED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "protestant": ("Name and address of who protests", "name"),
        "importer-number": ("The number of the importer", "entries"),
        "entry": ("The entries", "entries"),
        "decision-date": ("The day of the decision", "decision_on"),
        "goods": ("What goods it is about", "goods"),
        "objections": ("For each category what is wrong, and why", "nature1"),
        "non-collusion-certificate": ("That the surety does not help to protest too late", "non_collusion"),
        "drawback-declaration": ("The declaration on drawback", "drawback_declared"),
        "earlier-protest-number": ("The number of the earlier protest", "earlier_protest"),
    }
)
"""What a protest states (19 CFR 174.13), each with the field in which it is stated."""

_FLAGS: Final = {
    "further_review": "further_review",
    "accelerated": "accelerated_disposition",
    "non_collusion": "non_collusion_certified",
    "drawback_declared": "drawback_declared",
    "redelivery": "redelivery",
}


def read_protest_form(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The body of a protest; what is empty is left out, so that the service says what is missing.

    >>> given = {"entries": ["B76-0324527-8"], "category1": ["cars"], "nature1": ["n"], "reasons1": ["r"]}
    >>> body = read_protest_form(given)
    >>> body["entries"], body["objections"]
    (['B7603245278'], [{'category': 'cars', 'nature': 'n', 'reasons': 'r'}])
    >>> read_protest_form({"entries": [""], "name": ["A"], "decision_on": ["2026-03-02"], "further_review": ["yes"]})
    {'entries': [], 'decision_on': '2026-03-02', 'further_review': True}
    """

    def one(name: str) -> str:
        return form.get(name, [""])[0].strip()

    numbers = one("entries").replace(",", "\n").split()
    body: dict[str, Any] = {"entries": [each.replace("-", "").upper() for each in numbers]}
    given = [{name: one(f"{name}{each}") for name in ("category", "nature", "reasons")} for each in _numbers()]
    if categories := list(dict.fromkeys(each["category"] for each in given if each["category"])):
        body["categories"] = categories
    if objections := [each for each in given if all(each.values())]:
        body["objections"] = objections
    if one("name") and one("address"):
        body["protestant"] = {"name": one("name"), "address": one("address")}
    plain = ("decision", "goods", "decision_on", "demand_on", "earlier_protest")
    body |= {name: one(name) for name in plain if one(name)}
    body |= {field: True for name, field in _FLAGS.items() if one(name)}
    if criteria := [each for each in form.get("criterion", ()) if each]:
        body["further_review_criteria"] = criteria
    return body


def _numbers() -> range:
    return range(1, OBJECTIONS + 1)
