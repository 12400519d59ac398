"""Many accounts of a Center at once, as assignments would have written them."""

from shared.db import bulk
from shared.db.transaction import Transaction

_IMPORTERS = """
INSERT INTO importers (importer_number, name, email, sequence)
SELECT '10-' || to_char(n, 'FM0000000') || '00', 'SYNTHETIC IMPORTER ' || n,
    'trade@i' || n || '.example', 1 FROM generate_series(1, $1::integer) n
"""
_FACTS = """
INSERT INTO account_facts (importer_number, sequence, center, effective_on, programs, size)
SELECT importer_number, 1, $1, '2025-01-01', '[]', 'small' FROM importers
"""


async def fill_accounts(tx: Transaction, many: int, center: str) -> None:
    """So many importers of a Center, each with an address and no goods."""
    await bulk.execute(tx, _IMPORTERS, many)
    await bulk.execute(tx, _FACTS, center)
