"""The legal record and the rules of law as notifications can ask for them: by the API of liquidation."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Final

from pydantic import TypeAdapter

from services.notifications.acts.reconciling import AT_ONCE
from services.notifications.domain.questions import RuleRow, rule_row_of
from services.notifications.domain.reconciliation import RecordedAct
from shared.runtime.errors import Transient
from shared.web.asking import Neighbour, Unanswered
from shared.web.pagination import MAX_LIMIT

_ACTS: Final = TypeAdapter(list[RecordedAct])


class RecordByCalls:
    """The legal record as liquidation's API tells it."""

    def __init__(self, liquidation: Neighbour, at_once: int = AT_ONCE) -> None:
        self._liquidation = liquidation
        self._at_once = at_once

    async def read(self, day: date) -> AsyncIterator[Sequence[RecordedAct]]:
        """The acts of a day, page by page; raises `Transient` when liquidation does not answer."""
        path: str | None = f"/posted-acts?day={day.isoformat()}&limit={self._at_once}"
        while path is not None:
            page = await self._liquidation.read(path, None)
            if isinstance(page, Unanswered):
                raise Transient(page.why)
            yield _ACTS.validate_python([tuple(act.values()) for act in page["items"]])
            path = page.get("next")


class RulesByCalls:
    """The rules of law of today as liquidation's API tells anybody."""

    def __init__(self, liquidation: Neighbour) -> None:
        self._liquidation = liquidation

    async def read(self) -> Mapping[str, RuleRow]:
        """Every rule by its id; raises `Transient` when liquidation does not answer."""
        found: dict[str, RuleRow] = {}
        path: str | None = f"/rules?limit={MAX_LIMIT}"
        while path is not None:
            page = await self._liquidation.read(path, None)
            if isinstance(page, Unanswered):
                raise Transient(page.why)
            found |= {row.rule: row for row in map(rule_row_of, page["items"])}
            path = page.get("next")
        return found
