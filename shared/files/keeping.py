"""Keeping a file: its bytes in the store, its row in the database, neither without the other."""

from typing import BinaryIO

from shared.db.transaction import Transaction
from shared.files import store
from shared.files.depot import Depot
from shared.files.file import File


async def keep_file(tx: Transaction, depot: Depot, content: BinaryIO, file: File) -> None:
    """Write the row of a file whose bytes were put into the store before the transaction began.

    What lay there may have been swept in the meantime, since no row named it: then it is put there again. Under the
    lock it stays.
    """
    await store.lock_content(tx, file.sha256)
    if not await depot.has(file.sha256):
        await depot.put(file.sha256, content)
    await store.write_file(tx, file)
