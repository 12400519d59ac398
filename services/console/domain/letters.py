"""Letters as the party sees them to whom they went."""

from collections.abc import Mapping
from typing import Any, Final

ANSWER: Final = "answer"
"""The form of an answer, as drafts are kept under it."""
TAKES_ANSWERS: Final = ("issued", "reminded", "responded", "overdue", "assessed", "proposed", "silent")
"""States in which an answer is still received; the table of the letter's process says so at the work queue."""
WAITS_FOR_ANSWER: Final = ("issued", "reminded", "overdue", "proposed", "silent")
"""States in which nothing has come yet."""

_APPEALED: Final = frozenset({"N-01", "N-02"})


def way_to_answer(
    service: str, kind: str, entry_number: str | None, facts: Mapping[str, Any]
) -> tuple[str, str] | None:
    """The page on which a notice is answered that no reply answers, with what is done there; None where there is none.

    >>> way_to_answer("workqueue", "N-03", None, {"request_id": "8f0c"})
    ('/letters/8f0c', 'Answer it')
    >>> way_to_answer("liquidation", "N-09", "B7603245278", {})
    ('/my/protest?entry=B7603245278', 'Protest it')
    >>> way_to_answer("routing", "N-01", None, {}), way_to_answer("court", "N-17", None, {})
    (('/my/appeal', 'Ask for another Center'), None)
    """
    if service == "workqueue" and facts.get("request_id"):
        return f"/letters/{facts['request_id']}", "Answer it"
    if service == "liquidation" and entry_number is not None:
        return f"/my/protest?entry={entry_number}", "Protest it"
    if kind in _APPEALED:
        return "/my/appeal", "Ask for another Center"
    return None
