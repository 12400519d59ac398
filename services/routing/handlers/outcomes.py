"""Reviews decided: what came of the entries that criteria selected."""

from typing import Final

from services.routing.store.outcomes import Outcome
from shared.contracts.envelope import Event
from shared.contracts.words import known_words
from shared.contracts.work import CriterionWas, ReviewDecided
from shared.customs.money import to_cents

_JUDGEMENTS: Final = frozenset(known_words(CriterionWas))


def on_review_decided(event: Event[ReviewDecided]) -> Outcome:
    """A review's outcome with its effect on duty and fees, and what its findings say of the criteria that led there.

    A criterion that was right on one line and wrong on another was right.
    """
    data = event.data
    effect = to_cents(data.effect.duty_usd) + to_cents(data.effect.fees_usd)
    judged: dict[str, str] = {}
    for each in data.findings:
        if each.criterion is not None and each.criterion_was in _JUDGEMENTS and judged.get(each.criterion) != "right":
            judged[each.criterion] = each.criterion_was
    return Outcome(data.decision_id, data.entry_number, data.process, data.outcome, effect, data.decided_at, judged)
