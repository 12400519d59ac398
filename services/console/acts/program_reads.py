"""What the pages of mass change read of liquidation's answers, held as `reads` is."""

from datetime import date, datetime
from typing import Any

from services.console.acts.cockpit_reads import MayDo
from services.console.acts.reads import Read

Day = date
"""A legal day; answers have fields that are called `date` themselves."""


class ProgramEvent(Read, frozen=True):
    """What a person did with a revision."""

    revision: int
    change: str
    at: datetime
    actor: str
    acting_for: str | None
    detail: str | None


class ProgramRevision(Read, frozen=True):
    """A revision, whole."""

    revision: int
    edits: int
    state: str
    definition: dict[str, Any]
    reason: str
    made_at: datetime
    made_by: str
    tried_at: datetime | None
    released_at: datetime | None


class Program(Read, frozen=True):
    """A program with its revisions; in a list without them."""

    program: str
    title: str
    intake: str
    released_revision: int | None
    standing: str
    standing_since: datetime | None
    is_stayed: bool
    declaring_from: Day | None
    declaring_until: Day | None
    revisions: list[ProgramRevision]
    history: list[ProgramEvent]


class Programs(Read, frozen=True):
    """Programs in order of their codes."""

    items: list[Program]
    next: str | None


class DraftedRevision(Read, frozen=True):
    """A revision that was written."""

    program: str
    revision: int


class Templates(Read, frozen=True):
    """Models to draft from."""

    templates: list[dict[str, Any]]


class TrialTotal(Read, frozen=True):
    """Entries of one value of a dimension."""

    value: str | None
    entries: int
    removed_usd: str
    likely_usd: str | None


class Trial(Read, frozen=True):
    """What a revision would do."""

    trial: int
    revision: int
    is_of_this_edit: bool
    as_of: Day
    tried_at: datetime
    tried_by: str
    entries: int
    accepted: int
    removed_usd: str
    likely_usd: str | None
    by_code: list[TrialTotal]
    by_cohort: list[TrialTotal]
    by_center: list[TrialTotal]
    by_month: list[TrialTotal]
    by_readiness: list[TrialTotal]
    examples: dict[str, list[str]]


class ProgramState(Read, frozen=True):
    """Rows in one state, by code."""

    state: str
    code: str | None
    entries: int
    removed_usd: str


class Run(Read, frozen=True):
    """A posting day."""

    run: int
    kind: str
    posted_on: Day
    revision: int
    state: str
    posted: int
    dropped: int
    undetermined: int
    removed_usd: str
    interest_usd: str
    refund_usd: str
    began_at: datetime
    ended_at: datetime | None
    why: str | None
    root: str | None


class Runs(Read, frozen=True):
    """Runs of a program, the newest first."""

    items: list[Run]
    next: str | None


class ReversalState(Read, frozen=True):
    """Postings by how far their reversal is."""

    state: str
    code: str | None
    entries: int
    removed_usd: str


class Progress(Read, frozen=True):
    """How far a program is, and how it goes on."""

    standing: str
    declared: int
    removed_usd: str
    states: list[ProgramState]
    undetermined: int
    run: Run | None
    entries_per_second: float | None
    seconds_left: int | None
    days_near: int
    first_last_day: Day | None
    reversals: list[ReversalState]


class Standing(Read, frozen=True):
    """How a program stands after an act."""

    standing: str


class Reversal(Read, frozen=True):
    """A request to reverse: how many entries it is about."""

    entries: int


class ReversalRequest(Read, frozen=True):
    """What somebody asked to be reversed."""

    request: int
    entries: int
    removed_usd: str
    by: str
    reason: str
    asked_at: datetime
    asked_by: str


class ReversalRequests(Read, frozen=True):
    """Requests to reverse, newest first."""

    items: list[ReversalRequest]
    next: str | None


class NearDay(Read, frozen=True):
    """An entry that waits while its last day comes near."""

    entry_number: str
    center: str | None
    act: str
    last_day: Day
    is_over: bool
    legal_basis: str


class NearDays(Read, frozen=True):
    """Entries whose last day comes near."""

    items: list[NearDay]
    next: str | None


class Lost(Read, frozen=True):
    """An entry that nobody declared and that was liquidated with the duty."""

    entry_number: str
    liquidated_on: Day
    despite_hold: bool
    protest_by: Day


class LostEntries(Read, frozen=True):
    """Entries that were liquidated with the duty, undeclared."""

    items: list[Lost]
    next: str | None


class ReplacingAct(Read, frozen=True):
    """An act that took the place of refunds of a payment."""

    act: str
    refunds: int
    first_entry: str


class ProgramPayment(Read, frozen=True):
    """All refunds of one program to one payee of one posting day."""

    payment: str
    remittance: str
    program: str
    importer_number: str
    payee: str
    payee_number: str
    posted_on: Day
    state: str
    is_stopped: bool
    reason: str
    waits_for: str | None
    refunds: int
    removed_usd: str
    interest_usd: str
    other_usd: str
    refund_usd: str
    delay_usd: str
    offset_usd: str
    net_usd: str
    certified_on: Day | None
    paid_on: Day | None
    returned_on: Day | None
    replaced_by: list[ReplacingAct] | None


class ProgramPayments(Read, frozen=True):
    """Payments of a program."""

    items: list[ProgramPayment]
    next: str | None


class Offset(Read, frozen=True):
    """What of a payment is set off against a bill."""

    bill_number: str
    told_on: Day
    apply_from: Day
    told_usd: str
    state: str
    offset_usd: str
    why: str | None


class PaymentEvent(Read, frozen=True):
    """What was done with a payment."""

    change: str
    at: datetime
    net_usd: str
    detail: str
    actor: str | None


class WholePayment(ProgramPayment, frozen=True):
    """A payment with what is set off, its history, and what the caller may do."""

    offsets: list[Offset]
    history: list[PaymentEvent]
    may_do: list[MayDo]


class NotReady(Read, frozen=True):
    """An importer who cannot be paid today."""

    importer_number: str
    remedy: str


class AfterSum(Read, frozen=True):
    """What nobody has settled, of one team and code."""

    team: str
    code: str
    entries: int
    excess_usd: str


class AfterSums(Read, frozen=True):
    """What came after the posting and nobody has settled."""

    open: list[AfterSum]


class AfterFact(Read, frozen=True):
    """What came to be known of an entry after it was posted."""

    entry_number: str
    code: str
    fact: str
    team: str
    removed_usd: str
    owed_usd: str
    excess_usd: str
    found_at: datetime
    gone_at: datetime | None
    settled_at: datetime | None
    settled_by: str | None
    settlement: str | None


class AfterFacts(Read, frozen=True):
    """Facts that came after the posting."""

    items: list[AfterFact]
    next: str | None


class Row(Read, frozen=True):
    """What becomes of a row."""

    row: int
    entry_number: str | None
    given: str | None
    state: str
    code: str | None
    fact: str | None
    citation: str | None
    remedy: str | None
    last_day: Day | None
    cohort: str | None
    act: str | None
    removed_usd: str
    says: list[str]
    judged_at: datetime | None


class Rows(Read, frozen=True):
    """Rows of a declaration."""

    items: list[Row]
    next: str | None


class VoidedPosting(Read, frozen=True):
    """An act by which a program posted an entry, and which has no effect in law."""

    posted_on: Day
    act_key: str
    voided_on: Day


class Requests(Read, frozen=True):
    """Every request for an entry of a program."""

    requests: list[Row]
    voided: list[VoidedPosting]


class Finding(Read, frozen=True):
    """What a person found of the goods of an entry."""

    number: int


class Settled(Read, frozen=True):
    """A fact of after that is settled."""

    code: str


class ProgramCode(Read, frozen=True):
    """What a code of a row means."""

    code: str
    fact: str
    citation: str
    remedy: str


class Word(Read, frozen=True):
    """A code in words."""

    code: str
    says: str


class ProgramCodes(Read, frozen=True):
    """Every code of programs in words."""

    codes: list[ProgramCode]
    states: list[Word]
    acts: list[Word]
    notes: list[Word]
    after: list[Word]


class Candidate(Read, frozen=True):
    """An entry that nobody declared, and what declaring it now would come to."""

    entry_number: str
    entry_date: Day | None
    liquidated_on: Day | None
    verdict: Row


class Candidates(Read, frozen=True):
    """Entries that an importer could declare."""

    items: list[Candidate]
    next: str | None


class Declaration(Read, frozen=True):
    """A declaration with its rows by state and code."""

    declaration_id: str
    door: str
    state: str
    code: str | None
    rows: int
    received_at: datetime
    made_by: str
    removed_usd: str
    states: list[ProgramState]


class WholeDeclaration(Declaration, frozen=True):
    """A declaration, with the payees who cannot be paid."""

    not_ready: list[NotReady]


class Declarations(Read, frozen=True):
    """Declarations, the last received first."""

    items: list[Declaration]
    next: str | None


class Checked(Read, frozen=True):
    """What a file would come to; nothing was stored."""

    rows: int
    accepted: int
    removed_usd: str
    results: list[Row]


class WithdrawnRequests(Read, frozen=True):
    """The entries whose requests were taken back."""

    withdrawn: list[str]


class Offer(Read, frozen=True):
    """An entry that a program took by itself."""

    program: str
    entry_number: str
    state: str
    code: str | None
    fact: str | None
    remedy: str | None
    last_day: Day | None
    act: str | None
    removed_usd: str
    says: list[str]
    answer: str | None
    answered_at: datetime | None


class Offers(Read, frozen=True):
    """What programs took of an importer's entries."""

    items: list[Offer]
    next: str | None


class Answered(Read, frozen=True):
    """The entries that were answered."""

    entries: list[str]


class ReportSignature(Read, frozen=True):
    """Who signed a report."""

    signed_at: datetime
    signed_by: str
    signed_for: str | None


class ProgramReport(Read, frozen=True):
    """A report that was made, without its bytes."""

    as_of: Day
    made_at: datetime
    made_by: str
    sha256: str
    is_signed: bool
    signatures: list[ReportSignature]


class ProgramReports(Read, frozen=True):
    """Reports of a program, the newest first."""

    items: list[ProgramReport]
    next: str | None


PROGRAM_READS: dict[tuple[str, str, str], type[Read]] = {
    ("liquidation", "get", "/programs"): Programs,
    ("liquidation", "post", "/programs"): DraftedRevision,
    ("liquidation", "get", "/programs/{program}"): Program,
    ("liquidation", "get", "/program-templates"): Templates,
    ("liquidation", "get", "/program-codes"): ProgramCodes,
    ("liquidation", "post", "/programs/{program}/revisions"): DraftedRevision,
    ("liquidation", "put", "/programs/{program}/revisions/{revision}"): DraftedRevision,
    ("liquidation", "post", "/programs/{program}/revisions/{revision}/trials"): Trial,
    ("liquidation", "get", "/programs/{program}/revisions/{revision}/trials/last"): Trial,
    ("liquidation", "post", "/programs/{program}/revisions/{revision}/confirmations"): DraftedRevision,
    ("liquidation", "post", "/programs/{program}/revisions/{revision}/releases"): DraftedRevision,
    ("liquidation", "get", "/programs/{program}/progress"): Progress,
    ("liquidation", "get", "/programs/{program}/runs"): Runs,
    ("liquidation", "get", "/programs/{program}/days"): NearDays,
    ("liquidation", "get", "/programs/{program}/lost-to-clock"): LostEntries,
    ("liquidation", "post", "/programs/{program}/pauses"): Standing,
    ("liquidation", "post", "/programs/{program}/stays"): Standing,
    ("liquidation", "post", "/programs/{program}/ends"): Standing,
    ("liquidation", "post", "/programs/{program}/aborts"): Standing,
    ("liquidation", "get", "/programs/{program}/reversals"): ReversalRequests,
    ("liquidation", "post", "/programs/{program}/reversals"): Reversal,
    ("liquidation", "post", "/programs/{program}/reversals/withdrawals"): Reversal,
    ("liquidation", "post", "/programs/{program}/reversals/confirmations"): Reversal,
    ("liquidation", "get", "/programs/{program}/reports"): ProgramReports,
    ("liquidation", "post", "/programs/{program}/reports"): ProgramReport,
    ("liquidation", "post", "/programs/{program}/reports/{as_of}/signatures"): ProgramReport,
    ("liquidation", "get", "/programs/{program}/payments"): ProgramPayments,
    ("liquidation", "get", "/payments/{payment}"): WholePayment,
    ("liquidation", "post", "/payments/{payment}/certifications"): WholePayment,
    ("liquidation", "post", "/payments/{payment}/payouts"): WholePayment,
    ("liquidation", "post", "/payments/{payment}/returns"): WholePayment,
    ("liquidation", "get", "/programs/{program}/after-the-fact"): AfterFacts,
    ("liquidation", "get", "/programs/{program}/after-the-fact/sums"): AfterSums,
    ("liquidation", "post", "/programs/{program}/entries/{entry_number}/settlements"): Settled,
    ("liquidation", "post", "/programs/{program}/entries/{entry_number}/findings"): Finding,
    ("liquidation", "get", "/programs/{program}/entries/{entry_number}"): Requests,
    ("liquidation", "get", "/importers/{importer_number}/program-candidates"): Candidates,
    ("liquidation", "get", "/programs/{program}/declarations"): Declarations,
    ("liquidation", "post", "/programs/{program}/declarations"): Declaration,
    ("liquidation", "post", "/programs/{program}/declarations/check"): Checked,
    ("liquidation", "get", "/programs/{program}/declarations/{declaration_id}"): WholeDeclaration,
    ("liquidation", "get", "/programs/{program}/declarations/{declaration_id}/results"): Rows,
    ("liquidation", "post", "/programs/{program}/declarations/{declaration_id}/withdrawals"): WithdrawnRequests,
    ("liquidation", "get", "/importers/{importer_number}/program-offers"): Offers,
    ("liquidation", "post", "/programs/{program}/answers"): Answered,
}
"""Every call of these pages, and what it reads of the answer."""
