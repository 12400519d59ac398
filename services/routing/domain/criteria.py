"""The language of selection criteria: who, what, where and how much is selected, and what follows from a hit."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final, Literal, NamedTuple, get_args

from services.routing.domain.accounts import Size
from shared.customs.country import is_country_code
from shared.customs.entry_types import entry_types
from shared.customs.importer_number import InvalidImporterNumber, kind_of
from shared.customs.ports import find_port
from shared.customs.programs import FAMILIES, find_preference
from shared.customs.sensitive import SENSITIVE_PROCESSES

Lane = Literal["no-review", "document-review", "enforcement"]
LANES: Final[tuple[Lane, ...]] = ("no-review", "document-review", "enforcement")
"""From the least review to the most."""

ALL_BASIS_POINTS: Final = 10_000
"""Basis points are entries in 10,000."""

_SIZES: Final = get_args(Size)
_TARIFF_PREFIX: Final = re.compile("[0-9]{2,10}")
_CASE_PREFIX: Final = re.compile("[AC][0-9]{0,9}")
_AGENCY_FLAG: Final = re.compile("[A-Z]{2}[0-9A-Z]?")


@dataclass(frozen=True, slots=True)
class Who:
    """Whose entries: a field that is left empty asks nothing, several values of a field are alternatives.

    `trust` asks for an account in any trusted-trader program, or for one in none; `trusted_programs` names programs.
    `new_within_days` means that the account was registered less than so many days before the entry date, or that there
    is none; `without_account` that there is none.
    """

    importers: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    trust: Literal["trusted", "not-trusted"] | None = None
    trusted_programs: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    without_account: bool = False
    new_within_days: int | None = None
    not_in_good_standing: bool = False


@dataclass(frozen=True, slots=True)
class What:
    """Which goods and claims. `entry_types` and `is_quota` speak of the entry, all else of a line.

    `tariff_prefixes` are the first 2 to 10 digits of any number on the line. `program_families` are those of
    `shared.customs.programs`. `agency_flags` are flags of partner government agencies on the number, or their first two
    letters. `case_prefixes` are the first characters of a case number: `A570` is antidumping, China.
    """

    tariff_prefixes: tuple[str, ...] = ()
    program_families: tuple[str, ...] = ()
    preference: Literal["any", "none"] | None = None
    preference_symbols: tuple[str, ...] = ()
    has_case: bool = False
    case_prefixes: tuple[str, ...] = ()
    agency_flags: tuple[str, ...] = ()
    entry_types: tuple[str, ...] = ()
    is_quota: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """From where and through where. `ports` speak of the entry, all else of a line."""

    origins: tuple[str, ...] = ()
    export_countries: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    manufacturers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HowMuch:
    """Bounds in cents, both ends included; `entry_…` speak of the entry, all else of a line.

    `unit_value_below_pct` and `unit_value_above_pct` are percentages of the rolling median of the tariff number and
    unit; where there is no median, the condition is not met.
    """

    entry_value_at_least_cents: int | None = None
    entry_value_at_most_cents: int | None = None
    entry_duty_at_least_cents: int | None = None
    entry_duty_at_most_cents: int | None = None
    line_value_at_least_cents: int | None = None
    line_value_at_most_cents: int | None = None
    line_duty_at_least_cents: int | None = None
    line_duty_at_most_cents: int | None = None
    unit_value_below_pct: int | None = None
    unit_value_above_pct: int | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One reason to review, at one revision.

    All conditions must be met; those that speak of a line by one line together. `sampling_basis_points` says how many
    of the entries that meet them are selected. `spares_trusted` lets accounts in a trusted-trader program and in good
    standing pass. `expires_on` is the last day on which it selects. `weekly_budget` is the number of entries a week
    that the teams can take, `expected_hit_basis_points` the share of all entries that its owner expects to hit.
    `instruction` tells the reviewer what to look at.
    """

    id: str
    revision: int
    title: str
    owner: str
    lane: Lane
    processes: tuple[str, ...]
    instruction: str
    expires_on: date | None = None
    weekly_budget: int | None = None
    expected_hit_basis_points: int | None = None
    sampling_basis_points: int = ALL_BASIS_POINTS
    spares_trusted: bool = False
    who: Who = field(default_factory=Who)
    what: What = field(default_factory=What)
    where: Where = field(default_factory=Where)
    how_much: HowMuch = field(default_factory=HowMuch)

    @property
    def asks_unit_values(self) -> bool:
        """Whether it compares unit values with their median."""
        return self.how_much.unit_value_below_pct is not None or self.how_much.unit_value_above_pct is not None


class Fault(NamedTuple):
    """What is wrong with a criterion: in which field, and what to do."""

    field: str
    text: str
    remedy: str


def to_document(criterion: Criterion) -> dict[str, Any]:
    """The criterion without id and revision as JSON values; what asks nothing is left out, so it can be compared."""
    document: dict[str, Any] = {}
    for item in fields(criterion):
        value = getattr(criterion, item.name)
        if item.name in {"id", "revision"} or value is None:
            continue
        if isinstance(value, Who | What | Where | HowMuch):
            value = _asked(value)
            if not value:
                continue
        document[item.name] = _plain(value)
    return document


def from_document(criterion_id: str, revision: int, document: Mapping[str, Any]) -> Criterion:
    """The criterion that a document of `to_document` stands for."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
    }
    if "expires_on" in values:
        values["expires_on"] = date.fromisoformat(values["expires_on"])
    for name, kind in _PARTS.items():
        values[name] = kind(**_values(document.get(name, {})))
    return Criterion(id=criterion_id, revision=revision, **values)


def find_faults(criterion: Criterion) -> list[Fault]:
    """What makes a criterion useless or wrong, all at once; empty when it may be drafted."""
    return [*_unknown_values(criterion), *_contradictions(criterion)]


def find_expiry_faults(criterion: Criterion, today: date) -> list[Fault]:
    """What is wrong with the last day of a criterion that somebody writes on a legal day."""
    if criterion.expires_on is None:
        return [Fault("expires_on", "A criterion expires.", "Say when; it can be prolonged by an edit.")]
    if criterion.expires_on <= today:
        return [Fault("expires_on", f"{criterion.expires_on} is not after today.", "Take a later day.")]
    return []


_PARTS: Final[Mapping[str, Callable[..., Who | What | Where | HowMuch]]] = {
    "who": Who,
    "what": What,
    "where": Where,
    "how_much": HowMuch,
}


def _values(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in document.items()}


def _asked(part: Who | What | Where | HowMuch) -> dict[str, Any]:
    values = {item.name: getattr(part, item.name) for item in fields(part)}
    return {
        name: _plain(value)
        for name, value in values.items()
        if value is not None and value is not False and value != ()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _unknown_values(criterion: Criterion) -> Iterator[Fault]:
    who, what, where = criterion.who, criterion.what, criterion.where
    for name, values, is_known, text, remedy in (
        ("what.entry_types", what.entry_types, entry_types().__contains__, "an entry type", "a two-digit code, as 01"),
        ("what.program_families", what.program_families, FAMILIES.__contains__, "a family", ", ".join(FAMILIES)),
        (
            "what.preference_symbols",
            what.preference_symbols,
            find_preference,
            "a preference symbol",
            "one such as S or KR",
        ),
        ("what.tariff_prefixes", what.tariff_prefixes, _TARIFF_PREFIX.fullmatch, "a prefix", "2 to 10 digits, no dots"),
        (
            "what.case_prefixes",
            what.case_prefixes,
            _CASE_PREFIX.fullmatch,
            "a case prefix",
            "A or C and digits, as A570",
        ),
        (
            "what.agency_flags",
            what.agency_flags,
            _AGENCY_FLAG.fullmatch,
            "an agency flag",
            "one such as FD, FD4 or AQ2",
        ),
        ("where.origins", where.origins, is_country_code, "a country code", "two letters, as CN"),
        ("where.export_countries", where.export_countries, is_country_code, "a country code", "two letters, as CN"),
        ("where.ports", where.ports, find_port, "a port", "a four-digit Schedule D code, as 2704"),
        ("who.sizes", who.sizes, _SIZES.__contains__, "a size class", ", ".join(_SIZES)),
        (
            "processes",
            criterion.processes,
            _may_be_routed,
            "a process that a criterion opens: it is law-enforcement-sensitive, and routing tells what it opens",
            "another; matters of it are opened by a person, who names whoever needs to know",
        ),
    ):
        for value in values:
            if not is_known(value):
                yield Fault(name, f"{value} is not {text}.", f"Take {remedy}.")
    for number in who.importers:
        try:
            kind_of(number)
        except InvalidImporterNumber:
            # Not repeated: it may be part of a social security number.
            yield Fault("who.importers", "One is no importer number.", "Write it whole, as it is registered.")


def _may_be_routed(process: str) -> bool:
    return process not in SENSITIVE_PROCESSES


def _contradictions(criterion: Criterion) -> Iterator[Fault]:
    who, what, how_much = criterion.who, criterion.what, criterion.how_much
    asks_nothing = not any(_asked(getattr(criterion, name)) for name in _PARTS)
    asks_for_trusted = who.trust == "trusted" or bool(who.trusted_programs)
    asks_of_account = asks_for_trusted or bool(who.families or who.sizes or who.not_in_good_standing)
    below, above = how_much.unit_value_below_pct, how_much.unit_value_above_pct
    for is_wrong, name, text, remedy in (
        (not criterion.processes, "processes", "It opens no process.", "Name one, such as entry-summary-review."),
        (criterion.lane == "no-review", "lane", "It selects for no review.", "Take document-review or enforcement."),
        (
            asks_nothing and criterion.sampling_basis_points == ALL_BASIS_POINTS,
            "sampling_basis_points",
            "It would select every entry.",
            "Set a condition, or a rate below 10,000.",
        ),
        (
            who.without_account and (asks_of_account or who.new_within_days is not None),
            "who.without_account",
            "What has no account has no properties of an account.",
            "Leave the other conditions on the account out.",
        ),
        (
            who.trust == "not-trusted" and bool(who.trusted_programs),
            "who.trust",
            "A program is asked for and refused at once.",
            "Leave one of the two out.",
        ),
        (
            criterion.spares_trusted and asks_for_trusted and not who.not_in_good_standing,
            "spares_trusted",
            "It asks for trusted accounts and spares them.",
            "Set it to false.",
        ),
        (
            what.preference == "none" and bool(what.preference_symbols),
            "what.preference",
            "A preference is asked for and refused at once.",
            "Leave one of the two out.",
        ),
        (
            below is not None and above is not None and below <= above,
            "how_much.unit_value_below_pct",
            "Nothing is below the one and above the other.",
            "Make two criteria of it.",
        ),
    ):
        if is_wrong:
            yield Fault(name, text, remedy)
    for bounded in ("entry_value", "entry_duty", "line_value", "line_duty"):
        least = getattr(how_much, f"{bounded}_at_least_cents")
        most = getattr(how_much, f"{bounded}_at_most_cents")
        if least is not None and most is not None and least > most:
            yield Fault(f"how_much.{bounded}_at_least_usd", "The bounds exclude each other.", "Exchange them.")
