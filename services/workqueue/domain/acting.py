"""Acting authority: who may act for whom, on which days, once a second person has released it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Acting:
    """A delegation of acting authority: on its legal days, both counted, `to_subject` acts for `from_subject`.

    `proposed_by`, `released_by` and `ended_by` are signatures (`shared.runtime.identity.sign`).
    """

    delegation_id: UUID
    center: str
    from_subject: str
    to_subject: str
    from_on: date
    to_on: date
    reason: str
    proposed_by: str
    proposed_at: datetime
    released_by: str | None = None
    released_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None

    def holds(self, on: date) -> bool:
        """Whether it gives authority on a legal day: released, not ended, and its days are come and not over."""
        return self.released_by is not None and self.ended_by is None and self.from_on <= on <= self.to_on
