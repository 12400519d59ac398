"""What reviews decided on goods, by key: written with the decision, asked when the same goods are reviewed again."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import astuple, fields
from uuid import UUID

from services.workqueue.domain.goods import Answer, DecidedGoods
from services.workqueue.store.tables.decisions import decided_goods
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = tuple(each.name for each in fields(DecidedGoods))
_SHOWN_OF_EACH_ANSWER = 5
# One pass over what the index gives for a key: each answer with its count, and its own and newest decisions.
EARLIER = f"""
SELECT {", ".join(_COLUMNS)}, times, last_at FROM (
    SELECT *, count(*) OVER answer AS times, max(decided_at) OVER answer AS last_at,
        row_number() OVER (
            answer ORDER BY (center = ANY($2::text[])) DESC, decided_at DESC, decision_id, number) AS rank
    FROM decided_goods WHERE goods_key = ANY($1::text[]) AND item_id <> $3 AND NOT EXISTS (
        SELECT FROM quality_samples s WHERE s.item_id = decided_goods.item_id AND s.reviewer = $4 AND s.state = 'taken')
    WINDOW answer AS (PARTITION BY goods_key, issue, declared = found, found)
) AS ranked
WHERE rank <= {_SHOWN_OF_EACH_ANSWER}
"""
_MARK_REFUSED = "UPDATE decided_goods SET refused = true WHERE decision_id = ANY($1::uuid[])"


async def write_decided(tx: Transaction, decided: Sequence[DecidedGoods]) -> None:
    """Keep what a decision says of goods."""
    await bulk.copy(tx, decided_goods, _COLUMNS, [astuple(each) for each in decided])


async def mark_refused(tx: Transaction, decision_ids: Collection[UUID]) -> None:
    """Note that the legal record could not apply these decisions; what they say of the goods stays."""
    if not decision_ids:
        return
    await bulk.execute(tx, _MARK_REFUSED, sorted(decision_ids))


async def load_earlier(
    tx: Transaction, keys: Collection[str], own_centers: Collection[str], item_id: UUID, reader: str
) -> dict[str, tuple[list[Answer], list[DecidedGoods]]]:
    """What other items decided on these goods, by key: every answer with its count, and the first decisions of each.

    Those of these Centers come first, then the newest. What `reader` reviews a second time now is not among them.
    """
    answers: defaultdict[str, dict[tuple[str | None, bool, str], Answer]] = defaultdict(dict)
    shown: defaultdict[str, list[DecidedGoods]] = defaultdict(list)
    for *cells, times, last_at in await bulk.fetch(
        tx, EARLIER, sorted(set(keys)), sorted(own_centers), item_id, reader
    ):
        decided = DecidedGoods(*cells)
        answer = (decided.issue, decided.is_kept, decided.found)
        answers[decided.goods_key][answer] = Answer(*answer, times=times, last_at=last_at)
        shown[decided.goods_key].append(decided)
    return {key: (list(found.values()), shown[key]) for key, found in answers.items()}
