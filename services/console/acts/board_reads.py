"""What the pages of the enforcement board read of the work queue's answers, held as `reads` is."""

from datetime import date, datetime

from services.console.acts.reads import Read


class Board(Read, frozen=True):
    """The board of a Center: who sits on it in which seat, and how many have to vote."""

    version: int
    quorum: int
    members: dict[str, str]


class BoardAct(Read, frozen=True):
    """What a member did in a matter."""

    hearing: int
    act: str
    member: str
    member_name: str
    at: datetime
    disposition: str | None
    reason: str | None
    opinion: str | None
    is_dissent: bool


class Votes(Read, frozen=True):
    """What the board did in a matter, and how the vote stands."""

    quorum: int | None
    cast: int
    carried: str | None
    acts: list[BoardAct]


class Comparable(Read, frozen=True):
    """A matter that a board disposed of; nobody's name."""

    statute: str
    culpability: str
    loss_usd: str | None
    prior_violations: int | None
    disclosure_status: str | None
    disposition: str
    reason: str
    disposed_on: date
    agrees_in: list[str]


class Comparables(Read, frozen=True):
    """Matters alike, those alike in the most first."""

    items: list[Comparable]


BOARD_READS: dict[tuple[str, str, str], type[Read]] = {
    ("workqueue", "get", "/centers/{center}/board"): Board,
    ("workqueue", "put", "/centers/{center}/board"): Board,
    ("workqueue", "get", "/items/{item_id}/votes"): Votes,
    ("workqueue", "post", "/items/{item_id}/votes"): Votes,
    ("workqueue", "post", "/items/{item_id}/recusals"): Votes,
    ("workqueue", "post", "/items/{item_id}/comparables"): Comparables,
}
"""Every call of these pages, and what it reads of the answer."""
