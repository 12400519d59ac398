"""Open words: a service publishes those that its contract lists, a reader takes any and can tell which are unknown.

Services are rolled out one after another, so a reader may be older than the producer of an event. A closed list in it
would make a dead letter of the first new word; the events that services exchange have open words instead
(docs/decisions/023). What filers send stays closed: there an unknown word is bad input, with its reason.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

WordT = TypeVar("WordT")

LONGEST_WORD: Final = 64
LISTED: Final = "x-extensible-enum"
"""The keyword of a JSON Schema under which the known words of an open list stand."""

_KNOWN: Final = "known_words"
_MEANING: Final = "One of the words listed. A later release may add words: a reader takes one that it does not know."


@dataclass(frozen=True, slots=True)
class OpenWord:
    """The mark of a field with an open word: JSON may hold any short code, a model made in Python only a listed one.

    Is the word `is_passed_on`, then the publisher tells what it has read elsewhere and may not know it either.
    """

    is_passed_on: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read openly from bytes, publish closed."""
        known = list(known_words(source))
        code = core_schema.str_schema(min_length=1, max_length=LONGEST_WORD)
        return core_schema.json_or_python_schema(
            json_schema=code,
            python_schema=code if self.is_passed_on else core_schema.literal_schema(known),
            metadata={_KNOWN: known},
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Any short code, with the words that are known today."""
        known = cast("dict[str, Any]", schema)["metadata"][_KNOWN]
        return {**handler(schema), LISTED: known, "description": _MEANING}


Open = Annotated[WordT | str, OpenWord()]
"""A word of a list (`Open[Lane]`); to who reads it, it is one of the list or some other text."""
PassedOn = Annotated[WordT | str, OpenWord(is_passed_on=True)]
"""An open word that the publisher has from another service."""


class Unknown(NamedTuple):
    """A word that this release does not know; `field` names its place in the data, with dots."""

    field: str
    word: str


Finder = Callable[[Any], tuple[Unknown, ...]]
"""Gives the unknown words in the data of an event, read lean or by the model."""


def known_words(annotation: Any) -> tuple[str, ...]:
    """The words of a list, closed (`Lane`) or open (`Open[Lane]`), in its order."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple(each.value for each in annotation)
    return tuple(word for part in get_args(annotation) if part is not str for word in known_words(part))


@cache
def open_words(data: type[BaseModel]) -> Mapping[str, frozenset[str]]:
    """What is known of each open word in data of this model, by its place."""
    return MappingProxyType({place: frozenset(known_words(field.annotation)) for place, field in _walk(data)})


@cache
def find_unknown(data: type[BaseModel]) -> Finder | None:
    """What finds the unknown words in data of this model; None when it has no open words."""
    return _finder(data, "", lambda _: True)


@cache
def find_unpublishable(data: type[BaseModel]) -> Finder | None:
    """What finds the words with which data of this model may not be published; None when there can be none."""
    return _finder(data, "", lambda mark: not mark.is_passed_on)


class _Field(NamedTuple):
    """What a field holds, one or many of it: an open word, another model, or anything else."""

    annotation: Any
    mark: OpenWord | None
    is_many: bool


def _peel(annotation: Any, metadata: Any = (), *, is_many: bool = False) -> _Field:
    mark = next((item for item in metadata if isinstance(item, OpenWord)), None)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if mark is None and origin is Annotated:
        return _peel(arguments[0], arguments[1:], is_many=is_many)
    if mark is None and origin is tuple:
        return _peel(arguments[0], is_many=True)
    if mark is None and origin in (Union, UnionType):
        held = [each for each in arguments if each is not NoneType]
        return _peel(held[0], is_many=is_many) if len(held) == 1 else _Field(annotation, None, is_many)
    return _Field(annotation, mark, is_many)


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, _Field]]:
    return ((name, _peel(info.annotation, info.metadata)) for name, info in model.model_fields.items())


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _walk(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, _Field]]:
    for name, field in _fields(model):
        if field.mark is not None:
            yield prefix + name, field
        elif _is_model(field.annotation):
            yield from _walk(field.annotation, f"{prefix}{name}.")


def _finder(model: type[BaseModel], prefix: str, is_asked: Callable[[OpenWord], bool]) -> Finder | None:
    words: list[tuple[str, frozenset[str | None]]] = []
    parts: list[tuple[str, Finder, bool]] = []
    for name, field in _fields(model):
        if field.mark is not None:
            if field.is_many:
                raise TypeError(f"{model.__name__}.{name}: many open words in one field are not looked through")
            if is_asked(field.mark):
                words.append((name, frozenset((*known_words(field.annotation), None))))
        elif _is_model(field.annotation):
            part = _finder(field.annotation, f"{prefix}{name}.", is_asked)
            if part is not None:
                parts.append((name, part, field.is_many))
    if not words and not parts:
        return None

    def find(value: Any) -> tuple[Unknown, ...]:
        found: tuple[Unknown, ...] = ()
        for name, known in words:
            word = getattr(value, name)
            if word not in known:
                found += (Unknown(prefix + name, word),)
        for name, find_in, is_many in parts:
            part = getattr(value, name)
            if part is None:
                continue
            for each in part if is_many else (part,):
                found += find_in(each)
        return found

    return find
