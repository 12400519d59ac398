"""Lean readings of the contracts for the event path: the same fields and checks, a quarter of the time and memory.

A pydantic model stays what a contract is: it gives the schemas, the documents and every error text. From it this module
derives a msgspec structure with the same attribute names. Bytes that the structure takes are taken; bytes that it
refuses are read again by the model, which has the last word (docs/decisions/004).
"""

import types
from collections.abc import Callable
from datetime import datetime as _datetime
from functools import cache
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

import annotated_types
import msgspec
from pydantic import AfterValidator, BaseModel, StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from shared.contracts.terms import OneOf
from shared.contracts.words import LONGEST_WORD, OpenWord, find_unpublishable

Check = Callable[[Any], None]
"""Raises `ValueError` (or pydantic's own error) when a value that has the right shape breaks a rule."""

_TUPLE_OF_ANY_LENGTH = 2


@cache
def lean_type(model: type[BaseModel]) -> type[msgspec.Struct]:
    """The structure that reads what this model reads; constructing one checks nothing."""
    required, optional = [], []
    for name, info in model.model_fields.items():
        kind = _annotation(info)
        if info.is_required():
            required.append((name, kind))
        else:
            optional.append((name, kind, _default(info)))
    return msgspec.defstruct(
        f"Lean{model.__name__.partition('[')[0]}", [*required, *optional], frozen=True, gc=False, kw_only=True
    )


@cache
def lean_check(model: type[BaseModel]) -> Check | None:
    """The checks that a shape cannot express, such as the check digit; None when the model has none."""
    steps: list[tuple[str, Check, bool]] = []
    for name, info in model.model_fields.items():
        check, is_many = _check_of(info)
        if check is not None:
            steps.append((name, check, is_many))
    whole = [decorator.func for decorator in model.__pydantic_decorators__.model_validators.values()]
    if not steps and not whole:
        return None

    def run(value: Any) -> None:
        for name, check, is_many in steps:
            part = getattr(value, name)
            if part is None:
                continue
            if is_many:
                for each in part:
                    check(each)
            else:
                check(part)
        for validate in whole:
            validate(value)

    return run


def to_lean(value: Any) -> Any:
    """A validated model, with all models inside it, as lean structures."""
    if isinstance(value, BaseModel):
        model = type(value)
        return lean_type(model)(**{name: to_lean(getattr(value, name)) for name in model.model_fields})
    if isinstance(value, tuple):
        return tuple(to_lean(each) for each in value)
    return value


def encode(value: Any) -> bytes:
    """The JSON of a lean structure or a model."""
    try:
        return _encoder.encode(value)
    except TypeError:
        json: bytes = value.model_dump_json().encode()
        return json


def encode_to_publish(model: type[BaseModel], value: Any) -> bytes:
    """The JSON of data of this model, for events; `ValueError` for a word that the contract does not list.

    A model has refused such a word itself; constructing a structure checks nothing.
    """
    if isinstance(value, BaseModel):
        return encode(value)
    find = find_unpublishable(model)
    for field, word in find(value) if find is not None else ():
        raise ValueError(f"{model.__name__}.{field}: {word!r} is not a word of the contract")
    return encode(value)


_encoder = msgspec.json.Encoder()


def _annotation(info: FieldInfo) -> Any:
    return _with_bounds(info.annotation, info.metadata)


def _default(info: FieldInfo) -> Any:
    if info.default_factory is not None:
        return msgspec.field(default_factory=cast("Callable[[], Any]", info.default_factory))
    assert info.default is not PydanticUndefined
    return info.default


def _lean_annotation(kind: Any) -> Any:
    """The same type with models replaced and constraints in msgspec's words."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _with_bounds(arguments[0], arguments[1:])
    if origin is tuple and len(arguments) == _TUPLE_OF_ANY_LENGTH and arguments[1] is Ellipsis:
        return tuple[_lean_annotation(arguments[0]), ...]  # type: ignore[misc]
    if origin in (Union, types.UnionType):
        return Union[tuple(_lean_annotation(each) for each in arguments)]  # noqa: UP007  made at run time
    if origin is Literal or origin is dict:
        return kind
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return lean_type(kind)
    if getattr(kind, "__name__", "") == "AwareDatetime":
        return Annotated[_datetime, msgspec.Meta(tz=True)]
    return kind


def _with_bounds(kind: Any, metadata: Any) -> Any:
    bounds: dict[str, Any] = {}
    for item in metadata:
        match item:
            case AfterValidator(func=OneOf(values=values)):
                return Literal[tuple(sorted(values))]
            case OpenWord():
                return Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_WORD)]
            case StringConstraints():
                bounds |= {
                    name: value
                    for name, value in (
                        ("pattern", _whole(item.pattern)),
                        ("min_length", item.min_length),
                        ("max_length", item.max_length),
                    )
                    if value is not None
                }
            case annotated_types.Ge():
                bounds["ge"] = item.ge
            case annotated_types.Le():
                bounds["le"] = item.le
            case annotated_types.MinLen():
                bounds["min_length"] = item.min_length
            case annotated_types.MaxLen():
                bounds["max_length"] = item.max_length
            case FieldInfo():
                return _with_bounds(kind, [*item.metadata, *(other for other in metadata if other is not item)])
            case _:
                pattern = getattr(item, "pattern", None)
                if pattern is not None:
                    bounds["pattern"] = _whole(pattern)
    lean = _lean_annotation(kind)
    if not bounds:
        return lean
    return Annotated[lean, msgspec.Meta(**bounds)]


def _whole(pattern: Any) -> Any:
    """In Python `$` also matches before a last line break, in pydantic it does not."""
    return pattern.removesuffix("$") + r"\Z" if isinstance(pattern, str) and pattern.endswith("$") else pattern


def _check_of(info: FieldInfo) -> tuple[Check | None, bool]:
    """What to check in a field beyond its shape, and whether for each of many."""
    return _check_of_type(info.annotation, info.metadata)


def _check_of_type(kind: Any, metadata: Any) -> tuple[Check | None, bool]:
    functions = [
        item.func for item in metadata if isinstance(item, AfterValidator) and not isinstance(item.func, OneOf)
    ]
    if functions:
        return cast("Check", functions[0]), False
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _check_of_type(arguments[0], arguments[1:])
    if origin is tuple:
        check, _ = _check_of_type(arguments[0], ())
        return check, True
    if origin in (Union, types.UnionType):
        found = [_check_of_type(each, ()) for each in arguments if each is not type(None)]
        return found[0] if len(found) == 1 else (None, False)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return lean_check(kind), False
    return None, False
