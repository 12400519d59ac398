"""Importer accounts: registration, listing, one account whole, changes and their history."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.routing.acts import accounts as acts
from services.routing.acts.sight import demand_account, may_read_account, no_account
from services.routing.api.account_models import (
    AccountChangeIn,
    AccountChangeOut,
    AccountDetails,
    AccountOut,
    AccountsIn,
    FamilyId,
    ProgramName,
    Registered,
    read_changes,
    read_given,
)
from services.routing.api.common import ImporterNumberPath
from services.routing.domain.accounts import (
    AccountRecord,
    FieldChange,
    Size,
    is_in_good_standing,
    may_represent,
    programs_on,
    write_document,
)
from services.routing.store import accounts as store
from services.routing.store import assignments as assignment_store
from services.routing.store.accounts import AccountFilter, ListedAccount
from services.routing.store.assignments import RecordedAssignment
from shared.contracts.terms import CenterCode
from shared.customs.calendar import legal_date
from shared.db.transaction import reading, transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["accounts"])


@router.post("/importers", status_code=201, summary="Register importer accounts")
async def register_importers(
    body: AccountsIn, request: Request, caller: Annotated[Identity, allow("account.register")]
) -> Registered:
    """Create accounts or bring them up to date. Sending the same again changes nothing.

    An assignment is appended when the Center differs from the newest one; entries decided before keep their decision.
    Of several bodies for one number the last counts. For thousands of accounts use POST /importers/imports.
    """
    given = [read_given(account) for account in body.accounts]
    async with transaction(engine_of(request)) as tx:
        done = await acts.register_accounts(tx, caller, given, reason="Registered.", now=now_of(request))
    return Registered(accounts=done.accounts, assignments=done.assignments)


@router.get("/importers", summary="Importer accounts")
async def list_importers(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("account.list")],
    page: CurrentPage,
    center: Annotated[
        CenterCode | None, Query(description="Only accounts of this Center.", examples=["CEE007"])
    ] = None,
    family: Annotated[FamilyId | None, Query(description="Only accounts of this family.")] = None,
    program: Annotated[
        ProgramName | None,
        Query(description="Only accounts that are in this trusted-trader program today.", examples=["CTPAT"]),
    ] = None,
    size: Annotated[Size | None, Query(description="Only accounts of this size.")] = None,
    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            pattern=r"^[^\x00]*$",
            description="How the name or the number begins; a social security number is found by its whole only.",
        ),
    ] = None,
) -> Page[AccountOut]:
    """Accounts in the order in which they were registered, with their newest assignment."""
    position = page.position(int)
    today = today_of(request)
    wanted = AccountFilter(today, center, family, program, size, q)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_accounts(connection, wanted, after=position[0] if position else None, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.ordinal,),
        item=lambda row: _account_out(row, caller, today),
        request=request,
        response=response,
    )


@router.get("/importers/{importer_number}", summary="One importer account")
@tells("ETag")
async def read_importer(
    importer_number: ImporterNumberPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("account.read")],
) -> AccountDetails:
    """The whole account, for staff, its holder, and the brokers that may act for it today.

    The ETag is what PATCH wants in If-Match.
    """
    async with reading(engine_of(request)) as connection:
        account = await store.find_account(connection, importer_number)
        history = await assignment_store.find_assignments(connection, importer_number)
    account = demand_account(caller, importer_number, account, today_of(request))
    return _answer(account, history, caller, today_of(request), response)


@router.patch(
    "/importers/{importer_number}",
    summary="Change an importer account",
    responses=problem_responses([412, 428]),
)
@tells("ETag")
async def change_importer(
    importer_number: ImporterNumberPath,
    body: AccountChangeIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("account.change")],
    if_match: RequiredIfMatch,
) -> AccountDetails:
    """Change what the body names, and note who, when, why and what in the history.

    Registrars may change everything; national account managers contacts, other names and related parties; the holder
    its contacts and brokers, where only the Center can say that a contact is verified. The Center is not changed
    here: assignments have their own proposals and appeals. Decisions already made keep what they rested on.
    """
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        after = await acts.change_account(
            tx, caller, importer_number, if_match, read_changes(body), reason=body.reason, now=now
        )
        history = await assignment_store.find_assignments(tx.connection, importer_number)
    return _answer(after, history, caller, legal_date(now), response)


@router.get("/importers/{importer_number}/history", summary="What changed in an importer account")
async def read_importer_history(
    importer_number: ImporterNumberPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("account-history.read")],
    page: CurrentPage,
) -> Page[AccountChangeOut]:
    """Every change, oldest first: who, when, why, each field with what it was and became. For staff and the holder."""
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        account = await store.find_account(connection, importer_number)
        if account is None or not may_read_account(caller, importer_number, today_of(request)):
            raise no_account(caller, importer_number)
        changes = await store.find_account_changes(
            connection, importer_number, after=position[0] if position else None, limit=page.fetch
        )
    return build_page(
        changes,
        page,
        key=lambda change: (change.revision,),
        item=lambda change: AccountChangeOut(
            revision=change.revision,
            action=change.action,
            changes=_shown(caller, [_field_out(field) for field in change.fields]),
            reason=change.reason,
            changed_by=change.changed_by,
            acting_for=change.acting_for,
            recorded_at=change.recorded_at,
        ),
        request=request,
        response=response,
    )


def _answer(
    account: AccountRecord,
    history: Sequence[RecordedAssignment],
    caller: Identity,
    today: date,
    response: Response,
) -> AccountDetails:
    response.headers["ETag"] = etag(account.revision)
    return _account_details(caller, account, history[-1] if history else None, today)


def _account_out(row: ListedAccount, caller: Identity, today: date) -> AccountOut:
    return AccountOut(
        importer_number=shown_importer_number(caller, row.importer_number),
        name=row.name,
        size=row.size,
        is_broker=row.is_broker,
        trusted_programs=list(programs_on(row.trusted_programs, today)),
        family=row.family,
        center=row.center,
        basis=row.basis,
        effective_on=row.effective_on,
    )


def _account_details(
    caller: Identity, account: AccountRecord, newest: RecordedAssignment | None, today: date
) -> AccountDetails:
    document = write_document(account)
    is_whole = may_read_account(caller, account.importer_number, today)
    if not is_whole:
        filer_code = caller.filer_code or ""
        document["brokers"] = [item for item in document["brokers"] if item["filer_code"] == filer_code]
        document["contacts"] = [
            item for item in document["contacts"] if may_represent(account.brokers, filer_code, item["process"], today)
        ]
        document["standing"] = document["related_parties"] = []
    return AccountDetails.model_validate(
        {
            **document,
            "related_parties": _shown(caller, document["related_parties"]),
            "importer_number": shown_importer_number(caller, account.importer_number),
            "programs_in_force": programs_on(account.trusted_programs, today),
            "is_in_good_standing": is_in_good_standing(account.standing, today) if is_whole else None,
            "center": newest.center if newest else None,
            "basis": newest.basis if newest else None,
            "effective_on": newest.effective_on if newest else None,
            "revision": account.revision,
        }
    )


def _field_out(change: FieldChange) -> dict[str, Any]:
    return {"field": change.name, "from": change.before, "to": change.after}


def _shown(caller: Identity, value: Any) -> Any:
    """The JSON value as the caller may see it: importer numbers in it masked where they must be."""
    if isinstance(value, list):
        return [_shown(caller, item) for item in value]
    if isinstance(value, dict):
        return {
            name: shown_importer_number(caller, item)
            if name == "importer_number" and item is not None
            else _shown(caller, item)
            for name, item in value.items()
        }
    return value
