"""What routing would say of an entry, asked before it is filed."""

from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from services.routing.api.entries import DecisionOut, show_decision
from services.routing.domain.decision import decide
from services.routing.handlers import entry_facts
from services.routing.publishing import publish_decision
from services.routing.store import decisions as decision_store
from shared.contracts.entry import EntryBody
from shared.db.transaction import transaction
from shared.runtime.access import demand_sight
from shared.web.identity import CurrentIdentity
from shared.web.requests import engine_of

router = APIRouter()

_EXAMPLE: Final = {
    "entry_number": "B7603245278",
    "version": 1,
    "entry_type": "01",
    "importer_number": "07-345678900",
    "port_of_entry": "2704",
    "entry_date": "2026-03-02",
    "lines": [
        {
            "line_number": 1,
            "description": "PORTABLE COMPUTERS",
            "country_of_origin": "CN",
            "tariffs": [{"hts": "8471300100", "value_usd": 125000, "duty_usd": "0.00"}],
        }
    ],
}
_REQUEST_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The body of `entry-filed` (`docs/contracts/schemas/entry-filed.json`), any version.",
        "content": {"application/json": {"schema": {"type": "object"}, "example": _EXAMPLE}},
    }
}


async def read_entry_body(request: Request) -> EntryBody:
    """Dependency: the entry in the request, held to the same rules as one on the bus; 422 with every field at fault."""
    try:
        return EntryBody.model_validate_json(await request.body())
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
        raise RequestValidationError(faults) from None


@router.post("/route-preview", summary="Where an entry would go", openapi_extra=_REQUEST_BODY)
async def preview_routing(
    body: Annotated[EntryBody, Depends(read_entry_body)], request: Request, caller: CurrentIdentity
) -> DecisionOut:
    """The whole decision with its reasons for an entry as it would be filed; nothing is stored or published.

    Made with the rules in force on the entry date, as the event path would. Outside CBP it tells the Center and why,
    not whether the entry would be reviewed.
    """
    demand_sight(
        caller,
        "account of this importer",
        importer_number=body.importer_number,
        filer_code=body.entry_number[:3],
    )
    async with transaction(engine_of(request)) as tx:
        book = await request.app.state.rules.read(tx.connection)
        accounts = await decision_store.load_accounts(tx, [body.importer_number])
    row = accounts.get(body.importer_number)
    account = row.on(body.entry_date) if row else None
    facts, rules = entry_facts(body), book.on(body.entry_date)
    decision = decide(facts, account, rules)
    published = publish_decision(facts, account, decision, rules.versions)
    return DecisionOut.model_validate(show_decision(orjson.loads(published), caller))
