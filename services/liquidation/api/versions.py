"""The HTTP side of the versions of an entry summary: each as it was filed, and what changed between two."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts.pictures import list_barred
from services.liquidation.api.common import EntryNumberPath, find_visible_picture, law_of, shown_number
from services.liquidation.domain.correction_window import CorrectionBar
from services.liquidation.domain.version_change import (
    Body,
    FieldChange,
    LineChange,
    VersionChanges,
    compare_versions,
    sum_money,
)
from services.liquidation.store.pictures import EntryPicture, FiledVersion
from services.liquidation.store.versions import VersionBody, load_bodies
from shared.contracts.entry import EntryLine
from shared.customs.money import format_cents
from shared.db.transaction import reading
from shared.runtime.access import no_such, shown_importer_number
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import Ordinal
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of

router = APIRouter(tags=["entries"])

VersionPath = Annotated[Ordinal, Path(description="Version of the summary: 1 as first filed.", examples=[1])]

_IMPORTER_FIELDS: Final = frozenset({"importer_number", "consignee_number"})

_LINE: Final[dict[str, Any]] = {
    "line_number": 1,
    "description": "PORTABLE COMPUTERS",
    "manufacturer_id": "CNABCELE123SHE",
    "country_of_origin": "CN",
    "country_of_export": "CN",
    "preference": None,
    "exporter_id": None,
    "tariffs": [
        {"hts": "8471300100", "value_usd": 125000, "duty_usd": "0.00"},
        {"hts": "99038815", "value_usd": 0, "duty_usd": "9375.00"},
    ],
    "cases": [],
    "quantities": [{"amount": "100", "unit": "NO"}],
    "fees": [{"class_code": "499", "amount_usd": "433.00"}],
}
_VERSION: Final[dict[str, Any]] = {
    "version": 1,
    "governs": True,
    "filed_at": "2026-03-02T19:03:11Z",
    "entry_type": "01",
    "entry_date": "2026-03-02",
    "duty_usd": "9375.00",
    "fees_usd": "433.00",
    "barred_as": None,
    "barred_because": None,
}


class VersionOut(BaseModel):
    """One version of the entry summary; `barred_as` and `barred_because` say why it cannot govern."""

    version: int
    governs: bool
    filed_at: datetime
    entry_type: str
    entry_date: date
    duty_usd: str
    fees_usd: str
    barred_as: str | None = Field(examples=["correction-changes-port"], description="The first reason.")
    barred_because: str | None = Field(
        examples=[
            "port_of_entry changed from 2704 to 1101; filed on 2026-08-03, after the window closed on 2026-07-28"
        ],
        description="Every reason, with both values of a field or both days.",
    )


class FiledVersionOut(VersionOut):
    """A version whole, as it was filed; money in all by class."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                _VERSION
                | {
                    "entry_number": "B7603245278",
                    "recorded_at": "2026-03-02T19:03:12Z",
                    "event_source": "urn:filer:B76",
                    "event_id": "6f0c5a52-3f0e-4d0a-9a39-0a1f6e2f3f10",
                    "reasons": [],
                    "importer_number": "07-345678900",
                    "consignee_number": None,
                    "port_of_entry": "2704",
                    "import_date": "2026-03-01",
                    "mode_of_transport": "11",
                    "bond_type": "8",
                    "surety_code": "036",
                    "paid_on": "2026-03-12",
                    "reconciliation_issues": [],
                    "money_usd": {"additional-duty": "9375.00", "499": "433.00"},
                    "lines": [_LINE],
                }
            ]
        }
    )

    entry_number: str
    recorded_at: datetime = Field(description="When liquidation took it up.")
    event_source: str = Field(description="Who sent the event that brought it.")
    event_id: str
    reasons: list[str] = Field(description="The filer's reason codes of a correction.")
    importer_number: str = Field(description="Masked when it is a social security number of someone else.")
    consignee_number: str | None = Field(description="Masked when it is a social security number of someone else.")
    port_of_entry: str
    import_date: date | None
    mode_of_transport: str | None
    bond_type: str | None
    surety_code: str | None
    paid_on: date | None
    reconciliation_issues: list[str]
    money_usd: dict[str, str] = Field(description="What it asserts in all, by accounting class.")
    lines: list[EntryLine]


class FieldChangeOut(BaseModel):
    """A field with its values before and after; null: not stated."""

    field: str
    before: Any
    after: Any


class RowChangeOut(BaseModel):
    """A row that was added (`before` null), dropped (`after` null), changed, or moved (both the same)."""

    rows: str = Field(examples=["tariffs"], description="tariffs, cases, quantities or fees.")
    key: str = Field(description="The tariff number, case, unit or class of the row.")
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    before_at: int | None = Field(description="Its place on the line before, counted from 0.")
    after_at: int | None = Field(description="Its place on the line after, counted from 0.")


class LineChangeOut(BaseModel):
    """What changed on a line that both versions have."""

    line_number: int
    fields: list[FieldChangeOut]
    rows: list[RowChangeOut]


class VersionChangesOut(BaseModel):
    """What changed from one version to another."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "entry_number": "B7603245278",
                    "from_version": 1,
                    "to_version": 2,
                    "fields": [{"field": "paid_on", "before": "2026-03-12", "after": "2026-03-16"}],
                    "lines_added": [],
                    "lines_dropped": [],
                    "lines_changed": [
                        {
                            "line_number": 1,
                            "fields": [{"field": "country_of_origin", "before": "CN", "after": "MX"}],
                            "rows": [
                                {
                                    "rows": "tariffs",
                                    "key": "99038815",
                                    "before": {"hts": "99038815", "value_usd": 0, "duty_usd": "9375.00"},
                                    "after": None,
                                    "before_at": 1,
                                    "after_at": None,
                                }
                            ],
                        }
                    ],
                    "money_usd": {"additional-duty": "-9375.00"},
                }
            ]
        }
    )

    entry_number: str
    from_version: int
    to_version: int
    fields: list[FieldChangeOut] = Field(description="Fields of the header.")
    lines_added: list[EntryLine]
    lines_dropped: list[EntryLine]
    lines_changed: list[LineChangeOut]
    money_usd: dict[str, str] = Field(description="What the later asserts more, by accounting class; negative is less.")


@router.get("/entries/{entry_number}/versions", summary="Versions of an entry summary")
async def list_entry_versions(
    entry_number: EntryNumberPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("entry.read")],
    page: CurrentPage,
) -> Page[VersionOut]:
    """In order, with which one governs and why others cannot."""
    picture = await find_visible_picture(entry_number, request, caller)
    position = page.position(int)
    barred = _list_barred(picture, request, caller)
    rows = [each for each in picture.versions if position is None or each.version.number > position[0]]
    return build_page(
        rows[: page.fetch],
        page,
        key=lambda row: (row.version.number,),
        item=lambda row: show_version(row, governing=picture.entry.version, barred=barred.get(row.version.number)),
        request=request,
        response=response,
    )


@router.get("/entries/{entry_number}/versions/in-force", summary="The version of an entry summary that governs")
async def read_governing_version(
    entry_number: EntryNumberPath, request: Request, caller: Annotated[Identity, allow("entry.read")]
) -> FiledVersionOut:
    """The version as a whole on which the entry is liquidated now, for who does not know its number."""
    picture = await find_visible_picture(entry_number, request, caller)
    if picture.entry.version is None:
        raise no_such(f"version in force of entry {picture.entry.entry_number}")
    return await _show_whole(picture, picture.entry.version, request, caller)


@router.get("/entries/{entry_number}/versions/{version}", summary="A version of an entry summary as it was filed")
async def read_entry_version(
    entry_number: EntryNumberPath,
    version: VersionPath,
    request: Request,
    caller: Annotated[Identity, allow("entry.read")],
) -> FiledVersionOut:
    """Header and lines with tariff provisions, values, duties, fees, countries and claims; which event brought it."""
    picture = await find_visible_picture(entry_number, request, caller)
    return await _show_whole(picture, version, request, caller)


@router.get("/entries/{entry_number}/versions/{version}/changes", summary="What changed between two versions")
async def read_entry_version_changes(
    entry_number: EntryNumberPath,
    version: VersionPath,
    request: Request,
    caller: Annotated[Identity, allow("entry.read")],
    to: Annotated[Ordinal | None, Query(description="The other version; the newest when it is left out.")] = None,
) -> VersionChangesOut:
    """Fields of the header, lines by number, their rows, and money by class; from `version` to the version `to`."""
    picture = await find_visible_picture(entry_number, request, caller)
    other = to if to is not None else max((each.version.number for each in picture.versions), default=version)
    found = await _load(picture, [version, other], request)
    changes = compare_versions(found[version].body, found[other].body)
    return _show_changes(picture.entry.entry_number, version, other, changes, caller)


def show_version(filed: FiledVersion, *, governing: int | None, barred: tuple[CorrectionBar, str] | None) -> VersionOut:
    """A version with whether it governs, or why it cannot."""
    version = filed.version
    return VersionOut(
        version=version.number,
        governs=version.number == governing,
        filed_at=version.origin.at,
        entry_type=version.entry_type,
        entry_date=version.entry_date,
        duty_usd=format_cents(version.duty_cents),
        fees_usd=format_cents(version.fees_cents),
        barred_as=filed.barred_as,
        barred_because=barred[1] if barred is not None else None,
    )


def _list_barred(picture: EntryPicture, request: Request, caller: Identity) -> Mapping[int, tuple[CorrectionBar, str]]:
    return list_barred(picture, law_of(request), partial(shown_importer_number, caller))


async def _load(picture: EntryPicture, versions: list[int], request: Request) -> dict[int, VersionBody]:
    number = picture.entry.entry_number
    async with reading(engine_of(request)) as connection:
        found = await load_bodies(connection, number, versions)
    known = {each.version.number for each in picture.versions}
    for version in versions:
        if version not in found or version not in known:
            raise no_such(f"version {version} of entry {number}")
    return found


async def _show_whole(picture: EntryPicture, version: int, request: Request, caller: Identity) -> FiledVersionOut:
    found = await _load(picture, [version], request)
    filed = next(each for each in picture.versions if each.version.number == version)
    barred = _list_barred(picture, request, caller).get(version)
    return _show(found[version], show_version(filed, governing=picture.entry.version, barred=barred), caller)


def _show(filed: VersionBody, summary: VersionOut, caller: Identity) -> FiledVersionOut:
    body = filed.body
    return FiledVersionOut(
        **summary.model_dump(),
        entry_number=filed.entry_number,
        recorded_at=filed.recorded_at,
        event_source=filed.event_source,
        event_id=filed.event_id,
        reasons=body.get("reasons") or [],
        importer_number=shown_importer_number(caller, body["importer_number"]),
        consignee_number=shown_number(body.get("consignee_number"), caller),
        port_of_entry=body["port_of_entry"],
        import_date=body.get("import_date"),
        mode_of_transport=body.get("mode_of_transport"),
        bond_type=body.get("bond_type"),
        surety_code=body.get("surety_code"),
        paid_on=body.get("paid_on"),
        reconciliation_issues=body.get("reconciliation_issues") or [],
        money_usd=_show_money(sum_money(body)),
        lines=[_line(line) for line in body["lines"]],
    )


def _show_changes(
    number: str, version: int, other: int, changes: VersionChanges, caller: Identity
) -> VersionChangesOut:
    return VersionChangesOut(
        entry_number=number,
        from_version=version,
        to_version=other,
        fields=[_field(each, caller) for each in changes.fields],
        lines_added=[_line(line) for line in changes.added],
        lines_dropped=[_line(line) for line in changes.dropped],
        lines_changed=[_changed_line(each, caller) for each in changes.changed],
        money_usd=_show_money(changes.money),
    )


def _changed_line(change: LineChange, caller: Identity) -> LineChangeOut:
    return LineChangeOut(
        line_number=change.line_number,
        fields=[_field(each, caller) for each in change.fields],
        rows=[RowChangeOut.model_validate(each, from_attributes=True) for each in change.rows],
    )


def _field(change: FieldChange, caller: Identity) -> FieldChangeOut:
    before, after = change.before, change.after
    if change.field in _IMPORTER_FIELDS:
        before, after = shown_number(before, caller), shown_number(after, caller)
    return FieldChangeOut(field=change.field, before=before, after=after)


def _line(line: Body) -> EntryLine:
    return EntryLine.model_validate(line, strict=False)  # JSON has lists where the contract has tuples


def _show_money(amounts: Mapping[str, int]) -> dict[str, str]:
    return {class_code: format_cents(cents) for class_code, cents in amounts.items()}
