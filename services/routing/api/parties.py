"""Parties: filers, sureties, agents and counsel with their contacts, and what importers delegate to them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.routing.acts import parties as acts
from services.routing.api.common import ImporterNumberPath
from services.routing.api.party_models import (
    PARTY_ID_PATTERN,
    DelegationDetails,
    DelegationEndIn,
    DelegationIn,
    DelegationOut,
    PartiesIn,
    PartiesRegistered,
    PartyBody,
    PartyChangeOut,
    PartyContactOut,
    PartyContactsIn,
    PartyDetails,
    PartyOut,
)
from services.routing.domain.parties import is_verification_due
from services.routing.store import parties as store
from services.routing.store.parties import DelegationAct
from shared.customs.parties import Delegation, Party, PartyKind
from shared.db.transaction import Transaction, reading, transaction
from shared.parties import store as kept
from shared.runtime.access import is_staff, shown_importer_number
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch, optional_if_match
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["parties"])

PartyPath = Annotated[str, Path(pattern=PARTY_ID_PATTERN, description="Id of a party.", examples=["filer:B76"])]
DelegationPath = Annotated[str, Path(max_length=64, description="Id of a delegation.")]


@router.get("/parties", summary="Filers, sureties, agents and counsel")
async def list_parties(
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("party.read")],
    page: CurrentPage,
    kind: Annotated[PartyKind | None, Query(description="Only parties of this kind.")] = None,
) -> Page[PartyOut]:
    """Parties in order of id. Whom to reach at one of them is told by itself, for those who may know."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_parties(
            connection, kind=kind, after=position[0] if position else None, limit=page.fetch
        )
    return build_page(rows, page, key=lambda row: (row.party_id,), item=_party_out, request=request, response=response)


@router.post("/parties", status_code=201, summary="Register parties")
async def register_parties(
    body: PartiesIn, request: Request, caller: Annotated[Identity, allow("party.register")]
) -> PartiesRegistered:
    """Create parties or bring them up to date. Sending the same again changes nothing; of several for one id the last
    counts.
    """
    given = [party.read() for party in body.parties]
    async with transaction(engine_of(request)) as tx:
        changed = await acts.register_parties(tx, caller, given, reason=body.reason, now=now_of(request))
    return PartiesRegistered(parties=len(given), changed=changed)


@router.get("/parties/{party_id}", summary="One party")
@tells("ETag")
async def read_party(
    party_id: PartyPath, request: Request, response: Response, caller: Annotated[Identity, allow("party.read")]
) -> PartyDetails:
    """The party; contacts for staff, itself, and importers whose delegation to it has force today.

    The ETag is what the changes want in If-Match.
    """
    today = today_of(request)
    async with reading(engine_of(request)) as connection:
        party = acts.demand_party(party_id, await kept.find_party(connection, party_id))
        is_whole = await acts.sees_contacts(connection, caller, party_id, today)
    return _answer(party, response, today, is_whole=is_whole)


@router.put("/parties/{party_id}", summary="Register or change a party", responses=problem_responses([412, 428]))
@tells("ETag")
async def write_party(
    party_id: PartyPath,
    body: PartyBody,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("party.register")],
    if_match: Annotated[IfMatch | None, Depends(optional_if_match)],
) -> PartyDetails:
    """Give the party this name, state and these contacts; one that exists needs If-Match.

    Nothing that was delegated to a closed party has force from the day on which it is closed.
    """
    async with transaction(engine_of(request)) as tx:
        party = await acts.write_party(
            tx, caller, body.read(party_id), if_match, reason=body.reason, now=now_of(request)
        )
    return _answer(party, response, today_of(request), is_whole=True)


@router.put(
    "/parties/{party_id}/contacts", summary="Say whom to reach at a party", responses=problem_responses([412, 428])
)
@tells("ETag")
async def change_contacts(
    party_id: PartyPath,
    body: PartyContactsIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("party.change-contacts")],
    if_match: RequiredIfMatch,
) -> PartyDetails:
    """Replace all contacts, by the party itself or a registrar. Only a registrar can say that one is verified."""
    async with transaction(engine_of(request)) as tx:
        party = await acts.change_contacts(
            tx,
            caller,
            party_id,
            if_match,
            [contact.read() for contact in body.contacts],
            reason=body.reason,
            now=now_of(request),
        )
    return _answer(party, response, today_of(request), is_whole=True)


@router.get("/parties/{party_id}/history", summary="What changed of a party")
async def read_party_history(
    party_id: PartyPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("party-file.read")],
    page: CurrentPage,
) -> Page[PartyChangeOut]:
    """Every change, oldest first: who, when, why, each field with what it was and became. For staff and the party."""
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        acts.demand_party_sight(caller, today_of(request), party_id, await kept.find_party(connection, party_id))
        changes = await store.list_party_changes(
            connection, party_id, after=position[0] if position else None, limit=page.fetch
        )
    return build_page(
        changes,
        page,
        key=lambda change: (change.version,),
        item=lambda change: PartyChangeOut(
            version=change.version,
            act=change.act,
            changes=[{"field": each.name, "from": each.before, "to": each.after} for each in change.fields],
            reason=change.reason,
            changed_by=_shown(caller, change.changed_by, change.changed_by),
            acting_for=_shown(caller, change.changed_by, change.acting_for),
            recorded_at=change.recorded_at,
        ),
        request=request,
        response=response,
    )


@router.get("/parties/{party_id}/delegations", summary="What importers delegated to a party")
async def list_delegations_to_party(
    party_id: PartyPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("party-file.read")],
    page: CurrentPage,
) -> Page[DelegationOut]:
    """In force or not, in order of id. For staff and the party itself; nobody sees another's."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        party = acts.demand_party_sight(
            caller, today_of(request), party_id, await kept.find_party(connection, party_id)
        )
        rows = await store.list_delegations(
            connection, party_id=party_id, after=position[0] if position else None, limit=page.fetch
        )
    return _delegation_page(rows, {party_id: party}, caller, page, request, response)


@router.post(
    "/parties/{party_id}/delegations",
    status_code=201,
    summary="Delegate to a party",
    response_model=DelegationDetails,
)
@tells("ETag", "Location")
async def grant_delegation(
    party_id: PartyPath,
    body: DelegationIn,
    request: Request,
    caller: Annotated[Identity, allow("delegation.grant")],
    call: CurrentIdempotentCall,
) -> Response:
    """The importer delegates, for its own number; a registrar registers a paper that it signed.

    From a day to another, both counted; without a last day until it is revoked. What was delegated cannot be delegated
    on. A delegation that has a scope and a day in common with another one to the same party is refused.
    """

    async def act(tx: Transaction) -> DelegationDetails:
        delegation = await acts.grant_delegation(
            tx,
            caller,
            call,
            party_id=party_id,
            importer_number=body.importer_number,
            scopes=body.scopes,
            from_on=body.from_on,
            to_on=body.to_on,
            reason=body.reason,
            now=now_of(request),
        )
        return await _details(tx, delegation, caller, today_of(request))

    return await answer_once(
        request,
        call,
        act,
        headers=lambda answer: {
            "ETag": etag(answer.version),
            "Location": f"/delegations/{answer.delegation_id}",
        },
    )


@router.get("/importers/{importer_number}/delegations", summary="What an importer delegated")
async def list_delegations_of_importer(
    importer_number: ImporterNumberPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("delegation.read")],
    page: CurrentPage,
) -> Page[DelegationOut]:
    """To all parties, in force or not, in order of id. For staff and the importer itself."""
    acts.demand_importer_sight(caller, today_of(request), importer_number)
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_delegations(
            connection, importer_number=importer_number, after=position[0] if position else None, limit=page.fetch
        )
        parties = await kept.find_parties(connection, [row.party_id for row in rows])
    return _delegation_page(rows, parties, caller, page, request, response)


@router.get("/delegations/{delegation_id}", summary="One delegation")
@tells("ETag")
async def read_delegation(
    delegation_id: DelegationPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("delegation.read")],
) -> DelegationDetails:
    """The delegation with every act on it, for staff, its importer and the party that holds it."""
    async with transaction(engine_of(request)) as tx:
        found = (await kept.find_delegations(tx.connection, [delegation_id])).get(delegation_id)
        delegation = acts.demand_delegation(caller, today_of(request), delegation_id, found)
        details = await _details(tx, delegation, caller, today_of(request))
    response.headers["ETag"] = etag(details.version)
    return details


@router.post("/delegations/{delegation_id}/revoke", summary="End a delegation")
@tells("ETag")
async def end_delegation(
    delegation_id: DelegationPath,
    body: DelegationEndIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("delegation.end")],
) -> DelegationDetails:
    """The importer revokes it, the party that holds it renounces it, a registrar does it for a paper, at any time.

    No If-Match: nothing that another call may have changed could be a reason to let it stand. What was done under it
    before stands.
    """
    async with transaction(engine_of(request)) as tx:
        delegation = await acts.end_delegation(
            tx, caller, delegation_id, on=body.revoked_on, reason=body.reason, now=now_of(request)
        )
        details = await _details(tx, delegation, caller, today_of(request))
    response.headers["ETag"] = etag(details.version)
    return details


def _answer(party: Party, response: Response, today: date, *, is_whole: bool) -> PartyDetails:
    response.headers["ETag"] = etag(party.version)
    contacts = [
        PartyContactOut(
            process=contact.process,
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            verified_on=contact.verified_on,
            is_verification_due=is_verification_due(contact, today),
        )
        for contact in party.contacts
    ]
    return PartyDetails(
        **_party_out(party).model_dump(), contacts=contacts if is_whole else None, version=party.version
    )


def _party_out(party: Party) -> PartyOut:
    return PartyOut.model_validate(
        {
            "party_id": party.party_id,
            "kind": party.kind,
            "name": party.name,
            "state": party.state,
            "closed_on": party.closed_on,
        }
    )


def _delegation_page(
    rows: Sequence[Delegation],
    parties: dict[str, Party],
    caller: Identity,
    page: CurrentPage,
    request: Request,
    response: Response,
) -> Page[DelegationOut]:
    today = today_of(request)
    return build_page(
        rows,
        page,
        key=lambda row: (row.delegation_id,),
        item=lambda row: DelegationOut.model_validate(_document(row, parties[row.party_id], caller, today)),
        request=request,
        response=response,
    )


async def _details(tx: Transaction, delegation: Delegation, caller: Identity, today: date) -> DelegationDetails:
    party = acts.demand_party(delegation.party_id, await kept.find_party(tx.connection, delegation.party_id))
    history = await store.list_delegation_acts(tx.connection, delegation.delegation_id)
    return DelegationDetails.model_validate(
        {**_document(delegation, party, caller, today), "history": [_act_out(act, caller) for act in history]}
    )


def _document(delegation: Delegation, party: Party, caller: Identity, today: date) -> dict[str, object]:
    return {
        "delegation_id": delegation.delegation_id,
        "party_id": delegation.party_id,
        "importer_number": shown_importer_number(caller, delegation.importer_number),
        "scopes": list(delegation.scopes),
        "from_on": delegation.from_on,
        "to_on": delegation.to_on,
        "revoked_on": delegation.revoked_on,
        "is_in_force": delegation.in_force(today) and not party.is_closed(today),
        "version": delegation.version,
    }


def _act_out(act: DelegationAct, caller: Identity) -> dict[str, object]:
    return {
        "version": act.version,
        "act": act.act,
        "is_on_paper": act.is_on_paper,
        "revoked_on": act.revoked_on,
        "reason": act.reason,
        "done_by": _shown(caller, act.done_by, act.done_by),
        "acting_for": _shown(caller, act.done_by, act.acting_for),
        "done_at": act.done_at,
    }


def _shown(caller: Identity, done_by: str, value: str | None) -> str | None:
    """Who did something, for staff and for whoever did it."""
    return value if is_staff(caller) or caller.subject == done_by else None
