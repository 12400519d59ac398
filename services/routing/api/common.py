"""What the modules of this API share: who calls, how an entry is named, how a reason reads."""

from typing import Annotated

from fastapi import Depends, Path
from pydantic import BaseModel

from shared.runtime.identity import Identity, RoleName
from shared.web.identity import require

SOURCE = "urn:centerline:routing"

RegistrarIdentity = Annotated[
    Identity, Depends(require(RoleName.OFFICE_OF_TRADE, RoleName.OPERATOR, RoleName.ASSISTANT_CENTER_DIRECTOR))
]
EntryNumberPath = Annotated[str, Path(description="Entry number, with or without hyphens.", examples=["B7603245278"])]


class ReasonOut(BaseModel):
    """One ground of a decision."""

    code: str
    text: str
    fact: str | None = None
    citation: str | None = None
