"""What liquidation says of the money of programs: payments of many refunds, and what became of declarations."""

from typing import Annotated, Final, Literal

from pydantic import Field

from shared.contracts.decision import LegalBasis
from shared.contracts.terms import Code, Contract, ImporterNumber, LegalDate, Money, ShortText
from shared.contracts.words import Open

PaymentState = Literal["waiting", "ready", "certified", "paid", "returned", "replaced"]
PaymentChange = Literal["closed", "waiting", "ready", "set-off-intended", "certified", "sent", "returned", "replaced"]
Payee = Literal["importer", "designee"]

MOST_BILLS: Final = 200
"""On how many bills an event says what is set off; GET /payments/{payment} has all."""


class PaymentOffset(Contract):
    """What of a payment is set off, or is to be, against one bill."""

    bill_number: Code
    offset_usd: Money


class PaymentChanged(Contract):
    """A payment of all refunds of one program to one payee of one posting day, or what became of it.

    `sequence` orders what is said of a payment. Refunds of programs are told by their payment, and not one by one.
    """

    payment: Code
    sequence: Annotated[int, Field(ge=1)]
    change: Open[PaymentChange]
    state: Open[PaymentState]
    program: Code
    part: Annotated[
        int, Field(ge=1, description="Goes up when a payment that the bank returned is paid again under its number.")
    ]
    remittance: Code = Field(description="What the bank line carries: the payment and its part.")
    importer_number: ImporterNumber
    payee: Open[Payee] = Field(description="Who is paid; `designee`: whom the importer and the entries name.")
    posted_on: LegalDate
    occurred_on: LegalDate
    refunds: Annotated[int, Field(ge=0)]
    removed_usd: Money = Field(description="Duty that the program removed from the entries of the refunds.")
    interest_usd: Money = Field(description="Interest to the liquidation or reliquidation.")
    other_usd: Money | None = Field(
        default=None,
        description="What the same acts changed beside what the program removed, by other decisions, or took up of an"
        " act before; negative: owed to CBP. The refund of a liquidation is the balance of all of it. Null: unsaid.",
    )
    refund_usd: Money = Field(
        description="The refunds of the whole acts: duty removed, that interest, and what else changed."
    )
    delay_usd: Money = Field(description="Interest for delay, once paid (19 USC 1505(d)).")
    offset_usd: Money = Field(description="What is set off against bills; of `set-off-intended` what is to be.")
    net_usd: Money = Field(description="What goes, or went, to the bank.")
    offsets: Annotated[tuple[PaymentOffset, ...], Field(max_length=200)] = ()
    set_off_from: LegalDate | None = Field(
        default=None, description="Of `set-off-intended`: the first day on which it is applied."
    )
    missing: Code | None = Field(default=None, description="What the payee lacks to be paid.")
    remedy: ShortText | None = Field(default=None, description="What mends it.")
    reason: ShortText | None = Field(default=None, description="Of `returned`: what the bank said.")
    statement: ShortText = Field(description="Path of the statement: every refund with its entry.")
    legal_basis: LegalBasis


class CodeCount(Contract):
    """How many rows of a declaration have a code."""

    code: Code
    entries: Annotated[int, Field(ge=1)]


class DeclarationJudged(Contract):
    """Every row of a declaration to a program is judged; told once to each party that it was made for.

    Each party is told of the rows of its own entries. Later facts may still change a verdict until it is posted.
    """

    declaration_id: Code
    program: Code
    importer_number: ImporterNumber | None = Field(default=None, description="Null where a filer is told.")
    filer_code: Code | None = None
    judged_on: LegalDate
    rows: Annotated[int, Field(ge=0)]
    accepted: Annotated[int, Field(ge=0)]
    dropped: Annotated[int, Field(ge=0)]
    removed_usd: Money = Field(description="Duty that is removed from what is accepted, without interest.")
    codes: Annotated[tuple[CodeCount, ...], Field(max_length=60)] = ()
    payees_not_ready: Annotated[
        int, Field(ge=0, description="Importers of accepted entries who cannot be paid today.")
    ] = 0
    missing: Code | None = Field(default=None, description="What the importer that is told lacks to be paid.")
    remedy: ShortText | None = Field(default=None, description="What mends it.")
    results: ShortText = Field(description="Path of the rows with code, fact, remedy and last day.")
