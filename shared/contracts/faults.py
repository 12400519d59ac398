"""What is wrong with a message in the words of its sender: which field, what came, what is right.

Refusals of events, problem details of the APIs and the command line say the same, and all of it is made here, for
messages that were refused only. Nothing of a validator's own language comes through.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, get_args

from pydantic_core.core_schema import ErrorType

from shared.customs.importer_number import mask_importer_number

MOST_FAULTS: Final = 100
"""How many faults are told of one message; after so many the sender's software is at fault, not the message."""

_MOST_CAME: Final = 60
_MOST_WORDS: Final = 24
_MOST_IN_A_SENTENCE: Final = 10

FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        r"^[0-9A-Z]{3}[0-9]{8}$": "an entry number of 11 characters: filer code (3), seven digits, check digit",
        r"^([0-9]{2}-[0-9]{7}[0-9A-Z]{2}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{6}-[0-9]{5})$": "an importer number: "
        "NN-NNNNNNNXX (employer number with its two-character suffix, 00 where the account has none), NNN-NN-NNNN "
        "(social security number) or YYDDPP-NNNNN (assigned by CBP)",
        r"^[0-9]{8}([0-9]{2})?$": "a tariff number of 8 or 10 digits",
        r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$": "US dollars as text with at most two decimals",
        r"^[0-9]{1,13}(\.[0-9]{1,2})?$": "US dollars as text, not negative, with at most two decimals",
        r"^[0-9]{1,11}(\.[0-9]{2})?$": "US dollars as text, not negative, whole or with two decimals",
        r"^[0-9]{1,5}(\.[0-9]{1,6})?$": "a rate in percent as text, not negative, with at most six decimals",
        r"^[0-9]{1,15}(\.[0-9]{1,6})?$": "a quantity as text, not negative, with at most six decimals",
        r"^[A-Z0-9]{3,8}$": "a Center's code of 3 to 8 capitals and digits",
        r"^[A-Z0-9]{3,10}$": "a Center's code of 3 to 10 capitals and digits, or UNDERLYING",
        r"^[^\x00]*$": "text without the NUL character",
        r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$": "a name of letters, digits, dots, hyphens and underscores, 64 at most",
        r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$": "a name of letters, digits, blanks and . _ / -, 64 at most",
        r"^[A-Za-z0-9-]{1,64}$": "an id of letters, digits and hyphens, 64 at most",
        r"^[0-9A-Z]{3}$": "a code of three capitals or digits",
        r"^((filer|surety):[0-9A-Z]{3}|(agent|counsel):[0-9A-Z][0-9A-Z-]{0,31})$": "filer: or surety: with the code "
        "of three characters, or agent: or counsel: with the number",
        r"^[a-z]+(-[a-z]+)*:[0-9A-Z][0-9A-Z-]{0,31}$": "the kind of the party, a colon and its code",
        r"^[0-9]{4}$": "four digits",
        r"^\d{4}$": "four digits",
        r"^[0-9]{3}$": "three digits",
        r"^[0-9]{2}$": "two digits",
        r"^[0-9]{2,10}$": "the first 2 to 10 digits of a tariff number",
        r"^[0-9]{4,10}$": "the first 4 to 10 digits of a tariff number",
        r"^[0-9]{0,10}$": "the first digits of a tariff number, 10 at most",
        r"^99[0-9]{0,8}$": "a number of Chapter 99 or its beginning: 99 and up to eight digits",
        r"^([0-9]{3}|duty|additional-duty|antidumping|countervailing|(duty|fees)-unspecified)$": "three digits of a "
        "fee or tax, or duty, additional-duty, antidumping, countervailing, duty-unspecified, fees-unspecified",
        r"^[AC][0-9]{6,9}$": "a case number: A or C and six to nine digits, no hyphens",
        r"^[AC][0-9]{0,9}$": "the beginning of a case number: A or C and up to nine digits, no hyphens",
        r"^[A-Z][0-9]{2}$": "a reason code: one capital and two digits",
        r"^[A-Z]{2}$": "two capitals",
        r"^[A-Z0-9]{1,8}$": "1 to 8 capitals and digits",
        r"^[a-z][a-z0-9-]{1,62}$": "a name of 2 to 63 small letters, digits and hyphens that begins with a letter",
        r"^[a-z0-9][a-z0-9-]{0,63}$": "a name of small letters, digits and hyphens, 64 at most",
        r"^[a-z0-9][a-z0-9.-]{0,63}$": "a name of small letters, digits, dots and hyphens, 64 at most",
        r"^[^@\s\x00]+@[^@\s\x00]+$": "an e-mail address",
        r"^[^@\s]+@[^@\s]+$": "an e-mail address",
        r"^[0-9+().x -]{3,40}$": "a telephone number of 3 to 40 digits, blanks and + ( ) . - x",
        r"^[0-9+() .x-]{5,40}$": "a telephone number of 5 to 40 digits, blanks and + ( ) . - x",
        r"^[0-9A-Z*-]{10,12}$": "an importer number of 10 to 12 characters, whole or masked",
    }
)
"""Each form that a contract or an API demands of a text, in words. A test finds every form that is missing here."""

_EXAMPLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        r"^[0-9A-Z]{3}[0-9]{8}$": "B7603245278",
        r"^([0-9]{2}-[0-9]{7}[0-9A-Z]{2}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{6}-[0-9]{5})$": "07-345678900",
        r"^[0-9]{8}([0-9]{2})?$": "8471300100",
        r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$": "9375.00",
        r"^[0-9]{1,13}(\.[0-9]{1,2})?$": "9375.00",
        r"^[0-9]{1,11}(\.[0-9]{2})?$": "9375.00",
        r"^[0-9]{1,5}(\.[0-9]{1,6})?$": "25.00",
        r"^[0-9]{1,15}(\.[0-9]{1,6})?$": "100.5",
        r"^[0-9A-Z]{3}$": "036",
        r"^[0-9]{2}$": "11",
        r"^[0-9]{3}$": "499",
        r"^[0-9]{2,10}$": "8471",
        r"^99[0-9]{0,8}$": "990388",
        r"^[AC][0-9]{6,9}$": "A570012000",
        r"^[A-Z][0-9]{2}$": "H06",
        r"^[^@\s\x00]+@[^@\s\x00]+$": "trade@importer.example",
        r"^[^@\s]+@[^@\s]+$": "trade@importer.example",
    }
)

_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "missing": "missing",
        "missing_argument": "missing",
        "extra_forbidden": "unknown-field",
        "json_invalid": "not-json",
        "string_too_short": "too-short",
        "string_too_long": "too-long",
        "too_short": "too-few",
        "too_long": "too-many",
        "greater_than": "too-small",
        "greater_than_equal": "too-small",
        "less_than": "too-large",
        "less_than_equal": "too-large",
        "literal_error": "not-listed",
        "enum": "not-listed",
        "union_tag_invalid": "not-listed",
        "union_tag_not_found": "missing",
    }
)
"""The validator's names for faults that are no matter of form, and ours."""
_FORM: Final = "form"
_THEIRS: Final = frozenset(get_args(ErrorType))

_PERSONAL: Final = re.compile(r"importer|consignee|ssn|taxpayer|subject|filed_by\.id|bond_numbers")
_OTHER_NUMBERS: Final = re.compile(
    r"(entry_number|entries|case_number|hts|tariff|heading|usd|amount|rate_pct|prefix|version|_on|_at|_date)[^.]*$"
)
_NINE_DIGITS: Final = re.compile(r"(?<![0-9A-Z.])(?:[0-9][- .]?){8}[0-9][0-9A-Z]{0,2}(?![0-9A-Z])")
_SHAPES: Final = re.compile(
    r"(?<![0-9])(?:[0-9]{2}-[0-9]{7}[0-9A-Z]{0,2}|[0-9]{3}[- .][0-9]{2}[- .][0-9]{4}|[0-9]{6}-[0-9]{5})(?![0-9A-Z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `field` as the sender wrote it, places in lists from 1 (`data.lines[2].tariffs[1].hts`).

    `came` is what stood there, shortened and with importer numbers masked; None where that says nothing. `right` says
    what is right. `code` is the kind of fault for machines.
    """

    field: str
    code: str
    right: str
    came: str | None = None

    def __str__(self) -> str:
        came = f"{self.came} came; " if self.came is not None else ""
        return f"{self.field}: {came}right is {self.right}"


def tell(faults: Sequence[Fault]) -> str:
    """Faults as one text for people: a line each, those beyond ten as their number."""
    lines = [str(each) for each in faults[:_MOST_IN_A_SENTENCE]]
    if len(faults) > _MOST_IN_A_SENTENCE:
        lines.append(f"and {len(faults) - _MOST_IN_A_SENTENCE} more")
    return "\n".join(lines)


def explain(
    errors: Iterable[Mapping[str, Any]],
    document: Any,
    schema_of: Callable[[str], Mapping[str, Any] | None],
    *,
    roots: int = 0,
) -> tuple[Fault, ...]:
    """What a validator found, one fault for each place, in the order of the places.

    `errors` are pydantic's (`type`, `loc`, `msg`, `input`, `ctx`); the first `roots` parts of each `loc` name where the
    document came from (`body`, `query`). `document` is what came; `schema_of` gives the JSON Schema of what should
    have come, by the name of that root (empty without one). A choice between models counts as the one with the
    fewest faults.
    """
    found: dict[str, Fault] = {}
    real = [error for error in errors if not _is_echo(error)]
    for group in _choose(real, document, roots).values():
        error = group[0]
        place = _Place.of(error["loc"], document, roots, is_absent=_code(error) == "missing")
        field = place.name
        if field not in found and len(found) < MOST_FAULTS:
            found[field] = _fault(place, group, schema_of)
    return tuple(found.values())


def _is_echo(error: Mapping[str, Any]) -> bool:
    """Whether a list only counts as too short because of the faults of its members, which are told."""
    given, least = error.get("input"), error.get("ctx", {}).get("min_length")
    return error["type"] == "too_short" and isinstance(given, list | tuple) and len(given) >= least


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in what was sent: the parts of its path that the sender wrote, and what stands between them for us."""

    root: tuple[str, ...]
    path: tuple[str | int, ...]
    branches: tuple[str, ...]
    fork: tuple[str | int, ...] | None
    is_key: bool

    @property
    def name(self) -> str:
        """The path as people write it."""
        return _join((*self.root, *self.path))

    @staticmethod
    def of(loc: Sequence[str | int], document: Any, roots: int, *, is_absent: bool) -> "_Place":
        """Tell what the sender wrote in a path from the names of a validator's own branches."""
        root = tuple(str(part) for part in loc[:roots])
        at = document
        path: list[str | int] = []
        branches: list[str] = []
        fork: tuple[str | int, ...] | None = None
        rest = loc[roots:]
        is_key = bool(rest) and rest[-1] == "[key]"
        for number, part in enumerate(rest):
            is_last = number == len(rest) - 1
            if _holds(at, part):
                at = at[part]
                path.append(part)
            elif part == "[key]":
                continue
            elif (is_last and is_absent) or document is _UNKNOWN:
                path.append(part)
            else:
                branches.append(str(part))
                fork = tuple(path) if fork is None else fork
        return _Place(root, tuple(path), tuple(branches), fork, is_key)


def _holds(at: Any, part: str | int) -> bool:
    if isinstance(at, list | tuple):
        return isinstance(part, int) and 0 <= part < len(at)
    return isinstance(at, Mapping) and part in at


_UNKNOWN: Final = object()
"""A document that is not at hand: every part of a path is then taken for the sender's."""
UNKNOWN_DOCUMENT: Final[Any] = _UNKNOWN


def _choose(errors: list[Mapping[str, Any]], document: Any, roots: int) -> dict[str, list[Mapping[str, Any]]]:
    """The errors by their place; of the branches of a choice only the one that the sender came nearest to."""
    placed = [(_Place.of(each["loc"], document, roots, is_absent=_code(each) == "missing"), each) for each in errors]
    forks: dict[tuple[str | int, ...], dict[str, int]] = {}
    for place, _ in placed:
        if place.fork is not None and place.path != place.fork:
            counts = forks.setdefault((*place.root, *place.fork), {})
            counts[place.branches[0]] = counts.get(place.branches[0], 0) + 1
    chosen: dict[str, list[Mapping[str, Any]]] = {}
    for place, error in placed:
        if place.fork is not None:
            counts = forks.get((*place.root, *place.fork), {})
            if counts and place.branches[0] != min(counts, key=lambda name: (counts[name], name)):
                continue
        chosen.setdefault(place.name + (" key" if place.is_key else ""), []).append(error)
    return chosen


def _fault(
    place: _Place, group: Sequence[Mapping[str, Any]], schema_of: Callable[[str], Mapping[str, Any] | None]
) -> Fault:
    error = group[0]
    code = _code(error)
    own = [text for text in (_own_words(each) for each in group) if text is not None]
    if code == "not-json":
        return Fault(place.root[0] if place.root else "", code, _words_of_json(error))
    if code == "unknown-field":
        return Fault(place.name, code, "not to send this field: nothing of that name is taken here")
    if code == "missing" and error["type"].startswith("union_tag"):
        tag = str(error.get("ctx", {}).get("discriminator", "")).strip("'")
        return Fault(f"{place.name}.{tag}" if tag else place.name, code, _words_of_tags(error), "nothing")
    if error["type"] == "union_tag_invalid":
        context = error.get("ctx", {})
        tag = str(context.get("discriminator", "")).strip("'")
        field = f"{place.name}.{tag}"
        return Fault(field, code, _words_of_tags(error), show(context.get("tag"), field))
    came = "nothing" if code == "missing" else show(error.get("input"), place.name)
    if own:
        is_of_a_whole = isinstance(error.get("input"), Mapping) or not isinstance(error.get("input"), str | int | float)
        return Fault(place.name, code, " or ".join(dict.fromkeys(own)), None if is_of_a_whole else came)
    right = _right(place, error, schema_of)
    if place.is_key:
        right = f"{right}, as the name of a member"
    return Fault(place.name, code, right, came)


def _code(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind in _CODES:
        return _CODES[kind]
    if kind in {"value_error", "assertion_error"}:
        return "rule"
    return _FORM if kind in _THEIRS else kind


def _own_words(error: Mapping[str, Any]) -> str | None:
    """The sentence of a rule of our own; None for what the validator says of itself."""
    if error["type"] in {"value_error", "assertion_error"}:
        return str(error.get("ctx", {}).get("error", "")) or "a value that keeps the rule of this field"
    return None if error["type"] in _THEIRS else str(error["msg"])


def _words_of_json(error: Mapping[str, Any]) -> str:
    at = next((part for part in error["loc"] if isinstance(part, int)), None)
    return "JSON" if at is None else f"JSON: it can be read up to character {at}"


def _words_of_tags(error: Mapping[str, Any]) -> str:
    tags = str(error.get("ctx", {}).get("expected_tags", "")).replace("'", "")
    return f"one of {tags}" if tags else "the name of one of the kinds that are taken here"


def _right(place: _Place, error: Mapping[str, Any], schema_of: Callable[[str], Mapping[str, Any] | None]) -> str:
    """What is right at a place, by the schema; by what the validator demanded where the schema does not say it."""
    root = schema_of(".".join(place.root))
    if root is not None and not place.is_key:
        node = _find(root, place.path)
        if node is not None and (words := describe(node, root)):
            return words
    context = error.get("ctx", {})
    demanded = {
        "pattern": context.get("pattern"),
        "minLength": context.get("min_length") if str(error["type"]).startswith("string") else None,
        "maxLength": context.get("max_length") if str(error["type"]).startswith("string") else None,
        "minimum": context.get("ge"),
        "maximum": context.get("le"),
        "exclusiveMinimum": context.get("gt"),
        "exclusiveMaximum": context.get("lt"),
        "type": _TYPES.get(str(error["type"]).split("_")[0]),
    }
    return describe({name: value for name, value in demanded.items() if value is not None}, {}) or "another value"


_TYPES: Final = MappingProxyType(
    {
        "string": "string",
        "int": "integer",
        "float": "number",
        "decimal": "number",
        "greater": "number",
        "less": "number",
        "bool": "boolean",
        "list": "array",
        "tuple": "array",
        "dict": "object",
        "model": "object",
        "dataclass": "object",
        "date": "date",
        "datetime": "date-time",
        "timezone": "date-time",
        "uuid": "uuid",
    }
)


def _find(root: Mapping[str, Any], path: Sequence[str | int]) -> Mapping[str, Any] | None:
    """The schema of a place; where there are choices, the first that has one."""
    found = [_resolve(root, root)]
    for part in path:
        found = [child for node in found for child in _children(node, part, root)]
    return found[0] if found else None


def _children(node: Mapping[str, Any], part: str | int, root: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    children: list[Mapping[str, Any]] = []
    for choice in _choices(node, root):
        if isinstance(part, int):
            child = choice.get("items")
        else:
            child = choice.get("properties", {}).get(part, choice.get("additionalProperties"))
        if isinstance(child, Mapping):
            children.append(_resolve(child, root))
    return children


def _choices(node: Mapping[str, Any], root: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The schemas of which a value meets one, `null` left out."""
    given = node.get("anyOf") or node.get("oneOf")
    if not given:
        return [node]
    around = {name: value for name, value in node.items() if name in {"examples", "description"}}
    found = [choice for each in given for choice in _choices(_resolve(each, root), root)]
    return [{**around, **choice} for choice in found if choice.get("type") != "null"]


def _resolve(node: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        target: Any = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = {**target, **{name: value for name, value in node.items() if name != "$ref"}}
    return node


def describe(node: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """What a JSON Schema takes, in words with an example; empty when it takes anything."""
    words = dict.fromkeys(filter(None, (_describe_one(each, root) for each in _choices(_resolve(node, root), root))))
    return " or ".join(words)


def _describe_one(node: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    if "const" in node:
        return str(node["const"])
    if "enum" in node:
        return f"one of {_listed(node['enum'])}"
    kind = node.get("format") if node.get("format") in _FORMATS else node.get("type")
    example = _example(node)
    if "pattern" in node:
        words = FORMS.get(node["pattern"], "text of the form that the documents of this field give")
    elif kind in _FORMATS or kind in _PLAIN:
        words = {**_FORMATS, **_PLAIN}[str(kind)]
        if kind == "date" and "formatMinimum" in node:
            words += f", from {node['formatMinimum']} to {node['formatMaximum']}"
    elif kind in {"integer", "number"}:
        words = ("a whole number" if kind == "integer" else "a number") + _bounds(node)
    elif kind == "string":
        words = _describe_text(node)
    elif kind == "array":
        items = describe(node["items"], root) if isinstance(node.get("items"), Mapping) else ""
        counts = _span(node.get("minItems"), node.get("maxItems"), "members")
        return "a list" + (f" of {counts}" if counts else "") + (f", each {items}" if items else "")
    elif kind == "object" or "properties" in node:
        required = node.get("required", ())
        return "an object" + (f" with {_listed(required)}" if required else "")
    else:
        return ""
    return words + example


_FORMATS: Final = {
    "date": "a day as YYYY-MM-DD",
    "date-time": "an instant with its offset, as YYYY-MM-DDThh:mm:ssZ",
    "uuid": "a UUID",
    "binary": "a file",
}
_PLAIN: Final = {"boolean": "true or false"}


def _describe_text(node: Mapping[str, Any]) -> str:
    span = _span(node.get("minLength"), node.get("maxLength"), "characters")
    return "text" + (f" of {span}" if span else "")


def _span(least: Any, most: Any, unit: str) -> str:
    if least and most:
        return f"{least} {unit}" if least == most else f"{least} to {most} {unit}"
    if least:
        return f"at least {least} {unit}" if least > 1 else f"one or more {unit}"
    return f"at most {most} {unit}" if most is not None else ""


def _bounds(node: Mapping[str, Any]) -> str:
    parts = [
        f"{word} {node[name]}"
        for name, word in (
            ("minimum", "from"),
            ("exclusiveMinimum", "above"),
            ("maximum", "to"),
            ("exclusiveMaximum", "below"),
        )
        if name in node
    ]
    if "minimum" in node and node["minimum"] == node.get("maximum"):
        return f", {node['minimum']} alone"
    if len(parts) == 1:
        only = parts[0]
        number = only.partition(" ")[2]
        return {"from": f", {number} or more", "to": f", {number} or less"}.get(only.partition(" ")[0], f" {only}")
    return " " + " ".join(parts) if parts else ""


def _listed(words: Iterable[Any]) -> str:
    all_words = [str(word) for word in words]
    more = len(all_words) - _MOST_WORDS
    return ", ".join(all_words[:_MOST_WORDS]) + (f" and {more} more" if more > 0 else "")


def _example(node: Mapping[str, Any]) -> str:
    given = node.get("examples")
    example = given[0] if isinstance(given, list) and given else _EXAMPLES.get(node.get("pattern", ""))
    return "" if example is None or isinstance(example, Mapping | list) else f", such as {example}"


def show(value: Any, field: str) -> str:
    """What came, as it may be shown: short, and every importer number in it masked to its last four characters."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"“{_shorten(_mask(value, field))}”"
        case int() | float():
            return _shorten(_mask(str(value), field))
        case Mapping():
            return "an object"
        case list() | tuple() | set() | frozenset():
            return f"a list of {len(value)}"
        case bytes():
            return f"{len(value)} bytes"
        case _:
            return _shorten(_mask(str(value), field))


def _mask(text: str, field: str) -> str:
    """Importer numbers in every writing that could be one; in a field for one, whatever stands there."""
    if _PERSONAL.search(field):
        kept = text[-4:] if sum(character.isdigit() for character in text) > 4 else ""
        hidden = text[: len(text) - len(kept)]
        return re.sub(r"[0-9]", "*", hidden) + kept
    text = _SHAPES.sub(lambda found: _stars(found[0]), text)
    if _OTHER_NUMBERS.search(field):
        return text
    return _NINE_DIGITS.sub(lambda found: _stars(found[0]), text)


def _stars(text: str) -> str:
    masked = mask_importer_number(text)
    return masked if masked.strip("*") else re.sub(r"[0-9A-Za-z]", "*", text[:-4]) + text[-4:]


def _shorten(text: str) -> str:
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return shown if len(shown) <= _MOST_CAME else f"{shown[:_MOST_CAME]}…"


def join(*parts: str | int) -> str:
    """The name of a place: `join("data", "lines", 0, "hts")` is `data.lines[1].hts`."""
    return _join(parts)


def _join(parts: Iterable[str | int]) -> str:
    name = ""
    for part in parts:
        if isinstance(part, int):
            name += f"[{part + 1}]"
        else:
            shown = _shorten(_mask(part, ""))
            name += f".{shown}" if name else shown
    return name
