"""Other protests of the same entries: a second one of a party falls, those of other parties are taken together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.liquidation.domain.protest.filing import Filing
from services.liquidation.domain.rules.rule import Finding


def judge_further_protest(*, is_same_party: bool, is_same_category: bool) -> Finding:
    """What becomes of a protest when one on the same entry is on file.

    Rule protest-one-per-category [S], 19 USC 1514(c)(1), 19 CFR 174.15: a second one of the same party on a category is
    rejected, those of different parties are consolidated.

    >>> judge_further_protest(is_same_party=False, is_same_category=True).outcome
    'consolidate'
    """
    if not is_same_category:
        return Finding("protest-one-per-category", "accept", "another category of goods")
    outcome = "reject" if is_same_party else "consolidate"
    return Finding("protest-one-per-category", outcome, "the category is under protest")


@dataclass(frozen=True, slots=True)
class OtherProtest:
    """Another protest on one of the entries; `is_dropped`: withdrawn or rejected, so it stands in nobody's way."""

    number: str
    party: str
    categories: frozenset[str]
    received_at: datetime
    is_dropped: bool


def find_rivals(filing: Filing, others: Sequence[OtherProtest]) -> tuple[str | None, tuple[OtherProtest, ...]]:
    """The earlier protest of the same party on a category, by its number, and those of other parties on it.

    Rule protest-one-per-category [S], 19 USC 1514(c)(1), 19 CFR 174.15; of two the one received first stands.
    """
    earlier: str | None = None
    joined = []
    for each in sorted(others, key=lambda other: (other.received_at, other.number)):
        if each.is_dropped or each.number == filing.number:
            continue
        same = judge_further_protest(
            is_same_party=each.party == filing.party, is_same_category=bool(each.categories & filing.categories)
        )
        is_before = (each.received_at, each.number) < (filing.received_at, filing.number)
        if same.outcome == "reject" and is_before and earlier is None:
            earlier = each.number
        elif same.outcome == "consolidate":
            joined.append(each)
    return earlier, tuple(joined)
