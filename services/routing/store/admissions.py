"""Admissions to trusted-trader programs, kept until there is an account to write them into, and after."""

from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import Final

from services.routing.domain.accounts import Admission
from services.routing.store.tables.admissions import program_admissions
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS: Final = tuple(each.name for each in fields(Admission))
_LOAD: Final = f"""
SELECT {", ".join(_COLUMNS)} FROM program_admissions
WHERE importer_number = ANY($1::text[]) ORDER BY admitted_at, application
"""


async def write(tx: Transaction, admissions: Sequence[Admission]) -> None:
    """Keep admissions; one that is known stays as it is."""
    rows = [astuple(each) for each in admissions]
    await bulk.insert(tx, program_admissions, _COLUMNS, rows, on_conflict="(importer_number, application) DO NOTHING")


async def load(tx: Transaction, importer_numbers: Sequence[str]) -> list[Admission]:
    """The admissions of importers, oldest first."""
    return [Admission(*row) for row in await bulk.fetch(tx, _LOAD, list(importer_numbers))]
