"""What pages read of the services' answers: tolerant, and no field that no page shows.

`tests/contract/test_console_reads.py` holds each to the OpenAPI document of its service.
"""

from datetime import date, datetime
from typing import Any

from msgspec import Struct


class Read(Struct, frozen=True):
    """A part of an answer; what else the answer holds is ignored."""


class Center(Read, frozen=True):
    """A Center in the list."""

    code: str
    name: str
    office_city: str
    state: str
    abbreviation: str | None
    is_open: bool


class Named(Read, frozen=True):
    """A code with its name."""

    code: str
    name: str


class Person(Read, frozen=True):
    """Somebody at a Center."""

    name: str
    position: str
    since: date | None


class Team(Read, frozen=True):
    """A team of a Center."""

    name: str
    division: str
    team_number: str | None


class Contact(Read, frozen=True):
    """How a Center is reached."""

    process: str | None
    phone: str | None
    email: str | None
    hours: str | None


class Change(Read, frozen=True):
    """A change of the directory."""

    text: str
    effective_on: date
    reason: str | None
    center: str


class Changes(Read, frozen=True):
    """Changes of the directory."""

    items: list[Change]


class CenterGoods(Read, frozen=True):
    """Tariff numbers that the map gives to a Center."""

    first: str
    last: str
    title: str | None
    confidence: str


class CenterPage(Center, frozen=True):
    """A Center with its people."""

    director: Person | None
    divisions: list[Named]
    teams: list[Team]
    people: list[Person]
    contacts: list[Contact]
    goods: list[CenterGoods]
    announced: list[Change]


class MapRow(Read, frozen=True):
    """A row of the tariff map."""

    first: str
    last: str
    center: str
    confidence: str
    source: str
    note: str


class Program(Read, frozen=True):
    """A program of special duties behind a number."""

    code: str
    name: str
    authority: str
    origins: str
    rate: str
    since: date | None
    is_since_exact: bool
    until: date | None


class TariffNumber(Read, frozen=True):
    """A tariff number with its Center and special duties."""

    hts: str
    shown: str
    on: date
    map_version: str
    chapter_title: str | None
    decides: MapRow | None
    narrower: list[MapRow]
    description: str | None
    units: str | None
    general_rate_2024: str | None
    may_be_ad: bool | None
    may_be_cvd: bool | None
    agencies: list[str]
    programs: list[Program]


class CriterionLine(Read, frozen=True):
    """A criterion in the list."""

    id: str
    revision: int
    title: str
    instruction: str
    state: str
    ends_on: date | None


class Criteria(Read, frozen=True):
    """Selection criteria."""

    items: list[CriterionLine]
    next: str | None


class CenterFigures(Read, frozen=True):
    """What a Center handled in a period."""

    center: str
    importers: int | None
    partner_accounts: int | None
    entries: int | None
    post_entry_filings: int | None
    suppressed: list[str]


class ReadTo(Read, frozen=True):
    """How far a topic was read when figures were counted."""

    topic: str
    partition: int
    next_offset: int


class Figures(Read, frozen=True):
    """What the Centers handled in a period."""

    period: str
    first: str
    last: str
    smallest_shown: int
    event_position: list[ReadTo]
    centers: list[CenterFigures]


class Clock(Read, frozen=True):
    """A computed clock."""

    what: str
    rule: str
    citation: str
    evidence: str
    text: str
    safe: date
    last_arguable: date
    explanation: str
    effect: str
    inputs: dict[str, str]
    unsettled: str | None
    is_past: bool


class UnknownClock(Read, frozen=True):
    """A clock that lacks facts."""

    what: str
    rule: str
    citation: str
    text: str
    missing: list[str]


class Finding(Read, frozen=True):
    """What a rule says beside the clocks."""

    rule: str
    citation: str
    outcome: str
    why: str


class Calculated(Read, frozen=True):
    """The answer of the deadline calculator."""

    clocks: list[Clock]
    unknown: list[UnknownClock]
    findings: list[Finding]


class Posting(Read, frozen=True):
    """A posting of the bulletin."""

    entry_number: str
    importer_number: str
    port_of_entry: str
    entry_type: str
    entry_date: date
    event_type: str
    basis: str
    action: str
    event_on: date
    posted_on: date
    voided_on: date | None


class Postings(Read, frozen=True):
    """Postings of the bulletin."""

    items: list[Posting]
    next: str | None


class RuleLine(Read, frozen=True):
    """A rule of law in the list."""

    id: str
    section: str
    text: str
    citation: str
    evidence: str
    unsettled: str | None


class Rules(Read, frozen=True):
    """Rules of law."""

    items: list[RuleLine]
    next: str | None


class Reading(Read, frozen=True):
    """A reading that a rule leaves open."""

    settles: str
    in_force: str
    choices: list[str]


class Vector(Read, frozen=True):
    """A worked example with its source."""

    given: str
    answer: str
    source: str
    note: str


class ClockUse(Read, frozen=True):
    """A clock that rests on a rule."""

    what: str
    effect: str


class Rests(Read, frozen=True):
    """What rests on a rule."""

    clocks: list[ClockUse]
    outcomes: list[str]


class RulePage(RuleLine, frozen=True):
    """A rule of law with all that rests on it."""

    section_title: str
    evidence_means: str
    readings: list[Reading]
    examples: list[str]
    vectors: list[Vector]
    rests_on_it: Rests


class ProblemKind(Read, frozen=True):
    """What a problem means."""

    code: str
    statuses: list[int]
    title: str
    meaning: str
    remedy: str


class Me(Read, frozen=True):
    """Who is signed in, as a service knows it."""

    subject: str
    name: str
    acting_for: str | None
    roles: list[str]
    centers: list[str]
    divisions: list[str]
    importer_numbers: list[str]


class Queue(Read, frozen=True):
    """How much waits in a queue."""

    center: str
    division: str
    process: str
    open: int
    claimed: int
    next_due_on: date | None
    overdue: int


class ItemClock(Read, frozen=True):
    """A clock of a work item."""

    rule: str
    citation: str
    what: str
    due_on: date
    evidence: str


class Ground(Read, frozen=True):
    """A ground on which an item is where it is."""

    code: str
    text: str


class Item(Read, frozen=True):
    """A work item in the list."""

    item_id: str
    kind: str
    process: str
    entry_number: str | None
    entry_count: int
    protest_number: str | None
    filing_number: str | None
    importer_number: str | None
    importer_name: str | None
    center: str
    division: str
    state: str
    priority: int
    value_usd: int | None
    duty_usd: str | None
    selected: list[Ground]
    center_reason: Ground | None
    opened_at: datetime
    due_on: date | None
    due_rule: str | None
    clocks: list[ItemClock]
    scheduled_on: date | None
    deemed_on: date | None
    assigned_to: str | None
    holder: str | None
    holder_name: str | None
    lease_until: datetime | None
    outcome: str | None
    stage: str | None
    waits_for: str | None


class Items(Read, frozen=True):
    """Work items in the order of the queue."""

    items: list[Item]
    next: str | None


class DecisionReason(Read, frozen=True):
    """A ground of a decision."""

    code: str
    text: str


class Count(Read, frozen=True):
    """How many items a filter gives."""

    count: int
    shown: str


class View(Read, frozen=True):
    """A filter of items under a name; without an id it is one that comes with the product."""

    view_id: str | None
    version: int | None
    name: str
    query: str
    center: str | None
    role: str | None
    may_change: bool
    count: Count | None


class Views(Read, frozen=True):
    """The views of a person."""

    views: list[View]


class RefusalCount(Read, frozen=True):
    """How many items of a run are refused for one reason."""

    code: str
    items: int


class BulkRun(Read, frozen=True):
    """One act on many items: what it would do, and what it has done."""

    run_id: str
    act: str
    to: str | None
    to_center: str | None
    to_port: str | None
    due_on: date | None
    query: str
    reason: str
    asked_by: str
    asked_at: datetime
    state: str
    items: int
    is_cut: bool
    foreseen: int
    value_usd: int
    needs_second: bool
    begun_by: str | None
    begun_at: datetime | None
    ended_at: datetime | None
    pending: int
    done: int
    refused: int
    refusals: list[RefusalCount]


class BulkLine(Read, frozen=True):
    """A run in the list."""

    run_id: str
    act: str
    to: str | None
    to_center: str | None
    to_port: str | None
    due_on: date | None
    reason: str
    asked_by: str
    asked_at: datetime
    state: str
    items: int
    needs_second: bool
    ended_at: datetime | None


class BulkRuns(Read, frozen=True):
    """Runs, the newest first."""

    items: list[BulkLine]
    next: str | None


class BulkResult(Read, frozen=True):
    """What became of an item of a run."""

    item_id: str
    entry_number: str | None
    protest_number: str | None
    filing_number: str | None
    state: str
    code: str | None
    says: str | None


class BulkResults(Read, frozen=True):
    """What became of the items of a run."""

    items: list[BulkResult]
    next: str | None


class PersonLoad(Read, frozen=True):
    """What a person has to do, against what they can."""

    subject: str
    items: int
    minutes: int
    capacity: int


class Load(Read, frozen=True):
    """Open work of a Center against its people."""

    working_days: int
    people: list[PersonLoad]
    minutes: int
    capacity: int
    unassigned_items: int
    unassigned_minutes: int


class Suggestion(Read, frozen=True):
    """A move that would balance."""

    item_id: str
    process: str
    number: str | None
    minutes: int
    from_subject: str | None
    to_subject: str
    why: str


class ItemDecision(Read, frozen=True):
    """The decision on an item."""

    outcome: str
    duty_usd: str
    fees_usd: str
    reasons: list[DecisionReason]
    decided_by_name: str
    decided_at: datetime


class Letter(Read, frozen=True):
    """A request for information or a notice of action."""

    request_id: str
    item_id: str
    form: str
    state: str
    entry_numbers: list[str]
    importer_number: str
    questions: list[str]
    issue: str | None
    goods: str | None
    effect_usd: str | None
    issued_on: date | None
    due_on: date | None
    issued_by_name: str


class Letters(Read, frozen=True):
    """Letters of a Center."""

    items: list[Letter]
    next: str | None


class ItemChange(Read, frozen=True):
    """A change of an item."""

    change: str
    state: str
    at: datetime
    actor_name: str
    acting_for: str | None
    reasons: list[dict[str, str | None]]


class LetterAnswer(Read, frozen=True):
    """An answer to a letter."""

    text: str | None
    filing_number: str | None
    files: list[str]
    by_name: str | None
    received_at: datetime


class LetterAct(Read, frozen=True):
    """What an officer did with a letter."""

    label: str
    at: datetime
    by_name: str


class MayAct(Read, frozen=True):
    """Whether somebody may do something with an item."""

    act: str
    may: bool
    code: str | None
    says: str | None
    remedy: str | None


class FormField(Read, frozen=True):
    """What an act asks for."""

    name: str
    label: str
    kind: str
    codes: dict[str, str] | None
    is_required: bool


class NextAct(Read, frozen=True):
    """An act that a process allows next."""

    act: str
    label: str
    may: bool
    by_holder: bool
    fields: list[FormField]
    code: str | None
    says: str | None
    remedy: str | None


class LetterPage(Letter, frozen=True):
    """A letter with its answers, and what may be done with it."""

    answers: list[LetterAnswer]
    acts: list[LetterAct]
    next: list[NextAct]
    earlier: list[Letter]


class KeptAct(Read, frozen=True):
    """An act that was done."""

    act: str
    label: str
    at: datetime
    by_name: str
    fields: dict[str, Any]
    stage: str


class RunningClock(Read, frozen=True):
    """A clock of a process."""

    label: str
    kind: str
    due_on: date
    stands_since: date | None
    ended_on: date | None
    effect: str
    citation: str


class Matter(Read, frozen=True):
    """Where an item stands in its process."""

    title: str | None
    stage_label: str
    waits_for: str | None
    clocks: list[RunningClock]
    acts: list[KeptAct]
    next: list[NextAct]


class ItemPage(Item, frozen=True):
    """A work item with its history."""

    entry_numbers: list[str]
    token: int | None
    decision: ItemDecision | None
    requests: list[Letter]
    history: list[ItemChange]
    may_do: list[MayAct]
    matter: Matter | None


class AddedFile(Read, frozen=True):
    """A file of an item."""

    file_id: str
    name: str
    kind: str
    size_bytes: int
    level: str
    is_by_party: bool
    added_at: datetime
    added_by_name: str | None
    scan: str


class Files(Read, frozen=True):
    """Files of an item."""

    items: list[AddedFile]
    next: str | None


class Claim(Read, frozen=True):
    """A claim on an item."""

    item_id: str
    token: int


class Next(Claim, frozen=True):
    """The claim of the next item, and why it is that one."""

    why: str


class Answered(Read, frozen=True):
    """How the same goods were answered before."""

    issue: str | None
    is_kept: bool
    found: str
    times: int


class Earlier(Read, frozen=True):
    """An earlier decision on the same goods."""

    item_id: str | None
    entry_number: str | None
    importer: str
    center: str
    outcome: str
    declared: str
    found: str
    ruling: str | None
    decided_at: datetime


class GoodsLine(Read, frozen=True):
    """A line with what was decided on the same goods."""

    line_number: int
    description: str
    tariff: str | None
    origin: str
    says: str
    answers: list[Answered]
    earlier: list[Earlier]


class Goods(Read, frozen=True):
    """The goods of an item."""

    lines: list[GoodsLine]


class Flaw(Read, frozen=True):
    """Why a decision would be refused."""

    says: str
    remedy: str | None


class ClassChange(Read, frozen=True):
    """A class of amounts before and after."""

    class_code: str
    before_usd: str
    found_usd: str
    difference_usd: str


class Follows(Read, frozen=True):
    """What would follow from a decision."""

    would_apply: bool
    remedy: str | None
    liquidated_on: date | None
    changes: list[ClassChange]
    change_usd: str | None
    interest_usd: str | None
    total_usd: str | None
    is_disregarded: bool
    bill_usd: str | None
    refund_usd: str | None
    missing: str | None
    why: str | None


class Check(Read, frozen=True):
    """A decision looked at before it is made."""

    flaws: list[Flaw]
    why: str | None
    follows: Follows | None


class Template(Read, frozen=True):
    """Questions that a letter begins with."""

    issue: str
    label: str
    questions: list[str]


class Absence(Read, frozen=True):
    """Days on which somebody is away."""

    from_on: date
    to_on: date
    reason: str


class Member(Read, frozen=True):
    """Somebody of a Center."""

    subject: str
    name: str
    division: str | None
    roles: list[str]
    teams: list[str]
    minutes_a_day: int
    absences: list[Absence]


class Members(Read, frozen=True):
    """The people of a Center."""

    items: list[Member]
    next: str | None


class Assigned(Read, frozen=True):
    """To whom an item is offered first."""

    item_id: str
    assigned_to: str | None
    holder: str | None


class Stage(Read, frozen=True):
    """A stage of a process."""

    code: str
    label: str
    is_end: bool


class ProcessAct(Read, frozen=True):
    """An act of a process with what it asks for."""

    code: str
    fields: list[FormField]


class ProcessPage(Read, frozen=True):
    """A process with its stages and acts."""

    code: str
    label: str
    summary: str
    citation: str
    stages: list[Stage]
    acts: list[ProcessAct]

    def field(self, act: str, name: str) -> FormField | None:
        """A field of an act; None for one that the table of today does not have."""
        fields = [field for each in self.acts if each.code == act for field in each.fields]
        return next((field for field in fields if field.name == name), None)


class ProcessLine(Read, frozen=True):
    """A process in the list."""

    code: str
    label: str
    summary: str
    division: str
    citation: str


class Processes(Read, frozen=True):
    """The processes of the Centers."""

    items: list[ProcessLine]

    @property
    def names(self) -> dict[str, str]:
        """Their labels by code."""
        return {each.code: each.label for each in self.items}


class Why(Read, frozen=True):
    """Why an entry was routed so."""

    code: str
    text: str
    citation: str | None


class Selection(Read, frozen=True):
    """The criteria that selected an entry, each with its version."""

    hits: list[tuple[str, int]]


class Routed(Read, frozen=True):
    """A routing decision."""

    version: int
    center: str
    basis: str
    division: str | None
    lane: str | None
    processes: list[str]
    value_usd: int
    line_count: int
    reasons: list[Why]
    selection: Selection | None


class Routing(Read, frozen=True):
    """Where an entry goes and why."""

    entry_number: str
    importer_number: str | None
    center: str | None
    current: Routed | None


class Rule(Read, frozen=True):
    """A rule with its citation."""

    id: str
    citation: str
    evidence: str
    text: str


class EntryVersion(Read, frozen=True):
    """A version of an entry summary in the list."""

    version: int
    governs: bool
    entry_type: str
    entry_date: date
    duty_usd: str
    fees_usd: str


class EntryDecision(Read, frozen=True):
    """A decision that reached an entry."""

    process: str
    outcome: str
    status: str
    effect_duty_usd: str
    effect_fees_usd: str
    decided_at: datetime


class Entry(Read, frozen=True):
    """The legal record of an entry."""

    entry_number: str
    state: str
    why: str | None
    importer_number: str | None
    importer_name: str | None
    entry_type: str | None
    port_of_entry: str | None
    surety_code: str | None
    center: str | None
    version: int | None
    released_at: datetime | None
    paid_on: date | None
    versions: list[EntryVersion]
    decisions: list[EntryDecision]
    protests: list[str]
    bills: list[str]
    refunds: list[str]


class MayOnProtest(Read, frozen=True):
    """Whether somebody may do an act on a protest."""

    action: str
    may: bool
    authority: str | None
    code: str | None
    says: str | None
    remedy: str | None


class Verdict(Read, frozen=True):
    """Whether a protest is in time for an entry, and what was decided on it."""

    entry_number: str
    timeliness: str
    rule: str
    citation: str | None
    why: str
    protest_by: date | None
    outcome: str | None


class Defect(Read, frozen=True):
    """What stands against a protest."""

    rule: str
    outcome: str
    why: str


class ProtestClock(Read, frozen=True):
    """A day of a protest."""

    what: str
    safe: date
    last_arguable: date
    is_past: bool
    rule: str
    citation: str


class ProtestAct(Read, frozen=True):
    """What was done on a protest."""

    kind: str
    acted_at: datetime
    actor: str
    details: dict[str, Any]


class LineDecided(Read, frozen=True):
    """What was signed on an entry of a protest."""

    entry_number: str
    line_number: int | None
    outcome: str
    reasons: str
    change_duty_usd: str
    change_fees_usd: str


class Protest(Read, frozen=True):
    """A protest whole."""

    protest_number: str
    state: str
    is_open: bool
    timeliness: str
    further_review: str
    issue: str
    importer_number: str
    received_at: datetime
    decide_by: date
    denied_on: date | None
    sue_by: date | None
    lead_protest: str | None
    lead_state: str | None
    body: dict[str, Any]
    verdicts: list[Verdict]
    defects: list[Defect]
    clocks: list[ProtestClock]
    acts: list[ProtestAct]
    decisions: list[LineDecided]
    followers: list[str]
    may_do: list[MayOnProtest]


class Row(Read, frozen=True):
    """A row of an entry's timeline."""

    code: str
    track: str
    kind: str
    title: str
    whose: str | None
    state: str
    on: date | None
    last_arguable: date | None
    what: str
    rule: Rule | None
    unsettled: str | None
    detail: str | None
    inputs: dict[str, str]
    actor: str | None


class Timeline(Read, frozen=True):
    """What happened to an entry, and what comes."""

    entry_number: str
    rows: list[Row]


class LineTariff(Read, frozen=True):
    """A tariff number of a line."""

    hts: str
    value_usd: int
    duty_usd: str


class Line(Read, frozen=True):
    """A line of an entry summary."""

    line_number: int
    description: str
    country_of_origin: str
    preference: str | None
    tariffs: list[LineTariff]


class Version(Read, frozen=True):
    """A version of an entry summary with its lines."""

    version: int
    duty_usd: str
    fees_usd: str
    lines: list[Line]


class FieldChange(Read, frozen=True):
    """A field of a summary or of a line before and after."""

    field: str
    before: Any
    after: Any


class RowChange(Read, frozen=True):
    """A row of a line before and after; without one of them it was added or dropped."""

    rows: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class LineChange(Read, frozen=True):
    """What changed on a line."""

    line_number: int
    fields: list[FieldChange]
    rows: list[RowChange]


class VersionChanges(Read, frozen=True):
    """What changed from one version of a summary to another."""

    from_version: int
    to_version: int
    fields: list[FieldChange]
    lines_added: list[Line]
    lines_dropped: list[Line]
    lines_changed: list[LineChange]
    money_usd: dict[str, str]


class NextDay(Read, frozen=True):
    """The next day of an entry."""

    on: date
    what: str
    kind: str
    whose: str | None


class EntryLine(Read, frozen=True):
    """An entry in a list."""

    entry_number: str
    importer_number: str | None
    state: str
    entry_date: date | None
    center: str | None
    scheduled_on: date | None
    deemed_on: date | None
    liquidated_on: date | None
    protest_until: date | None
    next_day: NextDay | None


class Entries(Read, frozen=True):
    """Entries in a list."""

    items: list[EntryLine]
    next: str | None


class Deadline(Read, frozen=True):
    """A day on which somebody has to act on an entry."""

    entry_number: str
    code: str
    kind: str
    title: str
    whose: str | None
    on: date | None
    what: str
    if_nothing_is_done: str | None


class Deadlines(Read, frozen=True):
    """Days of an importer's entries."""

    items: list[Deadline]


class ProtestBar(Read, frozen=True):
    """Why a protest would not be received."""

    code: str
    rule: str
    citation: str | None
    says: str
    remedy: str | None


class CheckedEntry(Read, frozen=True):
    """Whether a protest would be in time for an entry."""

    entry_number: str
    timeliness: str
    why: str
    protest_by: date | None


class ProtestCheck(Read, frozen=True):
    """What filing a protest would come to."""

    would_be_received: bool
    bars: list[ProtestBar]
    filed_as: str
    missing: list[str]
    verdicts: list[CheckedEntry]
    defects: list[Defect]
    received_on: date
    decide_by: date


class FiledProtest(Read, frozen=True):
    """A protest that was received."""

    protest_number: str


class ProtestLine(Read, frozen=True):
    """A protest in a list."""

    protest_number: str
    state: str
    issue: str
    decide_by: date
    is_open: bool


class Protests(Read, frozen=True):
    """Protests."""

    items: list[ProtestLine]
    next: str | None


class Bill(Read, frozen=True):
    """A bill."""

    bill_number: str
    entry_number: str
    state: str
    open_usd: str | None
    due_on: date | None


class Payoff(Read, frozen=True):
    """What to pay on a bill on a day."""

    bill_number: str
    on: date
    due_on: date
    billed_usd: str
    to_pay_usd: str | None
    delinquency_usd: str | None
    is_delinquent: bool | None
    good_through: date | None
    pay_to: str | None
    unknown_because: str | None


class Bills(Read, frozen=True):
    """Bills."""

    items: list[Bill]
    next: str | None


class Refund(Read, frozen=True):
    """A refund."""

    refund_number: str
    entry_number: str
    state: str
    refund_usd: str | None
    due_on: date | None
    paid_on: date | None


class Refunds(Read, frozen=True):
    """Refunds."""

    items: list[Refund]
    next: str | None


class Account(Read, frozen=True):
    """An importer's account."""

    importer_number: str
    name: str
    size: str
    is_broker: bool
    family: str | None
    programs_in_force: list[str]
    center: str | None
    basis: str | None
    effective_on: date | None


class WouldChange(Read, frozen=True):
    """What would change an assignment."""

    text: str


class Assignment(Read, frozen=True):
    """Which Center an importer has, and why."""

    center_name: str | None
    office: str | None
    since: date | None
    explanation: str
    would_change: WouldChange


class RadarCount(Read, frozen=True):
    """How many entries of a cause end within a horizon."""

    horizon: str
    cause: str
    entries: int


class Radar(Read, frozen=True):
    """Deadlines by horizon and cause."""

    date: date
    clock_unknown: int
    deemed_cases_open: int
    counts: list[RadarCount]


class RadarEntry(Read, frozen=True):
    """An entry on the radar."""

    entry_number: str
    act_by: date
    deemed_on: date
    state: str
    scheduled_on: date | None
    center: str | None
    importer_number: str | None
    duty_usd: str
    fees_usd: str


class RadarEntries(Read, frozen=True):
    """Entries on the radar."""

    items: list[RadarEntry]
    next: str | None


class ExtensionDraft(Read, frozen=True):
    """An extension that should be posted."""

    entry_number: str
    post_by: date
    center: str | None


class ExtensionDrafts(Read, frozen=True):
    """Extensions that should be posted."""

    items: list[ExtensionDraft]
    next: str | None


class DeemedCase(Read, frozen=True):
    """An entry that was deemed liquidated by oversight."""

    entry_number: str
    deemed_on: date
    cause: str
    reliquidation_by: date
    center: str | None


class DeemedCases(Read, frozen=True):
    """Entries that were deemed liquidated by oversight."""

    items: list[DeemedCase]
    next: str | None


class ClockUnknown(Read, frozen=True):
    """An entry with a clock that cannot be computed."""

    entry_number: str
    missing: str | None
    entry_type: str | None
    center: str | None


class ClocksUnknown(Read, frozen=True):
    """Entries with clocks that cannot be computed."""

    items: list[ClockUnknown]
    next: str | None


class Notice(Read, frozen=True):
    """A notice in the list."""

    notice_id: str
    kind: str
    name: str
    issued_on: date
    due_on: date | None
    entry_number: str | None
    if_nothing_is_done: str
    acknowledged_at: datetime | None


class NoticeReply(Read, frozen=True):
    """Where a notice is answered."""

    service: str
    says: str


class GivenReply(Read, frozen=True):
    """What was replied to a notice."""

    filing_number: str
    text: str
    replied_by_name: str
    replied_at: datetime


class NoticeDelivery(Read, frozen=True):
    """A way of a notice to somebody."""

    channel: str
    recipient_role: str
    state: str
    settled_at: datetime | None


class PaperNotice(Read, frozen=True):
    """A notice on paper."""

    href: str


class NoticePage(Notice, frozen=True):
    """A notice with its words."""

    has_legal_effect: bool
    citation: str
    center: str | None
    importer_number: str | None
    facts: dict[str, Any]
    text: str
    reply: NoticeReply
    replies: list[GivenReply]
    deliveries: list[NoticeDelivery]
    letter: PaperNotice | None


class UnreadOfKind(Read, frozen=True):
    """Unread notices of a kind."""

    kind: str
    unread: int
    next_due_on: date | None


class Inbox(Read, frozen=True):
    """What nobody has acknowledged."""

    unread: int
    is_more: bool
    since: date
    by_kind: list[UnreadOfKind]


class Notices(Read, frozen=True):
    """Notices."""

    items: list[Notice]
    next: str | None


class Speaker(Read, frozen=True):
    """For whom somebody speaks."""

    roles: list[str]
    importer_numbers: list[str]
    filer_code: str | None
    surety_code: str | None
    party: str | None


class QuietHours(Read, frozen=True):
    """Hours in which what may wait waits."""

    since: str
    to: str


class Preference(Read, frozen=True):
    """What a recipient asked for."""

    recipient: str
    language: str
    second_email: str | None
    quiet_hours: QuietHours | None
    digest: str
    time_zone: str
    reminders: bool


class Webhook(Read, frozen=True):
    """A receiver of notices."""

    webhook_id: str
    recipient: str
    url: str
    kinds: list[str]
    state: str
    off_reason: str | None


class NewWebhook(Webhook, frozen=True, kw_only=True):
    """A receiver of notices with its secret, which is shown once."""

    secret: str | None


class Subscription(Read, frozen=True):
    """News that a recipient asked for or ended."""

    recipient: str
    topic: str
    center: str
    is_on: bool


class Feed(Read, frozen=True):
    """A calendar feed; its address is shown once."""

    feed_id: str
    owner: str
    name: str
    state: str
    alarm_days: int | None
    expires_on: date
    read_at: datetime | None


class NewFeed(Feed, frozen=True, kw_only=True):
    """A calendar feed with its address."""

    address: str | None


class Party(Read, frozen=True):
    """Somebody who acts for importers or stands behind them."""

    party_id: str
    kind: str
    name: str
    state: str


class Parties(Read, frozen=True):
    """Parties."""

    items: list[Party]
    next: str | None


class Delegation(Read, frozen=True):
    """What an importer lets a party do."""

    delegation_id: str
    party_id: str
    importer_number: str
    scopes: list[str]
    from_on: date
    to_on: date | None
    revoked_on: date | None
    is_in_force: bool


class Delegations(Read, frozen=True):
    """What importers let parties do."""

    items: list[Delegation]
    next: str | None


class Brought(Read, frozen=True):
    """What an importer brought in under a number."""

    number: str
    lines: int
    value_usd: int
    center: str | None


class Activity(Read, frozen=True):
    """What an importer brought in over twelve months."""

    first_month: date
    last_month: date
    by_heading: list[Brought]


class CenterShare(Read, frozen=True):
    """A Center's share of an import history."""

    center: str
    lines: int
    value_usd: int
    share_of_goods_pct: str
    share_of_value_pct: str


class CenterScores(Read, frozen=True):
    """How an import history is spread over Centers."""

    centers: list[CenterShare]


class WhatIf(Read, frozen=True):
    """Which Center an import history would get."""

    center: str | None
    runner_up: str | None
    margin_points: str
    is_enough: bool
    scores: CenterScores
    reasons: list[Why]


class AppealItem(Read, frozen=True):
    """A required content of an appeal."""

    code: str
    text: str
    is_given: bool
    missing: str | None
    evidence: str


class AppealFlaw(Read, frozen=True):
    """Why there is nothing for an appeal to decide."""

    text: str
    remedy: str


class AppealCheck(Read, frozen=True):
    """What filing an appeal would come to."""

    would_be_received: bool
    is_complete: bool
    checks: list[AppealItem]
    flaw: AppealFlaw | None


class FiledAppeal(Read, frozen=True):
    """An appeal that was received."""

    appeal_number: str


class AppealLine(Read, frozen=True):
    """An appeal in a list."""

    appeal_number: str
    importer_number: str
    state: str
    is_complete: bool
    current_center: str | None
    preferred_center: str | None
    received_at: datetime
    decided_center: str | None
    effective_on: date | None


class Appeals(Read, frozen=True):
    """Appeals."""

    items: list[AppealLine]
    next: str | None


class ImportedGoods(Read, frozen=True):
    """Imports that an appeal states."""

    hts: str
    value_usd: int


class AppealStep(Read, frozen=True):
    """What was done with an appeal."""

    act: str
    reasons: list[str]
    done_at: datetime


class AppealPage(AppealLine, frozen=True, kw_only=True):
    """An appeal whole."""

    says: str
    may_do: list[str]
    importer_numbers: list[str]
    bond_numbers: dict[str, str]
    justification: str | None
    import_history: list[ImportedGoods]
    is_projection: bool
    checks: list[AppealItem]
    decides: str
    clocks: list[str]
    effect: str
    citation: str
    history: list[AppealStep]


class FieldFault(Read, frozen=True):
    """What is wrong with a field."""

    field: str
    message: str


class Problem(Read, frozen=True):
    """Why a service refused (RFC 9457)."""

    status: int
    code: str = "unexpected"
    detail: str = "The service answered with an error that it did not explain."
    rule: str | None = None
    citation: str | None = None
    remedy: str | None = None
    errors: list[FieldFault] | None = None
    trace_id: str | None = None


class OpsPlace(Read, frozen=True):
    """Where a service stands on a partition."""

    topic: str
    partition: int
    next_offset: int
    behind: int | None
    refused_in_a_row: int
    failed_in_a_row: int
    moved_at: datetime | None


class OpsOutbox(Read, frozen=True):
    """What waits to be published."""

    waiting: int
    oldest_seconds: float | None
    set_aside: int


class OpsLane(Read, frozen=True):
    """Deliveries of a lane and channel that wait."""

    lane: str
    channel: str
    waiting: int
    failing: int
    due: int
    held: int
    without_account: int
    oldest_at: datetime


class OpsDeliveries(Read, frozen=True):
    """Deliveries to people."""

    waiting: list[OpsLane]
    by_state: dict[str, int] | None


class OpsJobsSummary(Read, frozen=True):
    """How the jobs of a service stand."""

    jobs: int
    failed: list[str]
    rows_set_aside: int


class OpsStatus(Read, frozen=True):
    """Where a service stands."""

    service: str
    version: str
    code_version: str
    roles: list[str]
    checks: dict[str, str | None] | None
    is_ready: bool | None
    places: list[OpsPlace] | None
    behind: int | None
    outbox: OpsOutbox | None
    dead_letters: dict[str, int] | None
    jobs: OpsJobsSummary | None
    broken_invariants: dict[str, int] | None
    deliveries: OpsDeliveries | None
    unknown: dict[str, str]


class OpsLetterGroup(Read, frozen=True):
    """Dead letters of a reason and topic."""

    reason: str
    topic: str
    letters: int
    oldest: datetime
    newest: datetime


class OpsLetterGroups(Read, frozen=True):
    """Dead letters by reason and topic."""

    items: list[OpsLetterGroup]


class OpsLetter(Read, frozen=True):
    """A message that could not be applied."""

    letter_id: int
    state: str
    topic: str
    partition: int
    log_offset: int
    key: str
    reason: str
    detail: str
    attempts: int
    first_failed_at: datetime
    last_failed_at: datetime
    code_version: str


class OpsLetters(Read, frozen=True):
    """Messages that could not be applied."""

    items: list[OpsLetter]
    next: str | None = None


class OpsAct(Read, frozen=True):
    """What an operator asked for."""

    act_id: int
    act: str
    state: str
    asked: dict[str, Any]
    reason: str
    asked_by: str
    asked_at: datetime
    total: int
    done: int
    result: dict[str, Any]
    ended_at: datetime | None


class OpsActs(Read, frozen=True):
    """What operators asked for."""

    items: list[OpsAct]
    next: str | None = None


class OpsFault(Read, frozen=True):
    """One thing that is wrong with a message."""

    field: str
    right: str
    came: str | None


class OpsBytes(Read, frozen=True):
    """A part of a message."""

    size: int
    offset: int
    text: str
    hex_lines: list[str]
    is_masked: bool


class OpsWholeLetter(OpsLetter, frozen=True, kw_only=True):
    """A dead letter with its message."""

    headers: dict[str, str]
    refused_now: str | None
    faults: list[OpsFault]
    message: OpsBytes
    settled_by: OpsAct | None


class OpsPreview(Read, frozen=True):
    """What an act on many letters would reach."""

    letters: int
    up_to: int
    oldest: datetime | None
    newest: datetime | None
    sample: list[OpsLetter]


class OpsEvent(Read, frozen=True):
    """An event that the bus did not take."""

    event_id: int
    topic: str
    key: str
    bytes: int
    reason: str
    set_aside_at: datetime


class OpsEvents(Read, frozen=True):
    """Events that the bus did not take."""

    items: list[OpsEvent]
    next: str | None = None


class OpsJob(Read, frozen=True):
    """How a scheduled job ran last, and when it runs next."""

    job: str
    every_seconds: float
    result: str
    started_at: datetime | None
    duration_seconds: float | None
    error: str | None
    last_succeeded_at: datetime | None
    next_run_at: datetime
    rows_set_aside: int


class OpsJobs(Read, frozen=True):
    """Every scheduled job of a service."""

    items: list[OpsJob]


class OpsRow(Read, frozen=True):
    """A row that a job leaves out."""

    row_id: int
    key: str
    error: str
    attempts: int
    last_failed_at: datetime
    skipped_until: datetime


class OpsRows(Read, frozen=True):
    """Rows that a job leaves out."""

    items: list[OpsRow]
    next: str | None = None


class OpsInvariant(Read, frozen=True):
    """A statement that must always hold."""

    name: str
    meaning: str
    broken: int | None
    last_asked_at: datetime | None
    last_asked_by: str | None
    violations: int | None
    lines: list[str]
    problem: str | None


class OpsInvariants(Read, frozen=True):
    """Every invariant of a service."""

    items: list[OpsInvariant]


_OPS: dict[tuple[str, str], type[Read]] = {
    ("get", "/ops/status"): OpsStatus,
    ("get", "/ops/dead-letter-reasons"): OpsLetterGroups,
    ("get", "/ops/dead-letters"): OpsLetters,
    ("get", "/ops/dead-letters/{letter_id}"): OpsWholeLetter,
    ("get", "/ops/dead-letter-preview"): OpsPreview,
    ("post", "/ops/dead-letter-acts"): OpsAct,
    ("get", "/ops/set-aside-events"): OpsEvents,
    ("post", "/ops/set-aside-event-acts"): OpsAct,
    ("get", "/ops/jobs"): OpsJobs,
    ("get", "/ops/jobs/{job}/rows"): OpsRows,
    ("post", "/ops/jobs/{job}/runs"): OpsAct,
    ("post", "/ops/jobs/{job}/retries"): OpsAct,
    ("get", "/ops/invariants"): OpsInvariants,
    ("post", "/ops/invariant-checks"): OpsAct,
    ("get", "/ops/acts"): OpsActs,
    ("get", "/ops/acts/{act_id}"): OpsAct,
}
"""What is asked of every service alike."""

READS: dict[tuple[str, str, str], type[Read]] = {
    ("routing", "get", "/centers"): Center,
    ("routing", "get", "/centers/{code}"): CenterPage,
    ("routing", "get", "/directory/changes"): Changes,
    ("routing", "get", "/transparency/{period}"): Figures,
    ("routing", "get", "/tariff-numbers/{hts}"): TariffNumber,
    ("routing", "get", "/selection-criteria"): Criteria,
    ("routing", "get", "/entries/{entry_number}/routing"): Routing,
    ("routing", "get", "/importers/{importer_number}"): Account,
    ("routing", "get", "/importers/{importer_number}/assignment"): Assignment,
    ("routing", "get", "/me"): Me,
    ("routing", "get", "/importers/{importer_number}/activity"): Activity,
    ("routing", "post", "/what-if/assignment"): WhatIf,
    ("routing", "post", "/appeals"): FiledAppeal,
    ("routing", "post", "/appeals/check"): AppealCheck,
    ("routing", "get", "/appeals"): Appeals,
    ("routing", "get", "/appeals/{appeal_number}"): AppealPage,
    ("routing", "get", "/appeals/{appeal_number}/files"): Files,
    ("routing", "post", "/appeals/{appeal_number}/files"): AddedFile,
    ("routing", "get", "/parties"): Parties,
    ("routing", "get", "/parties/{party_id}/delegations"): Delegations,
    ("routing", "post", "/parties/{party_id}/delegations"): Delegation,
    ("routing", "get", "/importers/{importer_number}/delegations"): Delegations,
    ("routing", "post", "/delegations/{delegation_id}/revoke"): Delegation,
    ("workqueue", "get", "/queues"): Queue,
    ("workqueue", "get", "/items"): Items,
    ("workqueue", "get", "/items/count"): Count,
    ("workqueue", "get", "/views"): Views,
    ("workqueue", "post", "/bulk-runs"): BulkRun,
    ("workqueue", "get", "/bulk-runs"): BulkRuns,
    ("workqueue", "get", "/bulk-runs/{run_id}"): BulkRun,
    ("workqueue", "get", "/bulk-runs/{run_id}/items"): BulkResults,
    ("workqueue", "get", "/centers/{center}/load"): Load,
    ("workqueue", "get", "/centers/{center}/rebalance"): Suggestion,
    ("workqueue", "get", "/items/{item_id}"): ItemPage,
    ("workqueue", "get", "/items/{item_id}/files"): Files,
    ("workqueue", "post", "/items/{item_id}/files"): AddedFile,
    ("workqueue", "get", "/processes"): Processes,
    ("workqueue", "get", "/processes/{code}"): ProcessPage,
    ("workqueue", "post", "/items/next"): Next,
    ("workqueue", "get", "/items/{item_id}/goods"): Goods,
    ("workqueue", "post", "/items/{item_id}/decision-check"): Check,
    ("workqueue", "post", "/items/{item_id}/assign"): Assigned,
    ("workqueue", "get", "/requests"): Letters,
    ("workqueue", "get", "/requests/{request_id}"): LetterPage,
    ("workqueue", "get", "/request-templates"): Template,
    ("workqueue", "get", "/staff"): Members,
    ("workqueue", "post", "/items/{item_id}/claim"): Claim,
    ("liquidation", "post", "/deadline-calculator"): Calculated,
    ("liquidation", "get", "/rules"): Rules,
    ("liquidation", "get", "/rules/{rule_id}"): RulePage,
    ("liquidation", "get", "/problems/{code}"): ProblemKind,
    ("liquidation", "get", "/entries"): Entries,
    ("liquidation", "get", "/entries/{entry_number}"): Entry,
    ("liquidation", "get", "/entries/{entry_number}/timeline"): Timeline,
    ("liquidation", "get", "/entries/{entry_number}/versions/in-force"): Version,
    ("liquidation", "get", "/entries/{entry_number}/versions/{version}/changes"): VersionChanges,
    ("liquidation", "get", "/protests"): Protests,
    ("liquidation", "post", "/protests"): FiledProtest,
    ("liquidation", "post", "/protests/check"): ProtestCheck,
    ("liquidation", "get", "/bills"): Bills,
    ("liquidation", "get", "/bills/{bill_number}/payoff"): Payoff,
    ("liquidation", "get", "/refunds"): Refunds,
    ("liquidation", "get", "/protests/{protest_number}"): Protest,
    ("liquidation", "get", "/protests/{protest_number}/files"): Files,
    ("liquidation", "post", "/protests/{protest_number}/files"): AddedFile,
    ("liquidation", "get", "/importers/{importer_number}/deadlines"): Deadlines,
    ("liquidation", "get", "/radar"): Radar,
    ("liquidation", "get", "/radar/entries"): RadarEntries,
    ("liquidation", "get", "/extension-drafts"): ExtensionDrafts,
    ("liquidation", "get", "/deemed-cases"): DeemedCases,
    ("liquidation", "get", "/clocks-unknown"): ClocksUnknown,
    ("notifications", "get", "/bulletin"): Postings,
    ("notifications", "get", "/notices"): Notices,
    ("notifications", "get", "/notices/{notice_id}"): NoticePage,
    ("notifications", "get", "/inbox"): Inbox,
    ("notifications", "get", "/me"): Speaker,
    ("notifications", "get", "/preferences"): Preference,
    ("notifications", "put", "/preferences"): Preference,
    ("notifications", "get", "/webhooks"): Webhook,
    ("notifications", "post", "/webhooks"): NewWebhook,
    ("notifications", "get", "/subscriptions"): Subscription,
    ("notifications", "put", "/subscriptions"): Subscription,
    ("liquidation", "get", "/calendar-feeds"): Feed,
    ("liquidation", "post", "/calendar-feeds"): NewFeed,
    ("notifications", "get", "/ops/deliveries"): OpsDeliveries,
    **{
        (service, method, path): model
        for service in ("routing", "workqueue", "liquidation", "notifications")
        for (method, path), model in _OPS.items()
    },
}
"""Every call that a page makes for something to show, and what it reads of the answer."""
