"""Criteria compiled: each is found by its rarest condition, and what is left of it is a chain of small functions.

So an entry meets only the few criteria that could hit it, however many there are. The order of selectivity below is an
estimate that costs time where it is wrong, never a different result.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from services.routing.domain.criteria import Criterion, HowMuch, What, Where, Who
from services.routing.domain.facts import Account, EntryFacts, LineFacts
from services.routing.domain.unit_values import UnitValues, percent_of_median
from shared.customs.entry_types import entry_types
from shared.customs.programs import families_of
from shared.customs.tariff_schedule import find_tariff_line

EntryTest = Callable[[EntryFacts, Account | None], bool]
LineTest = Callable[[LineFacts, date], bool]

QUOTA_TYPES: Final = frozenset(code for code, kind in entry_types().items() if kind.quota)

_MOST_REMEMBERED: Final = 32_768
"""Numbers with their origins that are remembered, some 5 MB; the tariff has about 20,000 numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A criterion with what is left to test once the index has found it; `rank` is its place among the reasons."""

    rank: int
    criterion: Criterion
    is_shadow: bool
    test: EntryTest | None
    line_test: LineTest | None


Group = tuple[Candidate, ...]
Met = dict[int, tuple[Candidate, LineFacts | None]]
"""By rank: a criterion whose conditions are met, with the first line that met those that speak of a line."""


class _Key(NamedTuple):
    """A condition to find a criterion by: the table and the keys in it, and its share of all lines, estimated."""

    share: int
    table: str
    keys: tuple[str, ...]
    meets: frozenset[str]
    """The conditions, by their tables, that are met when it was found by this one."""


_ANY: Final = "any"
_EVERYWHERE: Final = _Key(10**9, "", (), frozenset())


class Index:
    """Candidates by what finds them: a property of the entry, or of a line.

    What a tariff number with its origin, or a case number, finds is remembered: the same ones come again and again.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, Group]], always: Group) -> None:
        nothing: Mapping[str, Group] = {}
        self._always = always
        self._importers = tables.get("importer", nothing)
        self._families = tables.get("family", nothing)
        self._accounts = tables.get("account", nothing)
        self._ports = tables.get("port", nothing)
        self._entry_types = tables.get("entry-type", nothing)
        self._entry_values = _Ascending(tables.get("entry-value", nothing))
        self._tariffs = tables.get("tariff", nothing)
        self._programs = tables.get("program", nothing)
        self._agency_flags = tables.get("agency-flag", nothing)
        self._cases = tables.get("case", nothing)
        self._preferences = tables.get("preference", nothing)
        self._origins = tables.get("origin", nothing)
        self._exports = tables.get("export", nothing)
        self._manufacturers = tables.get("manufacturer", nothing)
        self._line_values = _Ascending(tables.get("line-value", nothing))
        self._of_number: defaultdict[str, dict[str, Group]] = defaultdict(dict)
        self._remembered = 0
        self._of_case: dict[str, Group] = {}

    def find(self, facts: EntryFacts, account: Account | None) -> Met:
        """Every criterion whose conditions the entry meets."""
        met: Met = {}
        for group in self._groups_of_entry(facts, account):
            for item in group:
                if item.test is not None and not item.test(facts, account):
                    continue
                if item.line_test is None:
                    met[item.rank] = (item, None)
                    continue
                for line in facts.lines:
                    if item.line_test(line, facts.entry_date):
                        met[item.rank] = (item, line)
                        break
        for line in facts.lines:
            for group in self._groups_of_line(line):
                for item in group:
                    if item.line_test is not None and not item.line_test(line, facts.entry_date):
                        continue
                    if item.test is not None and not item.test(facts, account):
                        continue
                    met.setdefault(item.rank, (item, line))
        return met

    def _groups_of_entry(self, facts: EntryFacts, account: Account | None) -> list[Group]:
        groups = [self._always, self._entry_values.up_to(facts.value_usd)]
        if group := self._importers.get(facts.importer_number):
            groups.append(group)
        if group := self._ports.get(facts.port_of_entry):
            groups.append(group)
        if group := self._entry_types.get(facts.entry_type):
            groups.append(group)
        if account is None:
            groups.append(self._accounts.get("none", ()))
        else:
            if account.family and (group := self._families.get(account.family)):
                groups.append(group)
            if not account.is_in_good_standing:
                groups.append(self._accounts.get("not-in-good-standing", ()))
        return groups

    def _groups_of_line(self, line: LineFacts) -> list[Group]:
        groups = [self._line_values.up_to(line.value_usd)]
        known = self._of_number[line.origin]
        for number in numbers_of(line):
            group = known.get(number)
            if group is None:
                group = self._learn_number(number, line.origin)
            if group:
                groups.append(group)
        if group := self._origins.get(line.origin):
            groups.append(group)
        if line.manufacturer and (group := self._manufacturers.get(line.manufacturer)):
            groups.append(group)
        if line.export and (group := self._exports.get(line.export)):
            groups.append(group)
        if line.preference and self._preferences:
            groups += [self._preferences.get(_ANY, ()), self._preferences.get(line.preference, ())]
        if line.cases and self._cases:
            groups += [self._of_case.get(case) or self._learn_case(case) for case in line.cases]
        return groups

    def _learn_number(self, number: str, origin: str) -> Group:
        found = [item for end in range(2, len(number) + 1) for item in self._tariffs.get(number[:end], ())]
        if self._programs:
            found += [item for family in families_of(number, None) for item in self._programs.get(family, ())]
        if self._agency_flags:
            found += [item for flag in agency_flags_of(number) for item in self._agency_flags.get(flag, ())]
        if self._remembered >= _MOST_REMEMBERED:
            self._of_number.clear()
            self._remembered = 0
        here = {item.rank: item for item in found if origin in (item.criterion.where.origins or (origin,))}
        self._of_number[origin][number] = group = tuple(here.values())
        self._remembered += 1
        return group

    def _learn_case(self, case_number: str) -> Group:
        found = [*self._cases.get(_ANY, ())]
        found += [item for end in range(1, len(case_number) + 1) for item in self._cases.get(case_number[:end], ())]
        if len(self._of_case) >= _MOST_REMEMBERED:
            self._of_case.clear()
        self._of_case[case_number] = group = tuple({item.rank: item for item in found}.values())
        return group


class _Ascending:
    """Candidates by the least whole dollars that they ask for."""

    def __init__(self, table: Mapping[str, Group]) -> None:
        pairs = sorted(
            [(int(least), item) for least, group in table.items() for item in group], key=lambda pair: pair[0]
        )
        self._least = [least for least, _ in pairs]
        self._candidates = tuple(item for _, item in pairs)

    def up_to(self, dollars: int) -> Group:
        """Those that ask for so many dollars or fewer."""
        return self._candidates[: bisect_right(self._least, dollars)]


def build_index(live: Sequence[Criterion], shadow: Sequence[Criterion], unit_values: UnitValues) -> Index:
    """Compile criteria. Ranks run from the strictest lane to the mildest, and in the given order within a lane."""
    tables: defaultdict[str, defaultdict[str, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    always: list[Candidate] = []
    ranked = sorted([(item, False) for item in live] + [(item, True) for item in shadow], key=_strictness)
    for rank, (criterion, is_shadow) in enumerate(ranked):
        key = min(_keys_of(criterion), default=_EVERYWHERE)
        # What has been found by a condition need not be asked for it again.
        item = Candidate(
            rank,
            criterion,
            is_shadow,
            _chain_entry_tests([test for table, test in _entry_tests(criterion) if table not in key.meets]),
            _chain_line_tests([test for table, test in _line_tests(criterion, unit_values) if table not in key.meets]),
        )
        if not key.keys:
            always.append(item)
        for name in key.keys:
            tables[key.table][name].append(item)
    frozen = {table: {name: tuple(group) for name, group in keys.items()} for table, keys in tables.items()}
    return Index(frozen, tuple(always))


def numbers_of(line: LineFacts) -> tuple[str, ...]:
    """Every tariff number on a line: goods first, then the Chapter 98 and 99 provisions."""
    if len(line.goods) > 1:
        return (*[number for number, _ in line.goods], *line.special_tariffs)
    return (line.tariff, *line.special_tariffs) if line.tariff else line.special_tariffs


@lru_cache(maxsize=8192)
def agency_flags_of(number: str) -> frozenset[str]:
    """Flags of partner government agencies on a ten-digit number, whole and by their first two letters."""
    line = find_tariff_line(number)
    return frozenset(part for flag in line.pga_flags for part in (flag, flag[:2])) if line else frozenset()


def is_spared(account: Account | None) -> bool:
    """Whether criteria that spare trusted traders spare this account: in a program on the entry date, and compliant."""
    return account is not None and bool(account.trusted_programs) and account.is_in_good_standing


def is_new(facts: EntryFacts, account: Account | None, days: int) -> bool:
    """Whether the account was registered less than so many days before the entry date, or there is none.

    An account whose first day is not known counts as old.
    """
    if account is None:
        return True
    return account.registered_on is not None and (facts.entry_date - account.registered_on).days < days


def whole_dollars(least_cents: int) -> int:
    """The least number of whole dollars that reaches a bound in cents."""
    return -(-least_cents // 100)


# --- which condition finds a criterion -------------------------------------------------------------------------------


def _keys_of(criterion: Criterion) -> Iterator[_Key]:
    """The conditions to find a criterion by; shares are in millionths, from what imports usually look like."""
    who, what, where = criterion.who, criterion.what, criterion.where
    types = what.entry_types
    if what.is_quota:
        types = tuple(sorted(QUOTA_TYPES.intersection(types or QUOTA_TYPES)))
    for share, table, keys in (
        (100 * len(who.importers), "importer", who.importers),
        (300 * len(who.families), "family", who.families),
        (50_000, "account", ("none",) if who.without_account else ()),
        (10_000, "account", ("not-in-good-standing",) if who.not_in_good_standing else ()),
        (1_000 * len(what.case_prefixes), "case", what.case_prefixes),
        (30_000, "case", (_ANY,) if what.has_case and not what.case_prefixes else ()),
        (40_000 * len(what.preference_symbols), "preference", what.preference_symbols),
        (150_000, "preference", (_ANY,) if what.preference == "any" and not what.preference_symbols else ()),
        (sum(700_000 if code == "01" else 10_000 for code in types), "entry-type", types),
        (sum(_share_of_country(code) for code in where.origins), "origin", where.origins),
        (sum(_share_of_country(code) for code in where.export_countries), "export", where.export_countries),
        (50_000 * len(where.ports), "port", where.ports),
        (100 * len(where.manufacturers), "manufacturer", where.manufacturers),
        *_value_shares(criterion.how_much),
    ):
        if keys:
            yield _Key(share, table, keys, frozenset({table}))
    yield from _number_keys(what, where)


def _number_keys(what: What, where: Where) -> Iterator[_Key]:
    """Conditions on a tariff number; the index asks for number and origin at once."""
    origins = min(1_000_000, sum(_share_of_country(code) for code in where.origins) or 1_000_000)
    for share, table, keys, meets in (
        (sum(_share_of_prefix(prefix) for prefix in what.tariff_prefixes), "tariff", what.tariff_prefixes, {"tariff"}),
        (150_000 * len(what.agency_flags), "agency-flag", what.agency_flags, {"agency-flag"}),
        # A number is found by its program of any day: whether it is in force on this one is left to test.
        (250_000, "program", what.program_families, set[str]()),
    ):
        if keys:
            yield _Key(share * origins // 1_000_000, table, keys, frozenset({*meets, "origin"}))


def _value_shares(how_much: HowMuch) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    for table, least_cents in (
        ("entry-value", how_much.entry_value_at_least_cents),
        ("line-value", how_much.line_value_at_least_cents),
    ):
        if least_cents is not None:
            least = whole_dollars(least_cents)
            yield 10**10 // (max(0, least) + 10_000), table, (str(least),)


def _share_of_prefix(prefix: str) -> int:
    return 1_000_000 // int(30 * 5 ** (len(prefix) // 2 - 1))


def _share_of_country(code: str) -> int:
    return 300_000 if code in {"CN", "MX", "CA"} else 50_000


def _strictness(ranked: tuple[Criterion, bool]) -> int:
    return 0 if ranked[0].lane == "enforcement" else 1


# --- what is left to test --------------------------------------------------------------------------------------------

# Each test comes with the table of the index that makes it superfluous when it found the criterion, "" if none does.


def _entry_tests(criterion: Criterion) -> Iterator[tuple[str, EntryTest]]:
    if criterion.spares_trusted:
        yield "", lambda _, account: not is_spared(account)
    yield from _who_tests(criterion.who)
    what, where = criterion.what, criterion.where
    if what.entry_types:
        codes = frozenset(what.entry_types)
        yield "entry-type", lambda facts, _: facts.entry_type in codes
    if what.is_quota:
        yield "entry-type", lambda facts, _: facts.entry_type in QUOTA_TYPES
    if where.ports:
        ports = frozenset(where.ports)
        yield "port", lambda facts, _: facts.port_of_entry in ports
    yield from _entry_amount_tests(criterion.how_much)


def _who_tests(who: Who) -> Iterator[tuple[str, EntryTest]]:
    if who.importers:
        importers = frozenset(who.importers)
        yield "importer", lambda facts, _: facts.importer_number in importers
    if who.families:
        families = frozenset(who.families)
        yield "family", lambda _, account: account is not None and account.family in families
    if who.trust == "trusted":
        yield "", lambda _, account: account is not None and bool(account.trusted_programs)
    if who.trust == "not-trusted":
        yield "", lambda _, account: account is None or not account.trusted_programs
    if who.trusted_programs:
        programs = frozenset(who.trusted_programs)
        yield "", lambda _, account: account is not None and not programs.isdisjoint(account.trusted_programs)
    if who.sizes:
        sizes = frozenset(who.sizes)
        yield "", lambda _, account: account is not None and account.size in sizes
    if who.without_account:
        yield "", lambda _, account: account is None
    if who.not_in_good_standing:
        yield "", lambda _, account: account is not None and not account.is_in_good_standing
    if who.new_within_days is not None:
        days = who.new_within_days
        yield "", lambda facts, account: is_new(facts, account, days)


def _entry_amount_tests(how_much: HowMuch) -> Iterator[tuple[str, EntryTest]]:
    if how_much.entry_value_at_least_cents is not None:
        least_value = whole_dollars(how_much.entry_value_at_least_cents)
        yield "entry-value", lambda facts, _: facts.value_usd >= least_value
    if how_much.entry_value_at_most_cents is not None:
        most_value = how_much.entry_value_at_most_cents
        yield "", lambda facts, _: facts.value_usd * 100 <= most_value
    if how_much.entry_duty_at_least_cents is not None:
        least_duty = how_much.entry_duty_at_least_cents
        yield "", lambda facts, _: facts.duty_cents >= least_duty
    if how_much.entry_duty_at_most_cents is not None:
        most_duty = how_much.entry_duty_at_most_cents
        yield "", lambda facts, _: facts.duty_cents <= most_duty


def _line_tests(criterion: Criterion, unit_values: UnitValues) -> Iterator[tuple[str, LineTest]]:
    where = criterion.where
    if where.origins:
        origins = frozenset(where.origins)
        yield "origin", lambda line, _: line.origin in origins
    if where.export_countries:
        exports = frozenset(where.export_countries)
        yield "export", lambda line, _: line.export in exports
    if where.manufacturers:
        manufacturers = frozenset(where.manufacturers)
        yield "manufacturer", lambda line, _: line.manufacturer in manufacturers
    yield from _line_amount_tests(criterion.how_much)
    yield from _goods_tests(criterion.what)
    yield from _unit_value_tests(criterion.how_much, unit_values)


def _goods_tests(what: What) -> Iterator[tuple[str, LineTest]]:
    if what.preference == "any":
        yield "" if what.preference_symbols else "preference", lambda line, _: bool(line.preference)
    if what.preference == "none":
        yield "", lambda line, _: not line.preference
    if what.preference_symbols:
        symbols = frozenset(what.preference_symbols)
        yield "preference", lambda line, _: line.preference in symbols
    if what.has_case:
        yield "case", lambda line, _: bool(line.cases)
    if what.case_prefixes:
        cases = what.case_prefixes
        yield "case", lambda line, _: any(case.startswith(cases) for case in line.cases)
    if what.tariff_prefixes:
        prefixes = what.tariff_prefixes
        yield "tariff", lambda line, _: any(number.startswith(prefixes) for number in numbers_of(line))
    if what.agency_flags:
        flags = frozenset(what.agency_flags)
        yield "agency-flag", lambda line, _: any(not flags.isdisjoint(agency_flags_of(n)) for n in numbers_of(line))
    if what.program_families:
        families = frozenset(what.program_families)
        yield (
            "program",
            lambda line, day: any(not families.isdisjoint(families_of(n, day)) for n in line.special_tariffs),
        )


def _line_amount_tests(how_much: HowMuch) -> Iterator[tuple[str, LineTest]]:
    if how_much.line_value_at_least_cents is not None:
        least_value = whole_dollars(how_much.line_value_at_least_cents)
        yield "line-value", lambda line, _: line.value_usd >= least_value
    if how_much.line_value_at_most_cents is not None:
        most_value = how_much.line_value_at_most_cents
        yield "", lambda line, _: line.value_usd * 100 <= most_value
    if how_much.line_duty_at_least_cents is not None:
        least_duty = how_much.line_duty_at_least_cents
        yield "", lambda line, _: line.duty_cents >= least_duty
    if how_much.line_duty_at_most_cents is not None:
        most_duty = how_much.line_duty_at_most_cents
        yield "", lambda line, _: line.duty_cents <= most_duty


def _unit_value_tests(how_much: HowMuch, unit_values: UnitValues) -> Iterator[tuple[str, LineTest]]:
    if how_much.unit_value_below_pct is not None:
        below = how_much.unit_value_below_pct
        yield "", lambda line, _: (share := percent_of_median(line, unit_values)) is not None and share < below
    if how_much.unit_value_above_pct is not None:
        above = how_much.unit_value_above_pct
        yield "", lambda line, _: (share := percent_of_median(line, unit_values)) is not None and share > above


def _chain_entry_tests(tests: Sequence[EntryTest]) -> EntryTest | None:
    """One function that asks all, in order; None when there is nothing to ask."""
    if len(tests) < 2:
        return tests[0] if tests else None
    first, rest = tests[0], _chain_entry_tests(tests[1:])
    assert rest is not None
    return lambda facts, account: first(facts, account) and rest(facts, account)


def _chain_line_tests(tests: Sequence[LineTest]) -> LineTest | None:
    """One function that asks all, in order; None when there is nothing to ask."""
    if len(tests) < 2:
        return tests[0] if tests else None
    first, rest = tests[0], _chain_line_tests(tests[1:])
    assert rest is not None
    return lambda line, day: first(line, day) and rest(line, day)
