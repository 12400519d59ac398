"""What the pages of cycles, hold sets and instructions read of liquidation's answers, held as `reads` is."""

from datetime import date, datetime

from msgspec import field

from services.console.acts.reads import Read

Day = date
"""A legal day; answers have fields that are called `date` themselves."""


class MayDo(Read, frozen=True):
    """Whether somebody may do an act on a thing, and what stands against it."""

    action: str
    may: bool
    authority: str | None
    code: str | None
    says: str | None
    remedy: str | None


class Unread(Read, frozen=True):
    """Events of a topic's partition that a cycle did not see."""

    topic: str
    partition: int
    events: int


class StandingLetters(Read, frozen=True):
    """Dead letters that stood when a cycle ran."""

    topic: str
    letters: int


class Unseen(Read, frozen=True):
    """What a cycle did not see of what was published before it began."""

    state: str
    as_of: datetime | None
    events: int | None
    letters: int
    unread: list[Unread]
    dead_letters: list[StandingLetters]


class CycleFigures(Read, frozen=True):
    """What a cycle did."""

    date: Day
    posted_on: Day
    liquidated: int
    with_decision: int
    deemed: int
    decisions_refused: int
    run_at: datetime
    run_by: str
    increases: int
    refunds: int
    disregarded: int
    undetermined: int
    billed_usd: str
    refund_usd: str
    unseen: Unseen


class Cycles(Read, frozen=True):
    """Cycles that have run."""

    items: list[CycleFigures]
    next: str | None


class CycleStanding(Read, frozen=True):
    """How far a cycle has come, and who may do what next."""

    date: Day
    cut_at: datetime
    is_cut: bool
    needs_two_people: bool
    figures: CycleFigures | None
    may_do: list[MayDo]


class ForecastLine(Read, frozen=True):
    """Entries of one disposition, Center and kind."""

    disposition: str
    center: str | None
    kind: str
    entries: int
    despite_hold: int
    duty_usd: str
    effect_duty_usd: str


class Forecast(Read, frozen=True):
    """What a cycle would do now."""

    date: Day
    deemed: int
    liquidated: int
    with_decision: int
    held: int
    despite_hold: int
    late_decisions: int
    suspended: int
    lines: list[ForecastLine]


class DryRun(Read, frozen=True):
    """A dry run that was kept."""

    number: int
    made_at: datetime
    made_by: str
    liquidated: int
    with_decision: int
    deemed: int
    held: int
    despite_hold: int
    late_decisions: int
    suspended: int
    duty_usd: str
    effect_duty_usd: str
    has_entries: bool


class DryRuns(Read, frozen=True):
    """Dry runs of a cycle, the newest first."""

    items: list[DryRun]
    next: str | None


class Changed(Read, frozen=True):
    """Entries whose treatment changed in one way."""

    was: str | None
    becomes: str | None
    why: str
    entries: int


class DryRunChanges(Read, frozen=True):
    """What changed from one dry run to a later one."""

    since: int
    number: int
    changes: list[Changed]


class ChangedEntry(Read, frozen=True):
    """An entry whose treatment changed."""

    entry_number: str
    was: str | None
    becomes: str | None
    why: str


class ChangedEntries(Read, frozen=True):
    """Entries whose treatment changed."""

    items: list[ChangedEntry]
    next: str | None


class Confirmation(Read, frozen=True):
    """Who confirmed a cut sheet in which capacity."""

    capacity: str
    subject: str
    acting_for: str | None
    confirmed_at: datetime


class CutSheet(Read, frozen=True):
    """The cut sheet of a cycle."""

    date: Day
    revision: int
    state: str
    forecast: DryRun
    made_at: datetime
    made_by: str
    confirmations: list[Confirmation]
    may_do: list[MayDo]


class Compared(Read, frozen=True):
    """Entries by what the sheet said and what the cycle did."""

    said: str | None
    did: str | None
    entries: int


class Differing(Read, frozen=True):
    """Entries that differ in one way for one reason."""

    way: str
    said: str | None
    did: str | None
    why: str
    entries: int


class CycleReport(Read, frozen=True):
    """What a cycle did against its cut sheet."""

    revision: int
    forecast_number: int
    made_at: datetime
    run_at: datetime
    as_said: int
    differing: int
    counts: list[Compared]
    differences: list[Differing]


class DifferingEntry(Read, frozen=True):
    """An entry that a cycle did not treat as the sheet said."""

    entry_number: str
    said: str | None
    did: str | None
    why: str
    state: str
    center: str | None


class DifferingEntries(Read, frozen=True):
    """Entries that a cycle did not treat as the sheet said."""

    items: list[DifferingEntry]
    next: str | None


class HoldSetEvent(Read, frozen=True):
    """Something that happened to a hold set."""

    change: str
    at: datetime
    actor: str
    acting_for: str | None
    detail: str | None
    entries: int | None


class HoldSetLine(Read, frozen=True):
    """A hold set in a list."""

    hold_set_id: str
    name: str
    state: str
    means: str
    reason: str
    made_at: datetime
    made_by: str
    applied_at: datetime | None
    lifted_at: datetime | None


class HoldSets(Read, frozen=True):
    """Hold sets."""

    items: list[HoldSetLine]
    next: str | None


class HoldSet(HoldSetLine, frozen=True, kw_only=True):
    """A hold set with its history."""

    predicate: dict[str, str | list[str]]
    history: list[HoldSetEvent]
    may_do: list[MayDo]


class DraftedHoldSet(Read, frozen=True):
    """A draft that was kept."""

    hold_set_id: str


class HoldEffect(Read, frozen=True):
    """From which cycle on an act on a hold set has effect."""

    state: str
    first_cycle_on: Day


class PreviewLine(Read, frozen=True):
    """Entries of one Center and horizon that a hold set matches."""

    center: str | None
    horizon: str
    entries: int
    suspended: int
    due: int
    duty_usd: str


class HoldPreview(Read, frozen=True):
    """What a hold set matches now."""

    next_cycle_on: Day
    entries: int
    suspended: int
    due: int
    duty_usd: str
    fees_usd: str
    lines: list[PreviewLine]


class MatchedEntry(Read, frozen=True):
    """An entry that a hold set matches."""

    entry_number: str
    center: str | None
    horizon: str
    is_suspended: bool
    is_due: bool
    scheduled_on: Day | None
    deemed_on: Day | None
    duty_usd: str | None
    fees_usd: str | None


class MatchedEntries(Read, frozen=True):
    """Entries that a hold set matches."""

    items: list[MatchedEntry]
    next: str | None


class InstructionPredicate(Read, frozen=True):
    """Which entries an instruction means; what says nothing is left out or empty."""

    case_numbers: list[str] = field(default_factory=list)
    manufacturer_ids: list[str] = field(default_factory=list)
    exporter_ids: list[str] = field(default_factory=list)
    importer_number: str | None = None
    entered_from: Day | None = None
    entered_to: Day | None = None
    duty_heading: str | None = None
    tariff_prefix: str | None = None
    headings: list[str] = field(default_factory=list)
    except_headings: list[str] = field(default_factory=list)
    origin: str | None = None
    case_prefix: str | None = None
    port_of_entry: str | None = None
    entry_type: str | None = None
    filer_code: str | None = None
    surety_code: str | None = None
    center: str | None = None


class Instruction(Read, frozen=True):
    """A message that tells CBP to suspend or to lift, and what it did."""

    instruction_id: str
    kind: str
    ground: str
    reference: str | None
    message_number: str
    source: str
    noticed_on: Day
    predicate: InstructionPredicate
    state: str
    made_at: datetime
    made_by: str
    confirmed_at: datetime | None
    confirmed_by: str | None
    results: dict[str, int]
    may_do: list[MayDo] = field(default_factory=list)


class Instructions(Read, frozen=True):
    """Instructions."""

    items: list[Instruction]
    next: str | None


class DraftedInstruction(Read, frozen=True):
    """A draft that was kept."""

    instruction_id: str


class InstructionPreview(Read, frozen=True):
    """What an instruction would mean now."""

    entries: int
    suspended: int
    liquidated: int
    duty_usd: str
    fees_usd: str


class InstructionResult(Read, frozen=True):
    """What an instruction did to an entry, and by which rule."""

    entry_number: str
    outcome: str
    rule: str
    detail: str


class InstructionResults(Read, frozen=True):
    """What an instruction did to entries."""

    items: list[InstructionResult]
    next: str | None


COCKPIT_READS: dict[tuple[str, str, str], type[Read]] = {
    ("liquidation", "get", "/cycles"): Cycles,
    ("liquidation", "post", "/cycles"): CycleFigures,
    ("liquidation", "get", "/cycles/forecast"): Forecast,
    ("liquidation", "get", "/cycles/{friday}"): CycleStanding,
    ("liquidation", "get", "/cycles/{friday}/forecasts"): DryRuns,
    ("liquidation", "post", "/cycles/{friday}/forecasts"): DryRun,
    ("liquidation", "get", "/cycles/{friday}/forecasts/{number}/changes"): DryRunChanges,
    ("liquidation", "get", "/cycles/{friday}/forecasts/{number}/changes/entries"): ChangedEntries,
    ("liquidation", "get", "/cycles/{friday}/cut-sheet"): CutSheet,
    ("liquidation", "post", "/cycles/{friday}/cut-sheet"): CutSheet,
    ("liquidation", "post", "/cycles/{friday}/cut-sheet/confirmations"): CutSheet,
    ("liquidation", "get", "/cycles/{friday}/report"): CycleReport,
    ("liquidation", "get", "/cycles/{friday}/report/entries"): DifferingEntries,
    ("liquidation", "get", "/hold-sets"): HoldSets,
    ("liquidation", "post", "/hold-sets"): DraftedHoldSet,
    ("liquidation", "get", "/hold-sets/{hold_set_id}"): HoldSet,
    ("liquidation", "put", "/hold-sets/{hold_set_id}"): HoldSet,
    ("liquidation", "get", "/hold-sets/{hold_set_id}/preview"): HoldPreview,
    ("liquidation", "get", "/hold-sets/{hold_set_id}/preview/entries"): MatchedEntries,
    ("liquidation", "post", "/hold-sets/{hold_set_id}/apply"): HoldEffect,
    ("liquidation", "post", "/hold-sets/{hold_set_id}/lift"): HoldEffect,
    ("liquidation", "get", "/instructions"): Instructions,
    ("liquidation", "post", "/instructions"): DraftedInstruction,
    ("liquidation", "get", "/instructions/{instruction_id}"): Instruction,
    ("liquidation", "get", "/instructions/{instruction_id}/preview"): InstructionPreview,
    ("liquidation", "post", "/instructions/{instruction_id}/confirmations"): Instruction,
    ("liquidation", "get", "/instructions/{instruction_id}/results"): InstructionResults,
}
"""Every call of these pages, and what it reads of the answer."""
