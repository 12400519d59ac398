"""The work of an importer, a broker, a surety or counsel: what is to be answered, paid or protested, and until when."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Bill, Bills, Entries, Letters, Notices, Payoff
from services.console.acts.to_do import NOT_KNOWN_WHERE, by_day, list_bills, list_letters, list_protests
from services.console.api.frame import Visitor, console_of, outsider, page, problem_page, status_after
from services.console.domain.letters import WAITS_FOR_ANSWER
from shared.customs.calendar import legal_date

router = APIRouter(include_in_schema=False)

Party = Annotated[Visitor, Depends(outsider)]

SHOWN: Final = 20
"""Rows of each kind that are looked for."""
_PROTESTED_FOR: Final = timedelta(days=200)
"""Longer than a liquidation can be protested: 180 days, and what may lie between liquidation and posting."""


@router.get("/my")
async def read_work(request: Request, who: Party) -> Response:
    """What is to be done, in the order of the days; and what has come and nobody has read."""
    today = legal_date(console_of(request).platform.clock.now())
    letters, open_bills, late_bills, entries, unread = await panels_of(
        who.person.get("workqueue", "/requests", Letters, state=list(WAITS_FOR_ANSWER), limit=SHOWN),
        who.person.get("liquidation", "/bills", Bills, state="open", limit=SHOWN),
        who.person.get("liquidation", "/bills", Bills, state="delinquent", limit=SHOWN),
        who.person.get(
            "liquidation",
            "/entries",
            Entries,
            state="liquidated",
            liquidated_from=(today - _PROTESTED_FOR).isoformat(),
            sort="entry-date",
            limit=SHOWN,
        ),
        who.person.get("notifications", "/notices", Notices, unread="true", limit=SHOWN),
    )
    owed: list[Bill] = [bill for panel in (late_bills, open_bills) if panel.value for bill in panel.value.items]
    payoffs = await panels_of(
        *(who.person.get("liquidation", f"/bills/{each.bill_number}/payoff", Payoff) for each in owed)
    )
    found = [
        *list_letters(letters.value.items if letters.value else [], WAITS_FOR_ANSWER),
        *list_bills(
            [(bill.entry_number, each.value) for bill, each in zip(owed, payoffs, strict=True) if each.value], today
        ),
        *list_protests(entries.value.items if entries.value else [], today),
    ]
    panels = {"Letters": letters, "Bills": open_bills, "Late bills": late_bills, "Entries": entries}
    return page(
        request,
        who,
        "my.html",
        to_do=by_day(found),
        not_shown={name: panel for name, panel in panels.items() if not panel.is_shown},
        unpriced=[bill.bill_number for bill, each in zip(owed, payoffs, strict=True) if not each.is_shown],
        is_more=[name for name, panel in panels.items() if panel.value is not None and panel.value.next],
        unread=unread,
    )


@router.get("/my/bills/{number}")
async def read_bill(request: Request, who: Party, number: str, on: str = "") -> Response:
    """What to pay on a bill on a day that the address may name, and where."""
    path = f"/bills/{number}/payoff"
    asked = await who.person.get("liquidation", path, Payoff, on=on)
    if asked.value is not None:
        return _bill_page(request, who, asked.value)
    if asked.problem is not None and asked.problem.status == 422:
        standing = await who.person.get("liquidation", path, Payoff)
        if standing.value is not None:
            return _bill_page(request, who, standing.value, refused=asked)
    return problem_page(request, who, asked, subject="The bill")


def _bill_page(request: Request, who: Visitor, payoff: Payoff, *, refused: Panel[Payoff] | None = None) -> Response:
    return page(
        request,
        who,
        "my_bill.html",
        status=status_after(refused),
        payoff=payoff,
        entry_number=entry_of(payoff.bill_number),
        where=payoff.pay_to or NOT_KNOWN_WHERE,
        refused=refused,
        after=None if payoff.good_through is None else payoff.good_through + timedelta(days=1),
    )


def entry_of(bill_number: str) -> str:
    """The entry of a bill, by whose number that of the bill begins.

    >>> entry_of("B7603245278-B01")
    'B7603245278'
    """
    return bill_number.partition("-")[0]
