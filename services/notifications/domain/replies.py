"""Where an answer to a notice goes: the call that takes it, in the service that works on the matter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Reply:
    """The call that takes an answer; files go with it where that call takes them."""

    service: str
    method: str
    path: str
    says: str


_PROTEST: Final = Reply("liquidation", "POST", "/protests", "Protest the liquidation, by the day named.")
_FILING: Final = Reply(
    "routing",
    "EVENT",
    "post-entry-filed",
    "File it as a post-entry filing: it comes to the Center's queue.",
)
_REPLIES: Final[Mapping[str, Reply]] = {
    "N-01": Reply("routing", "POST", "/appeals", "Appeal the assignment, at any time."),
    "N-02": Reply("routing", "POST", "/appeals", "Appeal again, at any time."),
    "N-03": Reply("workqueue", "POST", "/requests/{request_id}/answers", "Answer the request, with files."),
    "N-04": Reply("workqueue", "POST", "/requests/{request_id}/answers", "Give reasons against it, with files."),
    "N-09": _PROTEST,
    "N-13": _PROTEST,
    "N-17": Reply("court", "", "", "Sue in the Court of International Trade, by the day named."),
    **dict.fromkeys(("N-06", "N-20", "N-21", "N-24", "N-25", "N-26", "N-28", "N-29", "N-30", "N-31", "N-32"), _FILING),
}


def reply_to(kind: str, body: Mapping[str, Any]) -> Reply | None:
    """Where an answer to a notice goes; None where nothing is to be answered.

    >>> reply_to("N-03", {"request_id": "8f0c"}).path
    '/requests/8f0c/answers'
    """
    reply = _REPLIES.get(kind)
    if reply is None or "{request_id}" not in reply.path:
        return reply
    request = body.get("request_id")
    return Reply(reply.service, reply.method, reply.path.format(request_id=request), reply.says) if request else None
