"""The rule book as a file, for whoever decides entries again elsewhere."""

import tempfile
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from services.routing.acts.rulebook import read_pieces, write_rulebook
from services.routing.store.rulebook import RulesInForce
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["rules"])

_SPOOL = 8 * 1024 * 1024
_MEDIA_TYPE = "application/x-ndjson"


@router.get(
    "/rulebook/export",
    summary="Take out the rule book",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A JSON object on each line; the last one has the number of lines before it, their SHA-256, "
            "which is the ETag too, and when the file was taken. `centerline rulebook check` tells whether a file is "
            "whole.",
            "content": {
                _MEDIA_TYPE: {
                    "schema": {"type": "string"},
                    "example": '{"floor_basis_points":100,"format":1,"kind":"rule-book"}\n',
                }
            },
        }
    },
)
@tells("Content-Disposition", "ETag")
async def export_rulebook(request: Request, _: Annotated[Identity, allow("rule-book.export")]) -> StreamingResponse:
    """Everything that entries are decided with, of one state: published tariff maps, criteria with their days,
    confirmed policies, Centers, medians, accounts with their changes and assignments, moves of open matters.

    With it and the archive of the events every decision can be made again: `rule_versions` of a decision names them.
    """
    # Written whole before the first byte goes out: no caller who reads slowly holds a connection or a state.
    file = tempfile.SpooledTemporaryFile(max_size=_SPOOL)  # noqa: SIM115  read_pieces closes it
    try:
        rules: RulesInForce = request.app.state.rules
        sha256 = await write_rulebook(engine_of(request), file, rules.floor_basis_points, now_of(request))
    except BaseException:
        file.close()
        raise
    headers = {
        "Content-Disposition": 'attachment; filename="rulebook.ndjson"',
        "Cache-Control": "private, no-store",
        "ETag": f'"{sha256}"',
    }
    return StreamingResponse(read_pieces(file), media_type=_MEDIA_TYPE, headers=headers)
