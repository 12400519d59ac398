"""Tariff maps as people write and read them over HTTP: rows as JSON or as a CSV table, reports, differences."""

import csv
from collections.abc import Sequence
from datetime import date, datetime
from io import StringIO
from typing import Annotated, Any, Final

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.routing.api.recommended import RecommendedOut
from services.routing.domain.tariff_maps import Action, State
from shared.customs.tariff_map import Confidence, TariffMapRow
from shared.runtime.errors import Malformed
from shared.web.faults import BodyRefused, read_document
from shared.web.fields import LegalDay

CSV: Final = "text/csv"
COLUMNS: Final = ("prefix_from", "prefix_to", "center", "source", "confidence", "note")

Prefix = Annotated[str, Field(pattern="^[0-9]{2,10}$", description="2 to 6 digits; more is found by validation.")]
ReasonText = Annotated[str, Field(min_length=1, max_length=1000)]
Title = Annotated[str, Field(min_length=1, max_length=200)]

_EXAMPLE_ROW: dict[str, Any] = {
    "prefix_from": "8541",
    "prefix_to": "8542",
    "center": "CEE007",
    "source": "SYNTHETIC notice",
    "confidence": "confirmed",
    "note": "semiconductor devices, integrated circuits",
}
EXAMPLE_CSV = f"{','.join(COLUMNS)}\n{','.join(str(_EXAMPLE_ROW[name]) for name in COLUMNS[:5])},\n"
_EXAMPLE_DRAFT: dict[str, Any] = {
    "title": "SYNTHETIC: semiconductors",
    "based_on": "tariff-map-0001",
    "reason": "SYNTHETIC notice of a changed sector.",
    "rows": None,
}


class MapRow(BaseModel):
    """Tariff numbers that begin with a prefix of a span, both ends included, and the Center that takes them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE_ROW]})

    prefix_from: Prefix
    prefix_to: Prefix
    center: str = Field(
        pattern="^[A-Z0-9]{3,10}$", description="A Center, or `UNDERLYING` for chapters 98 and 99.", examples=["CEE007"]
    )
    source: Annotated[str, Field(min_length=1, max_length=500, description="Where it was read, or that it was not.")]
    confidence: Confidence
    note: Annotated[str, Field(max_length=500)] = ""


class SpanIn(BaseModel):
    """Names a row by its two prefixes."""

    model_config = ConfigDict(extra="forbid")

    prefix_from: Prefix
    prefix_to: Prefix


class DraftIn(BaseModel):
    """A new draft: the rows given, or all rows of the version that it is based on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE_DRAFT]})

    title: Title
    based_on: str | None = Field(default=None, description="A version; the one in force today unless given.")
    reason: ReasonText
    rows: Annotated[list[MapRow], Field(min_length=1, max_length=20_000)] | None = Field(
        default=None, description="Null: the rows of `based_on`, to be edited."
    )


class RowsIn(BaseModel):
    """Rows to write and rows to remove."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "write": [_EXAMPLE_ROW],
                    "remove": [{"prefix_from": "8543", "prefix_to": "8543"}],
                    "reason": "Heading by heading as in the notice.",
                }
            ]
        },
    )

    write: Annotated[list[MapRow], Field(max_length=20_000)] = []
    remove: Annotated[list[SpanIn], Field(max_length=20_000)] = []
    reason: ReasonText


class ValidationIn(BaseModel):
    """For which day to validate."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"effective_on": "2027-01-04"}]})

    effective_on: LegalDay | None = Field(default=None, description="The day on which Centers must be open; tomorrow.")


class PublicationIn(BaseModel):
    """From which day the version is in force."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"effective_on": "2027-01-04", "reason": "SYNTHETIC notice published."}]},
    )

    effective_on: LegalDay = Field(description="After today: decisions already made keep their map.")
    reason: ReasonText


class MapChangeOut(BaseModel):
    """One line of a version's history."""

    action: Action
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


class TariffMapOut(BaseModel):
    """A version of the map: how far it has come and from when to when it is in force."""

    version: str = Field(examples=["tariff-map-0001"])
    title: str
    based_on: str | None
    state: State
    is_in_force: bool = Field(description="Whether entries of today are decided by it.")
    revision: int
    valid_on: date | None = Field(description="The day for which it was found valid.")
    effective_on: date | None = Field(description="Null while unpublished, and for the map shipped with the product.")
    ended_on: date | None = Field(description="The day on which another version takes or took over.")
    rolls_back: str | None = Field(description="The version that it undoes.")


class TariffMapDetailOut(TariffMapOut):
    """A version with its history and a page of its rows."""

    history: list[MapChangeOut]
    recommended: list[RecommendedOut] = Field(description="The recommendations of policy analysis that it came from.")
    rows: list[MapRow]
    next: str | None = Field(description="The link to the next page of rows; null on the last.")


class FaultOut(BaseModel):
    """Something that keeps the version from being published."""

    model_config = ConfigDict(from_attributes=True)

    code: str = Field(
        description="`bad-range`, `prefix-too-long`, `overlap`, `not-covered`, `unknown-center`, `center-not-open`,"
        " `not-underlying` or `center-missing`.",
        examples=["overlap"],
    )
    prefix: str = Field(examples=["8541"])
    detail: str


class ReportOut(BaseModel):
    """What validation found."""

    version: str
    is_valid: bool
    on: date
    headings: int = Field(description="Headings of the tariff that must be covered.")
    headings_by_center: dict[str, int] = Field(
        description="Headings with a row for the Center; one that is split by subheading counts for each.",
        examples=[{"CEE007": 41}],
    )
    faults: list[FaultOut]


class HeadingMoveOut(BaseModel):
    """A heading that moves, whole or in part."""

    model_config = ConfigDict(from_attributes=True)

    heading: str = Field(examples=["8541"])
    from_center: str | None
    to_center: str | None
    subheadings: int = Field(description="Subheadings of the heading that move so.")


class MapMoveOut(BaseModel):
    """How many go from one Center to another, with the first twenty of them."""

    from_center: str | None = Field(description="Null: no Center.")
    to_center: str | None
    count: int
    examples: list[str]


class DiffOut(BaseModel):
    """What would move if one version took over from another."""

    version: str
    against: str
    on: date = Field(description="The day whose open Centers count; work of a closed one goes to its successor.")
    first_month: date = Field(description="Importers and entries are counted from this month on, twelve in all.")
    headings: list[HeadingMoveOut]
    importers_moving: int
    importers: list[MapMoveOut] = Field(description="By predominant number of goods, more value breaking a tie.")
    entries_moving: int
    entries: list[MapMoveOut] = Field(description="Entries without an assigned importer, which go by their goods.")
    entries_unknown: int = Field(description="Such entries of which the goods were not kept.")


async def read_draft(
    request: Request,
    title: Annotated[str | None, Query(description="With a CSV body: the title.", max_length=200)] = None,
    reason: Annotated[str | None, Query(description="With a CSV body: why.", max_length=1000)] = None,
    based_on: Annotated[str | None, Query(description="With a CSV body: the version before.")] = None,
) -> DraftIn:
    """Dependency: the draft of the body, JSON or CSV; 422 names the fields that break a rule."""
    body = await request.body()
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != CSV:
        try:
            return DraftIn.model_validate_json(body)
        except ValidationError as error:
            raise BodyRefused(DraftIn, error, read_document(body)) from None
    given = {"title": title, "reason": reason, "based_on": based_on, "rows": _read_csv(body)}
    try:
        return DraftIn.model_validate(given)
    except ValidationError as error:
        raise BodyRefused(DraftIn, error, given) from None


def write_row(row: TariffMapRow) -> MapRow:
    """A row as it is shown; it was checked when it was written."""
    return MapRow.model_construct(
        prefix_from=row.prefix_from,
        prefix_to=row.prefix_to,
        center=row.center_code,
        source=row.source,
        confidence=row.confidence,
        note=row.note,
    )


def read_row(row: MapRow) -> TariffMapRow:
    """A row in the words of the rules."""
    return TariffMapRow(row.prefix_from, row.prefix_to, row.center, row.source, row.confidence, row.note)


def _read_csv(body: bytes) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        columns = tuple(reader.fieldnames or ())
        if set(columns) != set(COLUMNS):
            raise Malformed(
                f"The first line must name the columns {', '.join(COLUMNS)}.", code="bad-csv", remedy=EXAMPLE_CSV
            )
        rows = []
        for row in reader:
            if None in row or None in row.values():
                raise Malformed(
                    f"Line {reader.line_num} has not {len(columns)} cells.",
                    code="bad-csv",
                    remedy="Quote cells that hold commas.",
                )
            rows.append(row)
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed(f"The body is no CSV in UTF-8: {error}.", code="bad-csv") from None
    return rows


def write_csv(rows: Sequence[TariffMapRow]) -> str:
    """All rows as a table, to edit and send."""
    table = StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        (row.prefix_from, row.prefix_to, row.center_code, row.source, row.confidence, row.note) for row in rows
    )
    return table.getvalue()
