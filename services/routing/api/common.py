"""What the routes of routing share: who calls, how a number and a day are named, how a reason reads."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel

from shared.contracts.terms import IMPORTER_NUMBER_PATTERN
from shared.web.fields import LegalDay

"""Who changes the directory, tariff maps and assignment policies, and starts a run of proposals."""

EntryNumberPath = Annotated[str, Path(description="Entry number, with or without hyphens.", examples=["B7603245278"])]
ImporterNumberPath = Annotated[
    str,
    Path(
        pattern=IMPORTER_NUMBER_PATTERN,
        description="Importer of record number, of any of the three shapes.",
        examples=["07-345678900"],
    ),
]
FilingNumberPath = Annotated[
    str, Path(description="Number of a post-entry filing.", max_length=64, examples=["SYN-PROTEST-0001"])
]
OnDay = Annotated[LegalDay | None, Query(description="The legal day; today unless given.", examples=["2026-03-02"])]


class ReasonOut(BaseModel):
    """One ground of a decision."""

    code: str
    text: str
    fact: str | None = None
    citation: str | None = None
