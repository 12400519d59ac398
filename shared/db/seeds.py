"""Seeds of random samples."""

from typing import Final

from shared.db import bulk
from shared.db.transaction import Transaction

_DRAW: Final = "SELECT gen_random_uuid()::text AS seed"


async def take_seed(tx: Transaction) -> str:
    """A seed that nobody can foresee: the database draws it, so no call can be chosen for the sample that it gives."""
    return str((await bulk.fetch(tx, _DRAW))[0]["seed"])
