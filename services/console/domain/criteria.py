"""Selection criteria as forms and as sentences: who, what, where and how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final

from services.console.domain.words import say_code, say_money

_LIST: Final = "list"
_NUMBER: Final = "number"
_FLAG: Final = "flag"
_TEXT: Final = "text"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a criterion: how its form calls it, and how a sentence says it."""

    label: str
    kind: str
    says: str
    codes: tuple[str, ...] = ()


GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    {"who": "Who", "what": "What", "where": "Where", "how_much": "How much"}
)

PARTS: Final[Mapping[str, Part]] = MappingProxyType(
    {
        "who.importers": Part("Importer numbers", _LIST, "importer {}"),
        "who.families": Part("Account families", _LIST, "family {}"),
        "who.trust": Part("Trust", _TEXT, "{} accounts", ("trusted", "not-trusted")),
        "who.trusted_programs": Part("Trusted programs", _LIST, "in program {}"),
        "who.sizes": Part("Sizes of account", _LIST, "{} importers"),
        "who.without_account": Part("Without an account", _FLAG, "importers without an account"),
        "who.new_within_days": Part("New within days", _NUMBER, "accounts of the last {} days"),
        "who.not_in_good_standing": Part("Not in good standing", _FLAG, "accounts not in good standing"),
        "what.tariff_prefixes": Part("Tariff numbers, or their beginnings", _LIST, "goods of {}"),
        "what.program_families": Part("Special duties", _LIST, "duties of {}"),
        "what.preference": Part("Preference claimed", _TEXT, "{} preference claimed", ("any", "none")),
        "what.preference_symbols": Part("Preferences", _LIST, "preference {}"),
        "what.has_case": Part("An AD/CVD case", _FLAG, "an AD/CVD case"),
        "what.case_prefixes": Part("AD/CVD cases, or their beginnings", _LIST, "case {}"),
        "what.agency_flags": Part("Flags of other agencies", _LIST, "flag {}"),
        "what.entry_types": Part("Entry types", _LIST, "entry type {}"),
        "what.is_quota": Part("Subject to quota", _FLAG, "subject to quota"),
        "where.origins": Part("Origins", _LIST, "from {}"),
        "where.export_countries": Part("Countries of export", _LIST, "exported from {}"),
        "where.ports": Part("Ports", _LIST, "at port {}"),
        "where.manufacturers": Part("Makers (MID)", _LIST, "made by {}"),
        "how_much.entry_value_at_least_usd": Part("Entry worth at least, $", _TEXT, "entry worth at least {}"),
        "how_much.entry_value_at_most_usd": Part("Entry worth at most, $", _TEXT, "entry worth at most {}"),
        "how_much.entry_duty_at_least_usd": Part("Duty of the entry at least, $", _TEXT, "duty of at least {}"),
        "how_much.entry_duty_at_most_usd": Part("Duty of the entry at most, $", _TEXT, "duty of at most {}"),
        "how_much.line_value_at_least_usd": Part("Line worth at least, $", _TEXT, "line worth at least {}"),
        "how_much.line_value_at_most_usd": Part("Line worth at most, $", _TEXT, "line worth at most {}"),
        "how_much.line_duty_at_least_usd": Part("Duty of the line at least, $", _TEXT, "line's duty of at least {}"),
        "how_much.line_duty_at_most_usd": Part("Duty of the line at most, $", _TEXT, "line's duty of at most {}"),
        "how_much.unit_value_below_pct": Part(
            "Unit value below % of the median", _NUMBER, "unit value below {} % of the median"
        ),
        "how_much.unit_value_above_pct": Part(
            "Unit value above % of the median", _NUMBER, "unit value above {} % of the median"
        ),
    }
)
"""The parts of a criterion by group and name, in the order of the form."""

_WHOLE: Final = ("title", "owner", "lane", "instruction", "expires_on")
_NUMBERS: Final = ("weekly_budget", "expected_hit_basis_points", "sampling_basis_points")

NEXT_ACTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "draft": ("edit", "shadow", "retire"),
        "shadow": ("edit", "live", "confirm", "retire"),
        "live": ("edit", "retire"),
        "retired": ("edit",),
        "expired": ("edit",),
        "superseded": ("edit",),
    }
)
"""What may follow by the state of the newest revision; routing says whether it does."""


BACKTEST_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "waiting": "waits",
        "running": "is going on",
        "done": "done",
        "withdrawn": "withdrawn",
        "failed": "could not be done",
    }
)
"""States of a trial on past entries, in words."""


def say_criterion(groups: Mapping[str, Mapping[str, Any]]) -> str:
    """A criterion as one sentence.

    >>> groups = {"who": {"sizes": ["small", "mid"]}, "where": {"origins": ["VN"]}}
    >>> say_criterion({**groups, "how_much": {"line_value_at_least_usd": "10000.00", "unit_value_below_pct": 50}})
    'small or mid importers; from VN; line worth at least $10,000.00; unit value below 50 % of the median'
    >>> say_criterion({})
    'every entry'
    """
    said = []
    for name, part in PARTS.items():
        group, _, field = name.partition(".")
        value = groups.get(group, {}).get(field)
        if not value:
            continue
        match value:
            case list():
                text = " or ".join(value)
            case str() if field.endswith("_usd"):
                text = say_money(value)
            case _:
                text = say_code(str(value))
        said.append(part.says.format(text))
    return "; ".join(said) or "every entry"


def read_criterion(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A criterion as routing takes it; what is left empty says nothing, the last day none.

    >>> form = {"title": ["T"], "processes": ["quota"], "weekly_budget": ["120"], "where.origins": ["VN, KR"]}
    >>> found = read_criterion({**form, "what.is_quota": ["yes"]})
    >>> found["where"], found["what"], found["weekly_budget"], found["processes"], found["expires_on"]
    ({'origins': ['VN', 'KR']}, {'is_quota': True}, 120, ['quota'], None)
    """
    found: dict[str, Any] = {name: _one(form, name) for name in _WHOLE}
    found["expires_on"] = found["expires_on"] or None
    found["processes"] = _lines(_one(form, "processes"))
    found |= {name: _number(text) for name in _NUMBERS if (text := _one(form, name))}
    found["spares_trusted"] = _one(form, "spares_trusted") == "yes"
    found |= {group: {} for group in GROUPS}
    for name, part in PARTS.items():
        if text := _one(form, name):
            group, _, field = name.partition(".")
            found[group][field] = _value(part, text)
    return found


def write_criterion(definition: Mapping[str, Any]) -> dict[str, str]:
    """A criterion as the form of it is filled in.

    >>> write_criterion({"title": "T", "who": {}, "where": {"origins": ["VN", "KR"]}, "spares_trusted": True})
    {'title': 'T', 'spares_trusted': 'yes', 'where.origins': 'VN\\nKR'}
    """
    found = {name: str(definition[name]) for name in (*_WHOLE, *_NUMBERS) if definition.get(name) is not None}
    if definition.get("processes"):
        found["processes"] = "\n".join(definition["processes"])
    if definition.get("spares_trusted"):
        found["spares_trusted"] = "yes"
    for name in PARTS:
        group, _, field = name.partition(".")
        value = definition.get(group, {}).get(field)
        if value:
            found[name] = "\n".join(value) if isinstance(value, list) else "yes" if value is True else str(value)
    return found


def say_share(basis_points: int | None) -> str:
    """A share in per cent.

    >>> say_share(3400), say_share(15), say_share(None)
    ('34 %', '0.15 %', 'not known')
    """
    if basis_points is None:
        return "not known"
    return f"{(Decimal(basis_points) / 100).normalize():f} %"


def say_worth(change_usd: str, reviewed: int) -> str:
    """Dollars that a review brought on average.

    >>> say_worth("94400.00", 40), say_worth("0.00", 0)
    ('$2,360', '-')
    """
    try:
        return say_money(round(Decimal(change_usd) / reviewed)) if reviewed else "-"
    except InvalidOperation:
        return "-"


def _value(part: Part, text: str) -> Any:
    match part.kind:
        case "list":
            return _lines(text)
        case "number":
            return _number(text)
        case "flag":
            return text == "yes"
        case _:
            return text


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]


def _one(form: Mapping[str, Sequence[str]], name: str) -> str:
    return (form.get(name) or [""])[0]
