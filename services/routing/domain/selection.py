"""Which entries a person looks at: a versioned set of criteria, and a random floor that no criterion can lower."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from services.routing.domain.criteria import ALL_BASIS_POINTS, LANES, Criterion, Lane, What, Who, to_document
from services.routing.domain.criteria_index import Index, agency_flags_of, build_index, numbers_of
from services.routing.domain.facts import Account, EntryFacts, LineFacts, Reason
from services.routing.domain.shipped_criteria import SHIPPED_CRITERIA
from services.routing.domain.unit_values import NO_UNIT_VALUES, UnitValues, percent_of_median
from shared.customs.money import format_cents
from shared.customs.programs import families_of

RANDOM_FLOOR: Final = "random-floor"
FLOOR_PROCESS: Final = "entry-summary-review"

_LONGEST_FACT: Final = 500


class Hit(NamedTuple):
    """A criterion that hit, at its revision."""

    criterion_id: str
    revision: int


class Selection(NamedTuple):
    """The lane, the processes to open, and the criteria that hit.

    `shadow` are criteria on trial, which change nothing. `draw` is the number from 0 to 9,999 that the random floor
    gave, `is_drawn` whether it fell below the floor. `instructions` of the criteria that hit are for the reviewer.
    """

    lane: Lane
    processes: tuple[str, ...]
    reasons: tuple[Reason, ...]
    hits: tuple[Hit, ...] = ()
    shadow: tuple[Hit, ...] = ()
    draw: int = 0
    is_drawn: bool = False
    instructions: tuple[str, ...] = ()


class Criteria:
    """A version of the criteria with the share of entries reviewed at random, in basis points (1/10,000).

    What decides and what is on trial are named apart, because the random draw rests on the version, and a trial changes
    nothing. Names and compiled form are made when the first entry asks; most versions of the past are never asked.
    """

    def __init__(
        self,
        live: Sequence[Criterion],
        shadow: Sequence[Criterion],
        floor_basis_points: int,
        unit_values: UnitValues,
        draw_version: str | None = None,
    ) -> None:
        self.live: Final = tuple(live)
        self.shadow: Final = tuple(shadow)
        self.floor_basis_points: Final = floor_basis_points
        self.unit_values: Final = unit_values
        self._draw_version = draw_version

    @cached_property
    def version(self) -> str:
        """The name of what decides: live criteria, floor, unit values."""
        return f"{_fingerprint(self.live, self.unit_values)}+floor{self.floor_basis_points}"

    @cached_property
    def draw_version(self) -> str:
        """What the random floor draws with: its own version, unless another one was given.

        With a version of its own each change of a criterion draws other entries, which nobody can foresee. Who compares
        two sets of criteria gives both the draws of one, so that what differs is the criteria and not the dice.
        """
        return self.version if self._draw_version is None else self._draw_version

    @cached_property
    def shadow_version(self) -> str:
        """The name of what is on trial."""
        return _fingerprint(self.shadow, self.unit_values)

    @cached_property
    def index(self) -> Index:
        """The compiled form."""
        return build_index(self.live, self.shadow, self.unit_values)


def compile_criteria(
    live: Iterable[Criterion],
    *,
    shadow: Iterable[Criterion],
    floor_basis_points: int,
    unit_values: UnitValues,
    draw_version: str | None = None,
) -> Criteria:
    """Make the criteria of one version; their order is the order of the reasons within a lane."""
    return Criteria(tuple(live), tuple(shadow), floor_basis_points, unit_values, draw_version)


def first_criteria(floor_basis_points: int) -> Criteria:
    """The criteria that the product starts with."""
    return compile_criteria(
        SHIPPED_CRITERIA, shadow=(), floor_basis_points=floor_basis_points, unit_values=NO_UNIT_VALUES
    )


def select(facts: EntryFacts, account: Account | None, criteria: Criteria) -> Selection:
    """Apply every criterion and the random floor; the strictest lane wins, each hit opens its processes.

    The floor draws whatever the criteria say. Reasons of the strictest lane come first.
    """
    met = criteria.index.find(facts, account)
    draw = random_draw(criteria.draw_version, facts.entry_number)
    is_drawn = draw < criteria.floor_basis_points
    if not met and not is_drawn:
        return Selection("no-review", (), (_unselected(draw),), (), (), draw)
    lane: Lane = "no-review"
    processes: dict[str, None] = {}
    instructions: dict[str, None] = {}
    reasons: list[Reason] = []
    hits: list[Hit] = []
    shadow: list[Hit] = []
    for rank in sorted(met):
        item, line = met[rank]
        criterion = item.criterion
        if not _is_sampled(criterion, facts.entry_number):
            continue
        hit = Hit(criterion.id, criterion.revision)
        if item.is_shadow:
            shadow.append(hit)
            continue
        if not hits:
            lane = criterion.lane
        hits.append(hit)
        processes.update(dict.fromkeys(criterion.processes))
        instructions[criterion.instruction] = None
        fact = describe_hit(criterion, facts, account, line, criteria.unit_values)
        reasons.append(Reason(criterion.id, criterion.title, fact))
    if is_drawn:
        lane = max(lane, "document-review", key=LANES.index)
        if not processes:
            processes[FLOOR_PROCESS] = None
        reasons.append(
            Reason(
                RANDOM_FLOOR,
                f"Drawn at random: {draw} of 10,000 is below the floor of {criteria.floor_basis_points}.",
                str(draw),
            )
        )
    if not reasons:
        reasons.append(_unselected(draw))
    return Selection(
        lane, tuple(processes), tuple(reasons), tuple(hits), tuple(shadow), draw, is_drawn, tuple(instructions)
    )


def random_draw(version: str, entry_number: str) -> int:
    """A number from 0 to 9,999 that depends on the entry and the criteria version only, so anyone can draw it again."""
    digest = hashlib.blake2b(f"{version}:{entry_number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % ALL_BASIS_POINTS


def sample_draw(criterion: Criterion, entry_number: str) -> int:
    """A number from 0 to 9,999 for an entry that meets a sampled criterion; below the rate it is selected."""
    return random_draw(f"{criterion.id}.{criterion.revision}", entry_number)


def describe_hit(
    criterion: Criterion,
    facts: EntryFacts,
    account: Account | None,
    line: LineFacts | None,
    unit_values: UnitValues,
) -> str:
    """The facts that met the conditions, in words. Importer numbers are not among them: some are confidential."""
    parts = [*_entry_facts_met(criterion, facts, account)]
    if line is not None:
        parts.append(f"line {line.line_number}: {', '.join(_line_facts_met(criterion, facts, line, unit_values))}")
    if criterion.sampling_basis_points < ALL_BASIS_POINTS:
        draw = sample_draw(criterion, facts.entry_number)
        parts.append(f"sample: {draw} of 10,000 is below {criterion.sampling_basis_points}")
    return "; ".join(parts)[:_LONGEST_FACT]


def _is_sampled(criterion: Criterion, entry_number: str) -> bool:
    rate = criterion.sampling_basis_points
    return rate >= ALL_BASIS_POINTS or sample_draw(criterion, entry_number) < rate


def _unselected(draw: int) -> Reason:
    return Reason("no-criterion", "No criterion hit and the random draw was above the floor.", str(draw))


def _fingerprint(criteria: Sequence[Criterion], unit_values: UnitValues) -> str:
    """Twelve hexadecimal digits that change whenever a decision could."""
    asked = unit_values.version if any(item.asks_unit_values for item in criteria) else None
    content = [[item.id, item.revision, to_document(item)] for item in criteria]
    return hashlib.blake2b(json.dumps([content, asked], sort_keys=True).encode(), digest_size=6).hexdigest()


def _entry_facts_met(criterion: Criterion, facts: EntryFacts, account: Account | None) -> Iterator[str]:
    what, where, how_much = criterion.what, criterion.where, criterion.how_much
    if criterion.who.importers:
        yield "an importer that the criterion names"
    yield from _account_facts_met(criterion.who, account)
    if what.entry_types or what.is_quota:
        yield f"entry type {facts.entry_type}"
    if where.ports:
        yield f"port {facts.port_of_entry}"
    if how_much.entry_value_at_least_cents is not None or how_much.entry_value_at_most_cents is not None:
        yield f"${facts.value_usd:,}"
    if how_much.entry_duty_at_least_cents is not None or how_much.entry_duty_at_most_cents is not None:
        yield f"duty ${format_cents(facts.duty_cents)}"


def _account_facts_met(who: Who, account: Account | None) -> Iterator[str]:
    if who.trust == "not-trusted":
        yield "no trusted trader"
    if account is None:
        if who.without_account or who.new_within_days is not None:
            yield "no account"
        return
    if who.families:
        yield f"account family {account.family}"
    if who.trust == "trusted" or who.trusted_programs:
        yield f"trusted trader ({', '.join(account.trusted_programs)})"
    if who.sizes:
        yield f"{account.size} account"
    if who.new_within_days is not None:
        yield f"account registered on {account.registered_on}"
    if who.not_in_good_standing:
        yield "account not in good standing"


def _line_facts_met(criterion: Criterion, facts: EntryFacts, line: LineFacts, unit_values: UnitValues) -> Iterator[str]:
    where, how_much = criterion.where, criterion.how_much
    yield from _goods_facts_met(criterion.what, facts, line)
    if where.origins:
        yield f"origin {line.origin}"
    if where.export_countries:
        yield f"exported from {line.export}"
    if where.manufacturers:
        yield f"manufacturer {line.manufacturer}"
    if how_much.line_value_at_least_cents is not None or how_much.line_value_at_most_cents is not None:
        yield f"${line.value_usd:,}"
    if how_much.line_duty_at_least_cents is not None or how_much.line_duty_at_most_cents is not None:
        yield f"duty ${format_cents(line.duty_cents)}"
    if criterion.asks_unit_values:
        yield f"unit value {percent_of_median(line, unit_values):.0f} % of the median"


def _goods_facts_met(what: What, facts: EntryFacts, line: LineFacts) -> Iterator[str]:
    numbers = numbers_of(line)
    if what.tariff_prefixes:
        yield next(number for number in numbers if number.startswith(what.tariff_prefixes))
    if what.agency_flags:
        flags = (flag for number in numbers for flag in agency_flags_of(number))
        yield "agency flag " + min(flag for flag in flags if flag in what.agency_flags)
    if what.program_families:
        named = ((number, families_of(number, facts.entry_date)) for number in line.special_tariffs)
        yield next(
            f"{number} (program {family})"
            for number, families in named
            for family in families
            if family in what.program_families
        )
    if what.case_prefixes:
        yield "case " + next(case for case in line.cases if case.startswith(what.case_prefixes))
    elif what.has_case:
        yield f"case {line.cases[0]}"
    if what.preference == "any" or what.preference_symbols:
        yield f"preference {line.preference}"
    if what.preference == "none":
        yield "no preference"
