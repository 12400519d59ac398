"""The faults of a request that does not fit its endpoint, each with its place and in the words of the field."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NamedTuple

import orjson
from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError

from shared.contracts.faults import UNKNOWN_DOCUMENT, Fault, explain

_PARAMETERS = ("path", "query", "header", "cookie")


class BodyRefused(RequestValidationError):  # noqa: N818 - says what happened
    """A body that an endpoint reads itself does not fit its model; `within` is where in the body the model stands."""

    def __init__(self, model: type[BaseModel], error: ValidationError, document: Any, *, within: str = "") -> None:
        at = (within,) if within else ()
        found = [{**item, "loc": ("body", *at, *item["loc"])} for item in error.errors(include_url=False)]
        super().__init__(found, body={within: document} if within else document)
        self.model = model
        self.within = within

    @property
    def shape(self) -> Mapping[str, Any]:
        """The JSON Schema of the body."""
        schema = self.model.model_json_schema()
        return {"$defs": schema.get("$defs", {}), "properties": {self.within: schema}} if self.within else schema


def read_document(body: bytes) -> Any:
    """The JSON of a body, to show what came; `UNKNOWN_DOCUMENT` where it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return UNKNOWN_DOCUMENT


def explain_request(request: Request, error: RequestValidationError) -> tuple[Fault, ...]:
    """Everything that is wrong with a request, those of its path, query and headers first."""
    route = request.scope.get("route")
    shapes = _shapes_of(request, route) if isinstance(route, APIRoute) else _Shapes(None, {})
    of_body: list[Any] = []
    of_parameters: list[Any] = []
    for each in error.errors():
        (of_body if each["loc"][0] == "body" else of_parameters).append(each)
    found: list[Fault] = []
    for each in of_parameters:
        roots = min(len(each["loc"]), 2)
        found += explain([each], UNKNOWN_DOCUMENT, shapes.parameters.get, roots=roots)
    document = error.body if error.body is not None else UNKNOWN_DOCUMENT
    shape = error.shape if isinstance(error, BodyRefused) else shapes.body
    found += explain(of_body, document, lambda _: shape, roots=1)
    return tuple(found)


class _Shapes(NamedTuple):
    """What a route takes, as JSON Schemas: its body, and its parameters by their place (`query.limit`)."""

    body: Mapping[str, Any] | None
    parameters: Mapping[str, Mapping[str, Any]]


def _shapes_of(request: Request, route: APIRoute) -> _Shapes:
    """Made at the first refusal of a route, and kept by its application."""
    state = request.app.state
    if not hasattr(state, "shapes"):
        state.shapes = {}
    known: dict[int, _Shapes] = state.shapes
    if id(route) not in known:
        body = route.body_field
        parameters = {
            f"{place}.{field.alias}": schema
            for dependant in _dependants(route.dependant)
            for place in _PARAMETERS
            for field in getattr(dependant, f"{place}_params")
            if (schema := _schema(Annotated[field.field_info.annotation, field.field_info])) is not None
        }
        known[id(route)] = _Shapes(
            None if body is None else _schema(Annotated[body.field_info.annotation, body.field_info]), parameters
        )
    return known[id(route)]


def _schema(annotation: Any) -> Mapping[str, Any] | None:
    """The JSON Schema of what a parameter or body takes; None where it has none, such as an uploaded file."""
    try:
        return TypeAdapter(annotation).json_schema()
    except PydanticUserError:
        return None


def _dependants(dependant: Dependant) -> Iterable[Dependant]:
    yield dependant
    for each in dependant.dependencies:
        yield from _dependants(each)
