"""How requests and answers say which entries are meant: one model for hold sets and instructions."""

from dataclasses import replace
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.liquidation.api.common import shown_number
from services.liquidation.domain.grounds import identify
from services.liquidation.domain.predicate import EntryPredicate, HeadingSet, predicate_from_json, read_heading_range
from shared.contracts.terms import CenterCode, Country, EntryTypeCode, ImporterNumber, PortCode
from shared.runtime.identity import Identity
from shared.web.fields import LegalDay

CaseNumber = Annotated[str, StringConstraints(pattern=r"^[AC][0-9]{6,9}$")]


def _identify(given: object) -> object:
    return identify(given) if isinstance(given, str) else given


def _read_heading(given: str) -> str:
    try:
        return str(read_heading_range(given))
    except ValueError as error:
        raise PydanticCustomError("heading", "{why}", {"why": str(error)}) from error


def _is_left_out(value: object) -> bool:
    return not value


Identification = Annotated[str, StringConstraints(min_length=1, max_length=15), BeforeValidator(_identify)]
Heading = Annotated[str, StringConstraints(max_length=30), AfterValidator(_read_heading)]


class PredicateIn(BaseModel):
    """Entries for which every given part holds; the parts about goods must hold of one and the same line.

    Each maker is meant with each exporter: a message that pairs them differently is drafted as several instructions.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"duty_heading": "990388", "origin": "CN"}]}
    )

    case_numbers: tuple[CaseNumber, ...] = Field(default=(), max_length=50, examples=[["A570012000"]])
    manufacturer_ids: tuple[Identification, ...] = Field(
        default=(),
        max_length=200,
        description="Makers (producers) by MID; spaces do not count.",
        examples=[["CNSYNTH123SHE"]],
    )
    exporter_ids: tuple[Identification, ...] = Field(
        default=(),
        max_length=200,
        description="Foreign exporters by MID; spaces do not count. A removal that names exporters ends only cases on"
        " lines that report one of them; without any it ends those of all lines.",
        examples=[["CNEXPORT99SHE"]],
    )
    importer_number: ImporterNumber | None = None
    entered_from: LegalDay | None = None
    entered_to: LegalDay | None = None
    duty_heading: Annotated[str, StringConstraints(pattern=r"^99[0-9]{0,8}$")] | None = Field(
        default=None,
        description="A Chapter 99 number or its beginning, digits without dots.",
        exclude_if=_is_left_out,
    )
    tariff_prefix: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,10}$")] | None = Field(
        default=None, description="The beginning of a tariff number.", exclude_if=_is_left_out
    )
    headings: tuple[Heading, ...] = Field(
        default=(),
        max_length=50,
        description="Tariff numbers or their beginnings, or ranges of these, both ends included; one is enough.",
        examples=[["9903.88.01-9903.88.15", "9903.01"]],
        exclude_if=_is_left_out,
    )
    except_headings: tuple[Heading, ...] = Field(
        default=(),
        max_length=50,
        description="What of `headings` is not meant.",
        examples=[["9903.88.03"]],
        exclude_if=_is_left_out,
    )
    origin: Country | None = Field(default=None, exclude_if=_is_left_out)
    case_prefix: Annotated[str, StringConstraints(pattern=r"^[AC][0-9]{0,9}$")] | None = Field(
        default=None,
        description="An antidumping or countervailing duty case or its beginning.",
        exclude_if=_is_left_out,
    )
    port_of_entry: PortCode | None = Field(default=None, exclude_if=_is_left_out)
    entry_type: EntryTypeCode | None = Field(default=None, exclude_if=_is_left_out)
    filer_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{3}$")] | None = Field(
        default=None, exclude_if=_is_left_out
    )
    surety_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{3}$")] | None = Field(
        default=None, exclude_if=_is_left_out
    )
    center: CenterCode | None = Field(default=None, exclude_if=_is_left_out)

    @model_validator(mode="after")
    def _excepts_from_something(self) -> Self:
        if self.except_headings and not self.headings:
            raise PydanticCustomError("except-headings", "except_headings leaves out of headings: name these")
        return self

    def as_predicate(self) -> EntryPredicate:
        """The same as the rules and the store take it."""
        return predicate_from_json(self.model_dump(mode="json"))


def mask_predicate(predicate: EntryPredicate, caller: Identity) -> EntryPredicate:
    """A predicate as a caller may see it: an importer number that can be a person's is not shown whole to everyone."""
    return replace(predicate, importer_number=shown_number(predicate.importer_number, caller))


def show_predicate(predicate: EntryPredicate, caller: Identity) -> PredicateIn:
    """A predicate as it was asked for; a masked number is no importer number, so it is shown without being read."""
    parts: dict[str, Any] = {}
    for name, value in mask_predicate(predicate, caller).given.items():
        if isinstance(value, HeadingSet):
            parts["headings"] = tuple(map(str, value.ranges))
            parts["except_headings"] = tuple(map(str, value.exceptions))
        else:
            parts[name] = value
    return PredicateIn.model_construct(**parts)
