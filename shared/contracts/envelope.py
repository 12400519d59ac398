"""The CloudEvents 1.0 envelope that carries every event."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field, StringConstraints

from shared.contracts.terms import Contract, Instant

DataT_co = TypeVar("DataT_co", bound=Contract, covariant=True)

SPEC_VERSION = "1.0"
STRUCTURED_CONTENT_TYPE = "application/cloudevents+json"


class Event(Contract, Generic[DataT_co]):
    """A CloudEvent with its data. (source, id) is unique: a repeat has the same pair."""

    specversion: Literal["1.0"]
    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(examples=["urn:filer:B76"])
    type: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    subject: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    data: DataT_co
