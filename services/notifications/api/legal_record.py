"""The legal record as notifications can ask for it: by the API of liquidation, which tells anybody what is posted."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Final

from pydantic import TypeAdapter

from services.notifications.acts.reconciling import AT_ONCE
from services.notifications.domain.reconciliation import RecordedAct
from shared.runtime.errors import Transient
from shared.web.asking import Neighbour, Unanswered

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
