"""The assignment policy: by which figures an importer is given a Center, and when another one is proposed."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Final, Literal, cast, get_args

Measure = Literal["goods", "lines", "value"]
"""What is counted: tariff classifications reported, entry lines, or value in dollars."""

Ground = Literal["associated-business-practices", "intended-use", "high-relative-value"]
"""Why an importer may be given another Center than that of its predominant goods."""

GROUNDS: Final[Mapping[Ground, str]] = {
    "associated-business-practices": "associated business practices within an industry",
    "intended-use": "the intended use of the predominant goods",
    "high-relative-value": "the high relative value of goods",
}
"""The grounds of 19 CFR 101.10 in words (deadlines section 14)."""

DEFAULT_VERSION: Final = "number-of-goods"
VALUE_VERSION: Final = "value"


State = Literal["available", "proposed", "confirmed", "in-force", "past"]
"""Available: shipped, not in force. Confirmed: in force from a day to come. Past: another took over."""


@dataclass(frozen=True, slots=True)
class AssignmentPolicy:
    """One version of the policy, whole.

    `measure`: the regulation says number of goods; a trade source of 2017 says that in practice value decided, so that
    is a second policy and both are always shown. `minimum_lines`: lines in the window below which nothing is proposed.
    An account keeps its Center until another one has been ahead by `lead_points` percentage points of the measure in
    the windows of `months_ahead` consecutive months. `broker_by_goods`: a broker that is importer of record is routed
    by the goods on each entry and gets no proposal (believed, tag U of deadlines section 14: the sentence was cut off
    in what was read). `override_grounds`: those that a person may name. `family_together`: the numbers of one account
    family are counted together and get the same proposal. `rest_months`: for how many months nothing is proposed again
    after a person rejected that Center for the account, or gave it its Center against the figures.

    All but the measure and the grounds are choices of this product, not law.
    """

    version: str
    measure: Measure
    minimum_lines: int
    lead_points: int
    months_ahead: int
    broker_by_goods: bool
    override_grounds: tuple[Ground, ...]
    family_together: bool
    rest_months: int

    def to_document(self) -> dict[str, Any]:
        """The policy as JSON, without its version."""
        document = asdict(self)
        del document["version"]
        return {**document, "override_grounds": list(self.override_grounds)}


def from_document(version: str, document: Mapping[str, Any]) -> AssignmentPolicy:
    """The policy that `to_document` wrote."""
    grounds = cast("tuple[Ground, ...]", tuple(document["override_grounds"]))
    return AssignmentPolicy(version, **{**document, "override_grounds": grounds})


@cache
def shipped_policies() -> Mapping[str, AssignmentPolicy]:
    """The policies that the product brings: the regulation's, in force from the start, and the one by value."""
    by_goods = AssignmentPolicy(
        version=DEFAULT_VERSION,
        measure="goods",
        minimum_lines=20,
        lead_points=10,
        months_ahead=3,
        broker_by_goods=True,
        override_grounds=get_args(Ground),
        family_together=False,
        rest_months=6,
    )
    return {DEFAULT_VERSION: by_goods, VALUE_VERSION: replace(by_goods, version=VALUE_VERSION, measure="value")}


def policy_on(versions: Iterable[tuple[date, AssignmentPolicy]], day: date) -> AssignmentPolicy:
    """The version in force on a legal day, of versions with their first days; one of them begins at `date.min`.

    A version that begins later never changes what an earlier day answers.
    """
    return max((item for item in versions if item[0] <= day), key=lambda item: item[0])[1]


def state_of_shipped(version: str, in_force: str) -> State:
    """What a shipped version is while another one, or itself, is in force; the default was once."""
    if version == in_force:
        return "in-force"
    return "past" if version == DEFAULT_VERSION else "available"


def state_of_proposed(version: str, effective_on: date | None, in_force: str | None, today: date) -> State:
    """What a version that a person proposed is on a legal day; `effective_on` is None until it is confirmed."""
    if effective_on is None:
        return "proposed"
    if effective_on > today:
        return "confirmed"
    return "in-force" if version == in_force else "past"
