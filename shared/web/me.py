"""Who am I here: the caller as verified, and what the table of authority lets them do, and where."""

from typing import Annotated, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from shared.customs.authority import AuthorityRow, Scope
from shared.runtime.access import delegated_to, granted, legal_basis, shown_importer_number
from shared.runtime.identity import Identity
from shared.runtime.parties import party_ids
from shared.web.access import allow
from shared.web.requests import today_of


class ScopeOut(BaseModel):
    """How far a row of the table reaches, in the caller's own terms."""

    row_id: str = Field(examples=["entry.liquidate/center"])
    scope: Scope
    where: list[str] = Field(description="Centers, importer numbers, codes: what it reaches; empty: nothing.")
    is_everywhere: bool = Field(description="Whether it reaches everything there is.")


class ActionOut(BaseModel):
    """An action that the caller may do in this service."""

    action: str = Field(examples=["entry.liquidate"])
    legal_basis: str | None = Field(
        description="Who holds the function by law, and on which basis; null where it is the product's own rule.",
        examples=["liquidation-center: 81 FR 92978 (20 Dec 2016); 88 FR 69026 (5 Oct 2023)"],
    )
    scopes: list[ScopeOut]


class MeOut(BaseModel):
    """The caller, and what they may do here."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": "kim",
                    "name": "Kim Sample",
                    "acting_for": None,
                    "signature": "kim",
                    "roles": ["liquidation-specialist"],
                    "centers": ["CEE003"],
                    "divisions": [],
                    "ports": [],
                    "importer_numbers": [],
                    "filer_code": None,
                    "surety_code": None,
                    "party": None,
                    "delegations": [],
                    "actions": [
                        {
                            "action": "entry.liquidate",
                            "legal_basis": "liquidation-center: 81 FR 92978 (20 Dec 2016); 88 FR 69026 (5 Oct 2023)",
                            "scopes": [
                                {
                                    "row_id": "entry.liquidate/center",
                                    "scope": "center",
                                    "where": ["CEE003"],
                                    "is_everywhere": False,
                                }
                            ],
                        }
                    ],
                }
            ]
        }
    )

    subject: str
    name: str
    acting_for: str | None
    signature: str = Field(description="How histories name the caller.", examples=["kim acting for lee"])
    roles: list[str]
    centers: list[str]
    divisions: list[str]
    ports: list[str]
    importer_numbers: list[str]
    filer_code: str | None
    surety_code: str | None
    party: str | None = Field(description="The agent or counsel whom the caller works for.")
    delegations: list[str] = Field(description="What importers have delegated today: `importer number: what`.")
    actions: list[ActionOut]


router: Final = APIRouter(tags=["identity"])
"""GET /me for a service; `request.app.state.actions` are those that its routes name."""


@router.get("/me", summary="Who I am and what I may do")
async def read_me(request: Request, caller: Annotated[Identity, allow("me.read")]) -> MeOut:
    """The verified caller, with each action of this service that their roles have, and how far it reaches."""
    today = today_of(request)
    own = []
    for action in request.app.state.actions:
        if rows := granted(caller, action, today):
            scopes = [_scope(row, caller) for row in rows]
            own.append(ActionOut(action=action, legal_basis=legal_basis(action, today), scopes=scopes))
    return MeOut(
        subject=caller.subject,
        name=caller.name,
        acting_for=caller.acting_for,
        signature=caller.signature,
        roles=sorted(caller.roles),
        centers=sorted(caller.centers),
        divisions=sorted(caller.divisions),
        ports=sorted(caller.ports),
        importer_numbers=[shown_importer_number(caller, each) for each in sorted(caller.importer_numbers)],
        filer_code=caller.filer_code,
        surety_code=caller.surety_code,
        party=caller.party,
        delegations=[
            _tell(number, what, caller)
            for number, what in sorted(
                (number, what) for what, numbers in caller.delegations.items() for number in numbers
            )
        ],
        actions=own,
    )


def _scope(row: AuthorityRow, caller: Identity) -> ScopeOut:
    return ScopeOut(
        row_id=row.row_id,
        scope=row.scope,
        where=_where(row, caller),
        is_everywhere=row.scope in {Scope.NATIONAL, Scope.PUBLIC},
    )


def _where(row: AuthorityRow, caller: Identity) -> list[str]:
    match row.scope:
        case Scope.CENTER:
            return sorted(caller.centers)
        case Scope.DIVISION:
            return [
                f"{center}/{division}" for center in sorted(caller.centers) for division in sorted(caller.divisions)
            ]
        case Scope.UNASSIGNED:
            return ["what no Center has yet"]
        case Scope.OWN_ACCOUNT:
            return [shown_importer_number(caller, number) for number in sorted(caller.importer_numbers)]
        case Scope.DELEGATED:
            wanted = [row.delegated] if row.delegated is not None else []
            return [shown_importer_number(caller, number) for number in sorted(delegated_to(caller, wanted))]
        case Scope.OWN_PARTY:
            return sorted(party_ids(caller))
        case Scope.FILED_BY:
            return [caller.filer_code] if caller.filer_code is not None else []
        case Scope.BONDED_BY:
            return [caller.surety_code] if caller.surety_code is not None else []
        case Scope.PORT:
            return sorted(caller.ports)
        case Scope.NAMED:
            return ["matters on which you are named"]
        case Scope.NATIONAL | Scope.PUBLIC:
            return []


def _tell(number: str, what: str, caller: Identity) -> str:
    return f"{shown_importer_number(caller, number)}: {what}"
