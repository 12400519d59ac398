"""Recommendations of policy analysis: each became a draft here, and is compared with what came of it on a day."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

RecommendedKind = Literal["criterion", "tariff-map", "assignment-policy"]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What was recommended in a matter of policy analysis, and the draft that it became.

    `reference` is a criterion's id or a version of a map or policy, `revision` that of the criterion. `measure` says
    which figure is compared on `compare_on`: `before` as it was, `expected` as it should be then.
    """

    recommendation_id: UUID
    matter: UUID
    kind: RecommendedKind
    reference: str
    revision: int | None
    expected_effect: str
    measure: str
    before: Decimal
    expected: Decimal
    compare_on: date
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a recommendation."""

    recommendation_id: UUID
    actual: Decimal
    finding: str
    compared_by: str
    compared_at: datetime


def share_reached(recommended: Recommendation, actual: Decimal) -> int | None:
    """Of the change that was expected, how much came, in whole percent; None where no change was expected.

    Over 100: more came than was expected; below 0: the figure went the other way.
    """
    wanted = recommended.expected - recommended.before
    return None if wanted == 0 else int((actual - recommended.before) * 100 / wanted)
