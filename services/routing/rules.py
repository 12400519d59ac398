"""The rules that decisions are made with now, read again when somebody changed them."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.rulebook import RuleBook
from services.routing.store import criteria, directory, policies, rulebook, tariff_maps


class RulesInForce:
    """Every version with its dates, kept between batches. One statement asks whether anything changed."""

    def __init__(self, floor_basis_points: int) -> None:
        self._floor_basis_points = floor_basis_points
        self._changes = -1
        self._book: RuleBook | None = None

    async def read(self, connection: AsyncConnection) -> RuleBook:
        """The rules as they stand for this transaction."""
        changes = await rulebook.count_changes(connection)
        if self._book is None or changes != self._changes:
            self._book = RuleBook(
                await tariff_maps.load_published(connection),
                await criteria.load_timeline(connection, self._floor_basis_points),
                await policies.load_confirmed(connection),
                await directory.load(connection),
            )
            self._changes = changes
        return self._book
