"""Goods as they were declared on the lines of an entry under review, and what was decided on the same goods before."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.workqueue.domain.decision import Decision, FoundOn, Outcome
from services.workqueue.domain.item import Item


@dataclass(frozen=True, slots=True)
class DeclaredGoods:
    """One line as it was declared; `key` is that of the goods without the tariff number, None where it is not known.

    Values are whole dollars, the duty is in cents.
    """

    line_number: int
    key: str | None
    tariff: str | None
    special_tariffs: tuple[str, ...]
    origin: str
    manufacturer_id: str | None
    description: str
    value_usd: int
    duty_cents: int
    preference: str | None
    cases: tuple[str, ...]
    quantity: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class DecidedGoods:
    """What a review decided on the goods of one line: kept as declared (no issue), or found otherwise on an issue."""

    goods_key: str
    decision_id: UUID
    number: int
    item_id: UUID
    entry_number: str
    line_number: int
    importer_number: str
    center: str
    process: str
    outcome: Outcome
    issue: str | None
    declared: str
    found: str
    ruling: str | None
    decided_at: datetime
    refused: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether the goods were left as they were declared."""
        return self.declared == self.found


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the answers that earlier decisions gave on the same goods, and how often."""

    issue: str | None
    is_kept: bool
    found: str
    times: int
    last_at: datetime


def list_decided(item: Item, decision: Decision, declared: Sequence[DeclaredGoods]) -> list[DecidedGoods]:
    """What a decision on a review says of the goods of each line, where their key is known.

    A finding says it of its line. A decision that changes nothing keeps all other lines as they were declared; of one
    that changes something without saying where nothing is known. What a second decision says, after the first could not
    be applied, is how the matter ended and nothing on the goods.
    """
    if item.kind != "review" or item.entry_number is None or item.reopened_at is not None:
        return []
    assert item.importer_number is not None, "a review has the importer of its entry"
    by_line = {each.line_number: each for each in declared}
    said: list[tuple[DeclaredGoods, FoundOn | None]] = [
        (by_line[each.line_number], each) for each in decision.finding.found if each.line_number in by_line
    ]
    if decision.finding.outcome == "no-change":
        named = {each.line_number for each in decision.finding.found}
        said += [(each, None) for each in declared if each.line_number not in named and each.tariff is not None]
    return [
        DecidedGoods(
            goods_key=goods.key,
            decision_id=decision.decision_id,
            number=number,
            item_id=item.item_id,
            entry_number=item.entry_number,
            line_number=goods.line_number,
            importer_number=item.importer_number,
            center=item.center,
            process=item.process,
            outcome=decision.finding.outcome,
            issue=found.issue if found is not None else None,
            declared=found.declared if found is not None else goods.tariff or "",
            found=found.found if found is not None else goods.tariff or "",
            ruling=found.ruling if found is not None else None,
            decided_at=decision.at,
        )
        for number, (goods, found) in enumerate(said, 1)
        if goods.key is not None
    ]


def tell_earlier(answers: Sequence[Answer]) -> str:
    """What was decided on the same goods before, in one line, the most frequent first and the rarest never left out.

    >>> from datetime import UTC, datetime
    >>> day = datetime(2026, 3, 2, tzinfo=UTC)
    >>> tell_earlier([Answer(None, True, "8471300100", 40, day), Answer("02", False, "8471410150", 2, day)])
    '42 earlier: 40 kept 8471300100, 2 changed to 8471410150'
    """
    if not answers:
        return "none earlier"
    merged: Counter[tuple[bool, str]] = Counter()
    for each in answers:
        merged[each.is_kept, each.found] += each.times
    told = [
        f"{times} {'kept' if is_kept else 'changed to'} {found}" for (is_kept, found), times in merged.most_common()
    ]
    return f"{merged.total()} earlier: {', '.join(told)}"


def own_first(decided: Iterable[DecidedGoods], centers: Collection[str]) -> list[DecidedGoods]:
    """Decisions of these Centers before those of others, in each the newest first."""
    newest = sorted(decided, key=lambda each: (each.decided_at, each.decision_id, -each.number), reverse=True)
    return sorted(newest, key=lambda each: each.center not in centers)
