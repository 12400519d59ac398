"""Where an answer to a notice goes: the call that takes it, in the service that works on the matter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID


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
    "File it as a post-entry filing of its kind: it comes to the Center's queue.",
)
_HERE: Final = Reply(
    "notifications",
    "POST",
    "/notices/{notice_id}/reply",
    "Reply here, with files: it comes to the Center's queue.",
)
_REPLIES: Final[Mapping[str, Reply]] = {
    "N-01": Reply("routing", "POST", "/appeals", "Appeal the assignment, at any time."),
    "N-02": Reply("routing", "POST", "/appeals", "Appeal again, at any time."),
    "N-03": Reply("workqueue", "POST", "/requests/{request_id}/answers", "Answer the request, with files."),
    "N-04": Reply("workqueue", "POST", "/requests/{request_id}/answers", "Give reasons against it, with files."),
    "N-09": _PROTEST,
    "N-13": _PROTEST,
    "N-17": Reply("court", "", "", "Sue in the Court of International Trade, by the day named."),
    **dict.fromkeys(("N-26", "N-30", "N-31"), _FILING),
}


def reply_to(kind: str, notice_id: UUID, body: Mapping[str, Any]) -> Reply:
    """Where an answer to a notice goes.

    >>> reply_to("N-03", UUID(int=1), {"request_id": "8f0c"}).path
    '/requests/8f0c/answers'
    """
    reply = _REPLIES.get(kind, _HERE)
    path = reply.path.format(notice_id=notice_id, request_id=body.get("request_id"))
    return Reply(reply.service, reply.method, path, reply.says)


def takes_reply(kind: str) -> bool:
    """Whether a reply in words is an answer to such a notice: a protest, an appeal, a petition and a suit are not.

    >>> takes_reply("N-03"), takes_reply("N-22"), takes_reply("N-09")
    (True, True, False)
    """
    return _REPLIES.get(kind, _HERE).service in {"notifications", "workqueue"}
