"""The words of the field, for newcomers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.api.frame import Visitor, page, visitor

router = APIRouter(include_in_schema=False)


@router.get("/words")
async def read_words(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> Response:
    """Every word with what it means."""
    return page(request, who, "glossary.html")
