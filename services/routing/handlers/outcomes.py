"""Reviews decided: what came of the entries that criteria selected."""

from services.routing.store.outcomes import Outcome
from shared.contracts.envelope import Event
from shared.contracts.work import ReviewDecided
from shared.customs.money import to_cents


def on_review_decided(event: Event[ReviewDecided]) -> Outcome:
    """A review's outcome with its effect on duty and fees."""
    data = event.data
    effect = to_cents(data.effect.duty_usd) + to_cents(data.effect.fees_usd)
    return Outcome(data.decision_id, data.entry_number, data.process, data.outcome, effect, data.decided_at)
