"""Who acts for whom: an importer lets a party do something until a day, ends it; a party sees what it may do."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Delegation, Delegations, Parties, Speaker
from services.console.api.frame import Form, Visitor, form_of, go, key_of, outsider, page, problem_page, status_after
from services.console.domain.speaking import SCOPES, list_recipients
from shared.runtime.identity import RoleName

router = APIRouter(include_in_schema=False)

Party = Annotated[Visitor, Depends(outsider)]

HERE: Final = "/my/delegations"
MOST: Final = 100
"""Parties to choose from, and delegations of each importer."""


@router.get(HERE)
async def read_delegations(request: Request, who: Party) -> Response:
    """What was delegated by and to this person."""
    return await _show(request, who)


@router.post(HERE)
async def delegate(request: Request, who: Party) -> Response:
    """Let a party do something; what is refused comes back with what was chosen."""
    form = await form_of(request, who)
    body: dict[str, Any] = {name: form.get(name, [""])[0] for name in ("importer_number", "reason")}
    body["scopes"] = form.get("scope", [])
    body |= {name: form[name][0] for name in ("from_on", "to_on") if form.get(name, [""])[0]}
    party = form.get("other", [""])[0] or form.get("party", [""])[0] or "none"
    path = f"/parties/{party}/delegations"
    return await _after(
        request, who, await who.person.post("routing", path, Delegation, body, key=key_of(request)), form
    )


@router.post("/my/delegations/{delegation_id}/end")
async def end_delegation(request: Request, who: Party, delegation_id: str) -> Response:
    """Revoke it, or give it back: from today it has no force."""
    form = await form_of(request, who)
    body = {"reason": form.get("reason", [""])[0]}
    done = await who.person.post("routing", f"/delegations/{delegation_id}/revoke", Delegation, body)
    return await _after(request, who, done, form)


async def _after(request: Request, who: Visitor, done: Panel[Any], form: Form) -> Response:
    if done.is_shown:
        return go(f"{HERE}?done=yes")
    return await _show(request, who, refused=done, form=form)


async def _show(
    request: Request, who: Visitor, *, refused: Panel[Any] | None = None, form: Form | None = None
) -> Response:
    me, parties = await panels_of(
        who.person.get("notifications", "/me", Speaker), who.person.get("routing", "/parties", Parties, limit=MOST)
    )
    if me.value is None:
        return problem_page(request, who, me, subject="Delegations")
    speaker: Speaker = me.value
    own = speaker.importer_numbers if RoleName.IMPORTER in who.roles else []
    held = list_recipients([], speaker.filer_code, speaker.surety_code, speaker.party)
    found = await panels_of(
        *(who.person.get("routing", f"/importers/{each}/delegations", Delegations, limit=MOST) for each in own),
        *(who.person.get("routing", f"/parties/{each}/delegations", Delegations, limit=MOST) for each in held),
    )
    return page(
        request,
        who,
        "my_delegations.html",
        status=status_after(refused),
        own=own,
        held=held,
        given=dict(zip(own, found[: len(own)], strict=True)),
        got=dict(zip(held, found[len(own) :], strict=True)),
        parties=parties,
        names={each.party_id: each.name for each in parties.value.items} if parties.value is not None else {},
        scopes=SCOPES,
        refused=refused,
        written={name: values[0] for name, values in (form or {}).items()},
        chosen=(form or {}).get("scope", []),
        done=request.query_params.get("done", ""),
    )
