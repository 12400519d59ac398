"""What the pages of criteria, the map, assignment and authority read of routing's answers, held as `reads` is."""

from datetime import date, datetime
from typing import Any

from msgspec import field

from services.console.acts.reads import Read


class MyAction(Read, frozen=True):
    """An action that somebody may do in a service."""

    action: str


class MyActions(Read, frozen=True):
    """What somebody may do in a service."""

    actions: list[MyAction]

    def may(self, action: str) -> bool:
        """Whether an action is this person's at all."""
        return any(each.action == action for each in self.actions)


class Revision(Read, frozen=True):
    """A revision of a criterion: what it says, and from when to when it selects."""

    id: str
    revision: int
    state: str
    title: str
    owner: str
    lane: str
    processes: list[str]
    instruction: str
    expires_on: date | None
    weekly_budget: int | None
    expected_hit_basis_points: int | None
    sampling_basis_points: int
    spares_trusted: bool
    who: dict[str, Any]
    what: dict[str, Any]
    where: dict[str, Any]
    how_much: dict[str, Any]
    shadow_from: date | None
    live_from: date | None
    ends_on: date | None
    live_requested_by: str | None


class Revisions(Read, frozen=True):
    """Revisions of criteria."""

    items: list[Revision]
    next: str | None


class CriterionPage(Read, frozen=True):
    """A criterion with its revisions, the newest first."""

    id: str
    revisions: list[Revision]


class CriterionChange(Read, frozen=True):
    """An act on a criterion."""

    revision: int
    act: str
    reason: str
    effective_on: date | None
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


class CriterionHistory(Read, frozen=True):
    """Acts on a criterion."""

    items: list[CriterionChange]
    next: str | None


class Week(Read, frozen=True):
    """How often a criterion hit in a week."""

    begins_on: date
    hits: int
    is_over_budget: bool


class Performance(Read, frozen=True):
    """What a criterion found."""

    first: date
    last: date
    entries: int
    hits: int
    shadow_hits: int
    hit_basis_points: int | None
    expected_hit_basis_points: int | None
    reviewed: int
    referred: int
    findings: int
    precision_basis_points: int | None
    increase_usd: str
    refund_usd: str
    found_right: int
    found_wrong: int
    weekly_budget: int | None
    weeks: list[Week]


class Doubt(Read, frozen=True):
    """Why a criterion should be looked at again."""

    code: str
    text: str


class Stale(Read, frozen=True):
    """A criterion that should be looked at again."""

    id: str
    revision: int
    doubts: list[Doubt]


class StaleCriteria(Read, frozen=True):
    """Criteria that should be looked at again."""

    items: list[Stale]


class BacktestCounts(Read, frozen=True):
    """Entries that a criterion was tried on, and what became of them."""

    entries: int
    hits: int
    live_hits: int
    both: int
    reviewed: int
    hits_reviewed: int
    hit_basis_points: int | None


class BacktestCenter(BacktestCounts, frozen=True, kw_only=True):
    """The same of a Center."""

    center: str


class BacktestWeek(Read, frozen=True):
    """Hits of a trial in a week."""

    begins_on: date
    hits: int
    hits_in_all: int
    live_hits: int
    is_over_budget: bool


class Backtest(Read, frozen=True):
    """A criterion tried on the entries of a past period."""

    backtest_id: str
    criterion_id: str
    revision: int
    first: date
    last: date
    asked_by: str
    asked_at: datetime
    state: str
    fault: str | None
    begun_at: datetime | None
    ended_at: datetime | None
    frames: int
    frames_read: int
    is_cut: bool
    known: int
    share_basis_points: int
    lacking: int | None
    whole: BacktestCounts
    by_center: list[BacktestCenter]
    weekly_budget: int | None
    weeks: list[BacktestWeek]
    decisions: int
    findings: int


class Backtests(Read, frozen=True):
    """Trials of a criterion on past entries, the newest first."""

    items: list[Backtest]
    next: str | None


class MapLine(Read, frozen=True):
    """A version of the tariff map in the list."""

    version: str
    title: str
    based_on: str | None
    state: str
    is_in_force: bool
    valid_on: date | None
    effective_on: date | None
    ended_on: date | None
    rolls_back: str | None


class Maps(Read, frozen=True):
    """Versions of the tariff map."""

    items: list[MapLine]
    next: str | None


class MapSpan(Read, frozen=True):
    """A row of a version: the numbers from one prefix to another, with their Center."""

    prefix_from: str
    prefix_to: str
    center: str
    source: str
    confidence: str
    note: str


class MapChange(Read, frozen=True):
    """What was done with a version."""

    action: str
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


class MapPage(MapLine, frozen=True, kw_only=True):
    """A version of the map with a page of its rows, and its history."""

    history: list[MapChange]
    rows: list[MapSpan]
    next: str | None


class MapFault(Read, frozen=True):
    """What is wrong with a version, and where."""

    code: str
    prefix: str
    detail: str


class MapReport(Read, frozen=True):
    """What is wrong with a version on a day."""

    is_valid: bool
    on: date
    headings: int
    headings_by_center: dict[str, int]
    faults: list[MapFault]


class HeadingMove(Read, frozen=True):
    """A heading that moves, whole or in part."""

    heading: str
    from_center: str | None
    to_center: str | None
    subheadings: int


class MapMove(Read, frozen=True):
    """How many move from one Center to another, with examples."""

    from_center: str | None
    to_center: str | None
    count: int
    examples: list[str]


class MapDiff(Read, frozen=True):
    """What a version would move."""

    against: str
    on: date
    first_month: date
    headings: list[HeadingMove]
    importers_moving: int
    importers: list[MapMove]
    entries_moving: int
    entries: list[MapMove]
    entries_unknown: int


class ProposalReason(Read, frozen=True):
    """A reason of a proposal."""

    text: str
    citation: str | None


class Proposal(Read, frozen=True):
    """A Center that the figures of an account point to."""

    proposal_id: int
    importer_number: str
    family: str | None
    state: str
    as_of: date
    present_center: str | None
    proposed_center: str
    runner_up: str | None
    margin_points: str
    policy_version: str
    map_version: str
    reasons: list[ProposalReason]
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decided_center: str | None
    reason: str | None
    effective_on: date | None


class Proposals(Read, frozen=True):
    """Proposals."""

    items: list[Proposal]
    next: str | None


class Policy(Read, frozen=True):
    """A version of the policy by which Centers are proposed."""

    version: str
    state: str
    effective_on: date | None
    measure: str
    minimum_lines: int
    lead_points: int
    months_ahead: int
    broker_by_goods: bool
    override_grounds: list[str]
    family_together: bool
    rest_months: int
    reason: str
    proposed_by: str | None
    confirmed_by: str | None
    sources: list[str]


class AuthorityRow(Read, frozen=True):
    """A row of the table of authority."""

    row_id: str
    role: str
    since: date | None = field(name="from")
    until: date | None = field(name="to")
    legal_basis: str
    concurrent_with: str | None
    is_uncertain: bool
    note: str


class AuthorityFunction(Read, frozen=True):
    """A function with who holds or held it."""

    function: str
    rows: list[AuthorityRow]


class RoutedFigures(Read, frozen=True):
    """Entries by Center, basis and lane."""

    entries: int
    by_center: dict[str, int]
    by_basis: dict[str, int]
    by_lane: dict[str, int]


class TrustedMonth(Read, frozen=True):
    """How many entries of accounts of a kind were reviewed in a month."""

    month: str
    accounts: str
    entries: int
    reviewed: int
    reviewed_basis_points: int


class TrustedFigures(Read, frozen=True):
    """Whether trusted accounts see less work."""

    months: list[TrustedMonth]


class WorkFigures(Read, frozen=True):
    """Items by state."""

    open: int
    claimed: int
    completed: int
    cancelled: int


SPECIALIST_READS: dict[tuple[str, str, str], type[Read]] = {
    ("routing", "get", "/me"): MyActions,
    ("routing", "get", "/selection-criteria"): Revisions,
    ("routing", "post", "/selection-criteria"): CriterionPage,
    ("routing", "get", "/selection-criteria/{criterion_id}"): CriterionPage,
    ("routing", "get", "/selection-criteria/{criterion_id}/history"): CriterionHistory,
    ("routing", "get", "/selection-criteria/{criterion_id}/performance"): Performance,
    ("routing", "get", "/selection-criteria/stale"): StaleCriteria,
    ("routing", "get", "/selection-criteria/{criterion_id}/backtests"): Backtests,
    ("routing", "post", "/selection-criteria/{criterion_id}/backtests"): Backtest,
    ("routing", "get", "/selection-criteria/{criterion_id}/backtests/{backtest_id}"): Backtest,
    ("routing", "post", "/selection-criteria/{criterion_id}/backtests/{backtest_id}/withdraw"): Backtest,
    ("routing", "get", "/tariff-maps"): Maps,
    ("routing", "post", "/tariff-maps"): MapLine,
    ("routing", "get", "/tariff-maps/{version}"): MapPage,
    ("routing", "post", "/tariff-maps/{version}/validate"): MapReport,
    ("routing", "get", "/tariff-maps/{version}/diff"): MapDiff,
    ("routing", "get", "/assignment-proposals"): Proposals,
    ("routing", "get", "/assignment-proposals/{proposal_id}"): Proposal,
    ("routing", "get", "/assignment-policies"): Policy,
    ("routing", "get", "/authority/functions"): AuthorityFunction,
    ("routing", "get", "/figures"): RoutedFigures,
    ("routing", "get", "/figures/trusted"): TrustedFigures,
    ("workqueue", "get", "/figures"): WorkFigures,
}
"""Every call of these pages, and what it reads of the answer."""
