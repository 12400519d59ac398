"""Why something was done, as every service says it."""

from services.notifications.domain.facts import Ground
from shared.contracts.decision import Reasons


def grounds_of(reasons: Reasons) -> tuple[Ground, ...]:
    """The reasons of an event in the words of the domain."""
    return tuple(Ground(reason.text, reason.citation, reason.code) for reason in reasons)
