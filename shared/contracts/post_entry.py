"""What parties file after entry: protests, disclosures, claims, requests, appeals."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from shared.contracts.terms import Code, Contract, EntryNumber, ImporterNumber, Instant, ShortText


class FilingKind(StrEnum):
    """The kinds of post-entry filing."""

    PROTEST = "protest"
    PRIOR_DISCLOSURE = "prior-disclosure"
    RECONCILIATION = "reconciliation"
    DRAWBACK_CLAIM = "drawback-claim"
    PREFERENCE_CLAIM = "preference-claim"
    INTERNAL_ADVICE = "internal-advice"
    EXTENSION_REQUEST = "extension-request"
    RESPONSE = "response"
    PETITION = "petition"
    CENTER_APPEAL = "center-appeal"
    REFUND_DECLARATION = "refund-declaration"


class FiledBy(Contract):
    """The party that filed, and in which capacity."""

    role: Code = Field(examples=["importer"])
    id: Code
    name: ShortText | None = None


class PostEntryFiled(Contract):
    """A filing on one or more entries; `body` depends on the kind and is kept whole.

    In the body of any kind `answers_request` may give the `request_id` of the CBP 28 or CBP 29 that the filing
    answers, and `goods` a list of the goods that it is about, each with `hts` and, where known, `value_usd`. Both help
    to find whose the filing is where the importer's account has no Center; neither is required.

    A `refund-declaration` asks a program of mass change to refund what it removes from `entries`: its body has
    `program`, the code of the program, and `certified`, which has to be true.
    """

    filing_number: Code
    kind: Annotated[FilingKind, Field(strict=False)]
    importer_number: ImporterNumber
    filed_by: FiledBy
    received_at: Instant
    entries: Annotated[tuple[EntryNumber, ...], Field(max_length=10_000)] = ()
    body: dict[str, Any] = Field(default_factory=dict)
