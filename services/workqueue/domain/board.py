"""The enforcement board (CEAR): its members and quorum, who stands aside, votes, and comparable matters.

Membership, quorum and thresholds of the boards are not public: each Center sets its own, and every version stays.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from services.workqueue.domain.center_version import CenterVersion

BoardAct = Literal["recused", "shown", "voted"]
COMPARABLES: Final = 20
HOW_TO_SET: Final = (
    "A director of the Center names members and quorum with PUT /centers/{center}/board; then members read"
    " POST /items/{{id}}/comparables and vote with POST /items/{{id}}/votes, and the chair disposes as they voted."
)
"""What to do in a Center without a board: who sits on one is not public, so there is none to begin with."""

_BANDS: Final = (Decimal(0), Decimal(10_000), Decimal(100_000), Decimal(1_000_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(CenterVersion):
    """The board of a Center as it was set: who sits on it for what, and how many have to vote."""

    quorum: int
    members: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ActOfMember:
    """What a member did in a matter. `hearing` counts its hearings: after a deferral all vote anew."""

    item_id: UUID
    number: int
    hearing: int
    act: BoardAct
    member: str
    member_name: str
    at: datetime
    fields: Mapping[str, str | int | None]
    authority: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes of one hearing by disposition, of members who do not stand aside."""

    votes: Mapping[str, int]
    quorum: int

    @property
    def cast(self) -> int:
        """How many voted."""
        return sum(self.votes.values())

    @property
    def carried(self) -> str | None:
        """The disposition that has more votes than any other; None while the quorum is not there, and in a tie."""
        first, *rest = sorted(self.votes.items(), key=lambda each: (-each[1], each[0])) or [("", 0)]
        if self.cast < self.quorum or (rest and rest[0][1] == first[1]):
            return None
        return first[0] or None


class NotOnTheBoard(Exception):  # noqa: N818  the word of the domain
    """What stands against an act of a member: the code of the problem, the sentence, what to do."""

    def __init__(self, code: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.remedy = remedy


def demand_member(board: Board | None, acts: Iterable[ActOfMember], member: str, center: str) -> Board:
    """The board of a Center; raises `NotOnTheBoard` when it has none, for who does not sit on it or stands aside."""
    if board is None:
        raise NotOnTheBoard("board-not-set", f"{center} has set no board.", HOW_TO_SET.format(center=center))
    if member not in board.members:
        raise NotOnTheBoard("not-on-board", "Only members of the board do this.", f"GET /centers/{center}/board.")
    if any(each.act == "recused" and each.member == member for each in acts):
        raise NotOnTheBoard("recused", "You stand aside in this matter.", "Leave it to the other members.")
    return board


def demand_vote(acts: Collection[ActOfMember], member: str, hearing: int) -> None:
    """Raise `NotOnTheBoard` for a member who has voted in this hearing, or was not shown comparable matters before."""
    own = {each.act for each in acts if each.member == member and each.hearing == hearing}
    if "voted" in own:
        raise NotOnTheBoard("voted", "You voted in this hearing.", "A vote stands; after a deferral all vote anew.")
    if "shown" not in own:
        raise NotOnTheBoard(
            "comparables-first",
            "Comparable matters are shown before the vote.",
            "Read them with POST /items/{id}/comparables.",
        )


def tally_of(board: Board, acts: Iterable[ActOfMember], hearing: int) -> Tally:
    """The votes of a hearing, without those of members who stand aside or no longer sit on the board."""
    known = list(acts)
    aside = {each.member for each in known if each.act == "recused"}
    votes = Counter(
        str(each.fields["disposition"])
        for each in known
        if each.act == "voted" and each.hearing == hearing and each.member in board.members and each.member not in aside
    )
    return Tally(dict(votes), board.quorum)


@dataclass(frozen=True, slots=True)
class Violation:
    """What comparable matters are found by; None where it was not recorded."""

    statute: str
    culpability: str
    loss_usd: Decimal | None
    prior_violations: int | None


@dataclass(frozen=True, slots=True)
class Comparable:
    """A matter that the boards disposed of, without whose it is."""

    violation: Violation
    disclosure_status: str | None
    disposition: str
    reason: str
    disposed_on: date


AGREES: Final = ("statute", "culpability", "loss", "record")


def agreements(mine: Violation, other: Violation) -> tuple[str, ...]:
    """In what two violations are alike: statute, culpability, size of the loss, earlier violations."""
    alike = {
        "statute": _plain(mine.statute) == _plain(other.statute),
        "culpability": mine.culpability == other.culpability,
        "loss": _band(mine.loss_usd) is not None and _band(mine.loss_usd) == _band(other.loss_usd),
        "record": _record(mine) is not None and _record(mine) == _record(other),
    }
    return tuple(name for name in AGREES if alike[name])


def panel(mine: Violation, disposed: Sequence[Comparable]) -> list[tuple[Comparable, tuple[str, ...]]]:
    """The last twenty comparable matters: those that are alike in the most first, then the newest."""
    found = [(each, agreements(mine, each.violation)) for each in disposed]
    ranked = sorted(found, key=lambda row: (-len(row[1]), -row[0].disposed_on.toordinal()))
    return [row for row in ranked if row[1]][:COMPARABLES]


def _plain(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


def _band(loss: Decimal | None) -> int | None:
    """The size of a loss: none, and by powers of ten from 10,000 US dollars on."""
    return None if loss is None else sum(loss > each for each in _BANDS)


def _record(violation: Violation) -> int | None:
    """None, one, several earlier violations."""
    return None if violation.prior_violations is None else min(violation.prior_violations, 2)
