"""The HTTP side of proofs: what a program did to an entry, with the path from it to the root of its run."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts.program_proofs import prove
from services.liquidation.acts.programs import no_program
from services.liquidation.api.common import EntryNumberPath, matter_of_entry, money_policy_of, no_entry
from services.liquidation.api.programs import ProgramPath, mask_definition, mask_importer
from services.liquidation.api.voided_postings import VoidedPostingOut
from services.liquidation.store.programs import find_program
from services.liquidation.store.records import load_entries
from shared.contracts.liquidation import RefundState
from shared.contracts.payment import PaymentState
from shared.db.transaction import snapshot
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import canonical_entry_number, engine_of, today_of

router = APIRouter(tags=["programs"])

_DIGEST: Final = "b3f1c7a27f0c8f4e2d5c6b7a8990a1b2c3d4e5f60718293a4b5c6d7e8f901234"
_ENTRY: Final = "B7603245278"


class PostedOut(BaseModel):
    """What was posted, as the leaf has it, field by field."""

    program: str
    revision: int
    definition_sha256: str = Field(description="SHA-256 of the revision: JSON with sorted keys and no blanks.")
    entry_number: str
    version: int = Field(description="The version of the summary that governed.")
    declaration_id: str
    row_number: int
    cohort: str
    act: str
    writer: str
    act_key: str
    sequence: int = Field(description="The number of the act on the entry, as `entry-changed` tells it.")
    posted_on: date
    liquidated_on: date
    paid_on: date | None
    headings: list[str]
    removed_usd: str
    outcome: str
    interest_usd: str | None = Field(description="Owed to the importer; negative where the importer owed.")
    refund_usd: str | None = Field(
        description="Of the whole act: the balance of all that it changed, also by decisions of others, with interest."
    )
    refund_number: str | None
    missing: str | None = Field(description="The fact without which interest could not be reckoned when it was posted.")


class LeafOut(BaseModel):
    """The canonical text of what was posted, and its SHA-256."""

    text: str
    sha256: str


class TreeOut(BaseModel):
    """The path from the leaf to the root of its run (RFC 6962, 2.1)."""

    leaves: int = Field(description="How many entries the run posted.")
    index: int = Field(description="The place of this one among them, from 0, in order of entry number.")
    path: list[str] = Field(description="The digests beside the way, the lowest first.")
    root: str


class LineOut(BaseModel):
    """Duty of one line under one number that was removed."""

    line_number: int
    hts: str
    before_usd: str
    removed_usd: str
    after_usd: str


class ProofRateOut(BaseModel):
    """The rate of one quarter."""

    quarter: str | None = Field(description="null: a rate that the order names.")
    from_: date = Field(alias="from", description="The first day that bears it.")
    to: date
    days: int
    rate_pct: str = Field(description="Percent a year, compounded daily; that of an order is simple.")


class ProofSegmentOut(BaseModel):
    """A time in which one side owed the other."""

    debtor: Literal["importer", "cbp"]
    amount_usd: str
    start: date = Field(description="Bears no interest.")
    end: date = Field(description="Bears interest.")
    rates: list[ProofRateOut]


class MoneyOut(BaseModel):
    """What the interest was reckoned from; amounts are positive where the importer owes."""

    payee: Literal["corporate", "non-corporate"] | None
    terms: Literal["1505c", "none", "ordered"]
    ordered_rate_pct: str | None
    ordered_from: date | None
    days_in_leap_year: Literal[365, 366] | None = Field(description="null: no day of a leap year bears interest.")
    segments: list[ProofSegmentOut]
    interest_usd: str
    assessed_before_usd: str = Field(description="Interest that acts before this one assessed.")
    change_usd: str
    total_usd: str
    is_disregarded: bool = Field(description="Less than 20 dollars (19 CFR 159.6): neither billed nor refunded.")


class OfProgramOut(BaseModel):
    """The revision that was in force."""

    definition: dict[str, Any] | None = Field(
        description="null: it names importers whose numbers the caller may not see whole; the leaf has its digest."
    )


class OrderOut(BaseModel):
    """The order by which it was done."""

    title: str
    order: str
    citation: str


class ProofRunOut(BaseModel):
    """The run in which it was posted."""

    run: int
    kind: str
    state: str
    posted_on: date
    lane: str


class ProofActOut(BaseModel):
    """The legal act in the history of the entry."""

    change: str
    occurred_on: date
    rule: str
    kind: str | None
    authority: str | None


class ProofRuleOut(BaseModel):
    """A rule that was applied."""

    rule: str
    citation: str
    says: str


class AssessedOut(BaseModel):
    """What the act comes to by what is known now."""

    outcome: str
    total_usd: str | None
    other_usd: str = Field(
        description="What it changed beside what the program removed, by decisions of others; below zero: owed to CBP."
    )
    says: str = Field(description="The same in words.")
    is_disregarded: bool
    why: str | None


class RefundStandOut(BaseModel):
    """The refund as it stands now."""

    refund_number: str
    state: RefundState
    refund_usd: str = Field(description="Of the whole act: the balance of all that it changed, with interest.")
    removed_usd: str = Field(description="What of it the program removed.")
    interest_usd: str
    other_usd: str = Field(description="What else it holds, by decisions of others; below zero: owed to CBP.")
    says: str = Field(description="The same in words.")
    due_on: date
    certified_on: date | None
    paid_on: date | None


class PaidWithOut(BaseModel):
    """The payment in which the refund goes, as it stands now."""

    payment: str
    state: PaymentState
    part: int
    certified_on: date | None
    paid_on: date | None
    statement: str = Field(description="Where every refund of the payment is told.")


class ProofReversalOut(BaseModel):
    """How it was undone, where it was."""

    state: str
    reason: str | None
    act_key: str | None


class ToldOut(BaseModel):
    """What is said beside the proof, as it stands now: nothing of it is under the root."""

    program: OrderOut
    run: ProofRunOut
    importer_number: str
    entry_date: date | None
    act: ProofActOut | None
    event_id: str = Field(description="The `entry-changed` event that told of the act.")
    rules: list[ProofRuleOut]
    assessment: AssessedOut | None
    refund: RefundStandOut | None
    payment: PaidWithOut | None = Field(description="null: the refund is in no payment yet.")
    reversal: ProofReversalOut | None
    voided: list[VoidedPostingOut] = Field(
        description="Postings of the entry that have no effect in law; of one whose act is here nothing stands."
    )


class ProofOut(BaseModel):
    """What a program did to an entry, and how that is proved."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.update(examples=[_example()]))

    form: Literal["centerline-proof-1"]
    posted: PostedOut
    leaf: LeafOut
    tree: TreeOut | None = Field(description="null: its run is not sealed yet.")
    program: OfProgramOut
    lines: list[LineOut]
    money: MoneyOut | None = Field(description="null: no interest was posted.")
    told: ToldOut


def _example() -> dict[str, Any]:
    posted = {
        "program": "ieepa-2026",
        "revision": 1,
        "definition_sha256": _DIGEST,
        "entry_number": _ENTRY,
        "version": 1,
        "declaration_id": "0c6d0b58-6f0c",
        "row_number": 1,
        "cohort": "recent",
        "act": "reliquidate",
        "writer": "center",
        "act_key": "reliquidation:1",
        "sequence": 20000001,
        "posted_on": "2026-05-20",
        "liquidated_on": "2026-05-20",
        "paid_on": "2025-03-12",
        "headings": ["99030124"],
        "removed_usd": "9375.00",
        "outcome": "refund",
        "interest_usd": "799.68",
        "refund_usd": "10174.68",
        "refund_number": "B7603245278-R01",
        "missing": None,
    }
    return {
        "form": "centerline-proof-1",
        "posted": posted,
        "leaf": {"text": "centerline-leaf-1|ieepa-2026|1|…", "sha256": _DIGEST},
        "tree": {"leaves": 2, "index": 0, "path": [_DIGEST], "root": _DIGEST},
        "program": {"definition": {"program": "ieepa-2026", "removes": [{"headings": "99030124"}]}},
        "lines": [
            {
                "line_number": 1,
                "hts": "99030124",
                "before_usd": "9375.00",
                "removed_usd": "9375.00",
                "after_usd": "0.00",
            }
        ],
        "money": {
            "payee": "non-corporate",
            "terms": "1505c",
            "ordered_rate_pct": None,
            "ordered_from": None,
            "days_in_leap_year": None,
            "segments": [
                {
                    "debtor": "cbp",
                    "amount_usd": "9375.00",
                    "start": "2025-03-12",
                    "end": "2026-05-20",
                    "rates": [
                        {"quarter": "2025-Q1", "from": "2025-03-13", "to": "2025-03-31", "days": 19, "rate_pct": "7"}
                    ],
                }
            ],
            "interest_usd": "-799.68",
            "assessed_before_usd": "0.00",
            "change_usd": "-9375.00",
            "total_usd": "-10174.68",
            "is_disregarded": False,
        },
        "told": {
            "program": {"title": "Refund of a duty", "order": "SYNTHETIC order", "citation": "SYNTHETIC"},
            "run": {"run": 1, "kind": "posting", "state": "done", "posted_on": "2026-05-20", "lane": "set"},
            "importer_number": "07-345678900",
            "entry_date": "2025-03-02",
            "act": None,
            "event_id": "6f0c2f0a-4a7c-4f3e-9a55-3b1f0f6b7c11",
            "rules": [],
            "assessment": None,
            "refund": None,
            "payment": None,
            "reversal": None,
            "voided": [],
        },
    }


@router.get("/programs/{program}/entries/{entry_number}/proof", summary="The proof of what a program did to an entry")
async def read_proof(
    program: ProgramPath,
    entry_number: EntryNumberPath,
    request: Request,
    caller: Annotated[Identity, allow("refund-declaration.read")],
) -> ProofOut:
    """What was posted, the duty of each line, the interest by quarters, and the path to the root of the run.

    `centerline verify-proof FILE` checks the answer without any database; what stands in `told` is not proved.
    """
    number, reach = canonical_entry_number(entry_number), reach_of(caller, "refund-declaration.read", today_of(request))
    async with snapshot(engine_of(request)) as tx:
        entry = (await load_entries(tx, [number])).get(number)
        if entry is None or not reach.covers(matter_of_entry(entry)):
            raise no_entry(number)
        if await find_program(tx.connection, program) is None:
            raise no_program(program)
        proven = await prove(tx, program, number, money_policy_of(request).settings)
    definition = dict(proven.revision.definition)
    is_whole = mask_definition(definition, caller) == definition
    return ProofOut.model_validate(
        {
            **proven.document,
            "program": {"definition": definition if is_whole else None},
            "told": {**proven.told, "importer_number": mask_importer(proven.importer_number, caller)},
        }
    )
