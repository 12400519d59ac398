"""Payments of programs: who is paid what, certified by one and sent by another, returned by the bank, as statements."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.program_reads import Program, ProgramPayments, WholePayment
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    hand_on,
    key_of,
    officer,
    page,
    place_after,
    problem_page,
    status_after,
    version_of,
)

router = APIRouter(include_in_schema=False, prefix="/programs/{program}/payments")

Officer = Annotated[Visitor, Depends(officer)]

SHOWN: Final = 25
STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": "all",
        "waiting": "wait for the payee",
        "ready": "ready",
        "certified": "certified",
        "paid": "paid",
        "returned": "returned by the bank",
        "replaced": "replaced by later acts",
    }
)
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "certify": "Certified. Somebody else records that it was sent.",
        "pay": "Recorded: every refund of it is paid.",
        "return": "Recorded: it is owed again, under the same number.",
    }
)


@router.get("")
async def list_payments(
    request: Request, who: Officer, program: str, state: str = "", payee: str = "", after: str = ""
) -> Response:
    """Payments by state and importer."""
    chosen = {"state": state if state in STATES else "", "payee": payee.strip()}
    found, payments = await panels_of(
        who.person.get("liquidation", f"/programs/{program}", Program),
        who.person.get(
            "liquidation", f"/programs/{program}/payments", ProgramPayments, after=after, limit=SHOWN, **chosen
        ),
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The program")
    return page(
        request,
        who,
        "program_payments.html",
        program=found.value,
        payments=payments,
        states=STATES,
        state=chosen["state"],
        payee=chosen["payee"],
        here=f"/programs/{program}/payments?{urlencode(chosen)}",
        more=place_after(payments.value.next) if payments.value is not None else None,
    )


@router.get("/{payment}")
async def read_payment(request: Request, who: Officer, program: str, payment: str) -> Response:
    """A payment: what it comes to, what is set off, what may be done next."""
    return await _show(request, who, program, payment)


@router.get("/{payment}/statement.csv")
async def give_statement(request: Request, who: Officer, payment: str) -> Response:
    """A row for each entry, and the totals that equal the bank amount."""
    opened = await who.person.open("liquidation", f"/payments/{payment}/statement.csv")
    return hand_on(request, who, opened, subject="The statement")


@router.post("/{payment}/acts")
async def act_on_payment(request: Request, who: Officer, program: str, payment: str) -> Response:
    """Certify it, record that it was sent, or that the bank returned it, in the version that the page showed."""
    form = await form_of(request, who)
    act, version, key = form.get("act", [""])[0], version_of(form), key_of(request)
    path, body = f"/payments/{payment}", None
    match act:
        case "certify":
            path += "/certifications"
        case "pay":
            path, body = f"{path}/payouts", {"paid_on": form.get("paid_on", [""])[0]}
        case "return":
            path, body = f"{path}/returns", {name: form.get(name, [""])[0] for name in ("returned_on", "reason")}
        case _:
            raise HTTPException(422)
    done = await who.person.post("liquidation", path, WholePayment, body, key=key, version=version)
    if done.value is None:
        return await _show(request, who, program, payment, refused=done, form=form)
    return go(f"/programs/{program}/payments/{payment}?done={act}")


async def _show(
    request: Request,
    who: Visitor,
    program: str,
    payment: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    found = await who.person.get("liquidation", f"/payments/{payment}", WholePayment)
    if found.value is None:
        return problem_page(request, who, found, subject="The payment")
    if found.value.program != program:
        raise HTTPException(404)
    given = {name: values[0] for name, values in (form or {}).items()}
    return page(
        request,
        who,
        "program_payment.html",
        status=status_after(refused),
        payment=found.value,
        version=found.version,
        may={each.action: each for each in found.value.may_do},
        states=STATES,
        given=given,
        about=given.get("act", ""),
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )
