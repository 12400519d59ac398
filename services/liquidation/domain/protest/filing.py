"""A protest as it was filed: who protests against what, and with which contents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal

from services.liquidation.domain.counting import protest_filed_on

Protestant = Literal[
    "importer",
    "consignee",
    "surety",
    "payer",
    "person-seeking-delivery",
    "drawback-claimant",
    "origin-certifier",
    "agent",
    "other",
]

# With a day beyond these no period can be reckoned: it is taken as not stated.
_EARLIEST: Final = date(1900, 1, 1)
_LATEST: Final = date(2199, 12, 31)
_PROTESTANTS: Final[Mapping[str, Protestant]] = {
    "importer": "importer",
    "consignee": "consignee",
    "surety": "surety",
    "payer": "payer",
    "person-seeking-delivery": "person-seeking-delivery",
    "drawback-claimant": "drawback-claimant",
    "exporter": "origin-certifier",
    "producer": "origin-certifier",
    "agent": "agent",
    "broker": "agent",
    "filer": "agent",
    "trade-counsel": "agent",
    "attorney": "agent",
}
_DECISION_OF_CATEGORY: Final[Mapping[str, str]] = {
    "classification": "classification-rate-duty",
    "rate": "classification-rate-duty",
    "duty": "classification-rate-duty",
    "value": "appraised-value",
    "appraisement": "appraised-value",
    "charge": "charge-exaction",
    "fee": "charge-exaction",
    "interest": "charge-exaction",
    "exclusion": "exclusion-redelivery",
    "redelivery": "exclusion-redelivery",
    "drawback": "drawback-refusal",
    "preference": "preference-refusal-1520d",
}


@dataclass(frozen=True, slots=True)
class Filing:
    """A protest in the words of the filer; `received_on` is the legal day of receipt (count-date-filed-protest).

    `filer_role` and `filer_id` are those of the filing, None when they are empty. `party` tells parties apart: an agent
    is the one for whom it files. `decision_on` is the day of the decision as the filer states it, `demanded_on` that of
    the demand on the surety.
    """

    number: str
    filer_role: str | None
    filer_id: str | None
    protestant: Protestant
    party: str
    importer_number: str
    received_at: datetime
    received_on: date
    entries: tuple[str, ...]
    decision: str
    categories: frozenset[str]
    issue: str
    decision_on: date | None
    demanded_on: date | None
    has_protestant: bool
    has_goods: bool
    has_objections: bool
    earlier_protest: str | None
    asks_like_treatment: bool
    is_non_collusion_certified: bool
    is_drawback_declared: bool
    is_section_337: bool
    is_origin_decision: bool
    is_redelivery: bool
    asks_further_review: bool
    further_review_criteria: tuple[str, ...]
    acceleration_mailed_on: date | None


def read_filing(
    number: str,
    importer_number: str,
    filed_by: Mapping[str, Any],
    entries: Sequence[str],
    received_at: datetime,
    body: Mapping[str, Any],
) -> Filing:
    """Read what a filing states; whatever it does not state in a form that can be read is taken as not stated."""
    role = str(filed_by.get("role", ""))
    protestant = _PROTESTANTS.get(role, "other")
    categories = frozenset(_texts(body.get("categories")) or _texts([body.get("claim")]))
    named = sorted(_DECISION_OF_CATEGORY[each] for each in categories if each in _DECISION_OF_CATEGORY)
    decision = _text(body.get("decision")) or (named[0] if named else "liquidation")
    received_on = protest_filed_on(received_at)
    person = body.get("protestant")
    person = person if isinstance(person, Mapping) else {}
    objections = body.get("objections")
    mailed_on = _date(body.get("acceleration_mailed_on"))
    is_own = protestant in ("surety", "origin-certifier", "payer", "person-seeking-delivery", "consignee", "other")
    return Filing(
        number=number,
        filer_role=role or None,
        filer_id=str(filed_by.get("id", "")) or None,
        protestant=protestant,
        party=f"{protestant}:{filed_by.get('id', '')}" if is_own else f"importer:{importer_number}",
        importer_number=importer_number,
        received_at=received_at,
        received_on=received_on,
        entries=tuple(dict.fromkeys(entries)),
        decision=decision,
        categories=categories,
        issue=_text(body.get("issue")) or f"{decision}: {', '.join(sorted(categories)) or 'no category'}",
        decision_on=_date(body.get("decision_on")),
        demanded_on=_date(body.get("demand_on")),
        has_protestant=bool(_text(person.get("name")) or filed_by.get("name")) and bool(_text(person.get("address"))),
        has_goods=bool(_text(body.get("goods"))),
        has_objections=_states_objections(objections, categories) or bool(_text(body.get("reasons")) and categories),
        earlier_protest=_text(body.get("earlier_protest")),
        asks_like_treatment=body.get("like_treatment") is True,
        is_non_collusion_certified=body.get("non_collusion_certified") is True,
        is_drawback_declared=body.get("drawback_declared") is True,
        is_section_337=body.get("section_337") is True,
        is_origin_decision=body.get("origin_decision") is True,
        is_redelivery="redelivery" in categories or body.get("redelivery") is True,
        asks_further_review=body.get("further_review") is True,
        further_review_criteria=_texts(body.get("further_review_criteria")),
        # What came with the protest was asked with it, never before (protest-accel-request).
        acceleration_mailed_on=max(mailed_on or received_on, received_on)
        if body.get("accelerated_disposition") is True
        else None,
    )


def amend(filing: Filing, categories: Sequence[str]) -> Filing:
    """The filing with further categories, which an amendment in time adds.

    Rule protest-amend [S], 19 USC 1514(c)(1), 19 CFR 174.14.
    """
    return replace(filing, categories=filing.categories | frozenset(categories))


def _states_objections(objections: Any, categories: frozenset[str]) -> bool:
    if not isinstance(objections, list) or not objections:
        return False
    stated = {
        str(each.get("category"))
        for each in objections
        if isinstance(each, Mapping) and _text(each.get("nature")) and _text(each.get("reasons"))
    }
    return bool(stated) and categories <= stated


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, value))) if isinstance(value, list | tuple) else ()


def _date(value: Any) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        given = date.fromisoformat(value)
    except ValueError:
        return None
    return given if _EARLIEST <= given <= _LATEST else None
