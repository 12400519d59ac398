"""The kinds of notice about the money of programs of mass change: one for a payee and day, never one for an entry."""

from types import MappingProxyType
from typing import Final

from services.notifications.domain.kind import EMAIL, Lane, NoticeKind, Wording

SET_OFF: Final = "N-43"
SENT: Final = "N-44"
STATEMENT: Final = "N-48"
RESULT: Final = "N-49"

_WAITS: Final = (
    "The payment waits, and bears no interest for that time, until what is missing is supplied: enroll for ACH refunds "
    "with valid bank data in your ACE account, or obtain a waiver of electronic payment."
)
_ROWS: Final = (
    "What was dropped says until when something can be done about it; each row is in the results. What was accepted can "
    "be withdrawn until it is posted."
)

PAYMENT_KINDS: Final = (
    NoticeKind(
        id=SET_OFF,
        name="Set-off intended",
        form="message of Centerline",
        trigger="payment-changed: set-off-intended",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 CFR 24.72",
        days="the first day on which the bills are set off",
        lane=Lane.URGENT,
        text="Bills of yours are unpaid after the day on which they were due, and the time to protest them has passed. "
        "They are to be set off against the payment below, from the day named here.",
        if_nothing_is_done="The bills are paid out of the payment, and the rest goes to you. A bill that you pay before "
        "that day, or that is found not to be owed, is not set off.",
    ),
    NoticeKind(
        id=SENT,
        name="Payment of a program sent or returned",
        form="message of Centerline",
        trigger="payment-changed: sent, returned",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1505(b); 91 FR 21 (CBP Dec. 25-18)",
        text="The payment below has been sent. The bank line carries the number stated; the statement lists every "
        "entry, and its totals equal the amount.",
        if_nothing_is_done="Nothing is asked of you.",
        variants=MappingProxyType(
            {
                "returned": Wording(
                    "The bank returned the payment below, for the reason stated.",
                    "The payment is made again under its number once your bank data can be used: complete or correct "
                    "them in your ACE account. It bears no interest for that time.",
                )
            }
        ),
    ),
    NoticeKind(
        id=STATEMENT,
        name="Statement of a payment",
        form="message of Centerline",
        trigger="payment-changed: closed",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1505(b)",
        text="Entries of yours were liquidated or reliquidated by the program below, and their refunds are paid "
        "together. The statement lists every entry. The notices of liquidation are on the public bulletin.",
        if_nothing_is_done="The payment is certified and sent. Each liquidation becomes final for all persons when the "
        "time to protest it has passed.",
        variants=MappingProxyType(
            {
                "waiting": Wording(
                    "Entries of yours were liquidated or reliquidated by the program below. Their refunds are to be "
                    "paid together and cannot be yet. The statement lists every entry. The notices of liquidation are "
                    "on the public bulletin.",
                    f"{_WAITS} Each liquidation becomes final for all persons when the time to protest it has passed.",
                )
            }
        ),
    ),
    NoticeKind(
        id=RESULT,
        name="Result of a declaration",
        form="message of Centerline",
        trigger="declaration-judged",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="own rule of Centerline",
        text="Every row of the declaration below has been judged.",
        if_nothing_is_done=f"What was accepted is posted in its turn. {_ROWS}",
        variants=MappingProxyType(
            {
                "payee-not-ready": Wording(
                    "Every row of the declaration below has been judged. Refunds of it could not be paid today, for "
                    "what is missing.",
                    f"What was accepted is posted in its turn. {_WAITS} {_ROWS}",
                )
            }
        ),
    ),
)
"""N-43 tells what may be done before it is done; N-44, N-48 and N-49 take the place of a mail for each entry."""
