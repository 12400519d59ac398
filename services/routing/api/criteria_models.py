"""Selection criteria as people write and read them over HTTP: money in dollars, bounds checked field by field."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, Self

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.routing.domain.criteria import Criterion, Fault, find_faults, from_document, to_document
from services.routing.domain.criteria_lifecycle import Revision, State
from shared.customs.money import format_cents, to_cents
from shared.runtime.access import shown_importer_number
from shared.runtime.identity import Identity
from shared.web.faults import BodyRefused
from shared.web.fields import LegalDay

Names = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=64)]],
    Field(max_length=1000, description="Alternatives; empty asks nothing."),
]
Dollars = Annotated[
    str | None,
    StringConstraints(pattern=r"^[0-9]{1,13}(\.[0-9]{1,2})?$"),
    Field(description="US dollars, the bound included.", examples=["250000.00"]),
]
Percent = Annotated[int | None, Field(ge=1, le=100_000, description="Percent of the rolling median.", examples=[50])]
Process = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9-]{1,62}$")]
CriterionId = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9-]{1,62}$")]

RESERVED_IDS: Final = frozenset({"random-floor", "no-criterion", "stale"})

EXAMPLE: Final[dict[str, Any]] = {
    "title": "Garments from Vietnam at less than half of the usual price.",
    "owner": "textiles-targeting",
    "lane": "document-review",
    "processes": ["entry-summary-review"],
    "instruction": "Ask for the invoice and proof of payment; compare with earlier entries of the manufacturer.",
    "expires_on": "2026-12-31",
    "weekly_budget": 120,
    "expected_hit_basis_points": 15,
    "sampling_basis_points": 10000,
    "spares_trusted": True,
    "who": {"sizes": ["small", "mid"]},
    "what": {"tariff_prefixes": ["61", "62"], "preference": "none"},
    "where": {"origins": ["VN"]},
    "how_much": {"line_value_at_least_usd": "10000.00", "unit_value_below_pct": 50},
}


class WhoModel(BaseModel):
    """Whose entries; every field that is given must be met."""

    model_config = ConfigDict(extra="forbid")

    importers: Names = Field(default=[], description="Importer numbers; social security numbers are shown masked.")
    families: Names = []
    trust: Literal["trusted", "not-trusted"] | None = None
    trusted_programs: Names = []
    sizes: Names = Field(default=[], examples=[["small"]])
    without_account: bool = False
    new_within_days: int | None = Field(
        default=None, ge=1, le=3660, description="Registered less than so many days before the entry, or no account."
    )
    not_in_good_standing: bool = False


class WhatModel(BaseModel):
    """Which goods and claims; line conditions are met by one line together."""

    model_config = ConfigDict(extra="forbid")

    tariff_prefixes: Names = Field(default=[], description="First 2 to 10 digits of any number on the line.")
    program_families: Names = Field(default=[], description="122, 201, 232, 301, IEEPA, chapter-98, TIB.")
    preference: Literal["any", "none"] | None = None
    preference_symbols: Names = Field(default=[], examples=[["S", "KR"]])
    has_case: bool = Field(default=False, description="Any antidumping or countervailing case.")
    case_prefixes: Names = Field(default=[], examples=[["A570"]])
    agency_flags: Names = Field(default=[], description="Flags of partner agencies, such as FD4, or FD for all.")
    entry_types: Names = []
    is_quota: bool = Field(default=False, description="An entry type that is subject to quota.")


class WhereModel(BaseModel):
    """From where and through where."""

    model_config = ConfigDict(extra="forbid")

    origins: Names = []
    export_countries: Names = []
    ports: Names = []
    manufacturers: Names = []


class HowMuchModel(BaseModel):
    """Bounds of value, duty and unit value."""

    model_config = ConfigDict(extra="forbid")

    entry_value_at_least_usd: Dollars = None
    entry_value_at_most_usd: Dollars = None
    entry_duty_at_least_usd: Dollars = None
    entry_duty_at_most_usd: Dollars = None
    line_value_at_least_usd: Dollars = None
    line_value_at_most_usd: Dollars = None
    line_duty_at_least_usd: Dollars = None
    line_duty_at_most_usd: Dollars = None
    unit_value_below_pct: Percent = None
    unit_value_above_pct: Percent = None


class CriterionFields(BaseModel):
    """What a criterion says."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    title: Annotated[str, Field(min_length=1, max_length=300, description="The reason, as a sentence.")]
    owner: Annotated[str, Field(min_length=1, max_length=100, description="Who answers for it: a person or team.")]
    lane: Literal["document-review", "enforcement"]
    processes: Annotated[list[Process], Field(min_length=1, max_length=8)]
    instruction: Annotated[str, Field(min_length=1, max_length=2000, description="What the reviewer looks at.")]
    expires_on: LegalDay | None = Field(description="The last day on which it selects; null only for shipped criteria.")
    weekly_budget: Annotated[int | None, Field(ge=1, le=1_000_000, description="Entries a week.")] = None
    expected_hit_basis_points: Annotated[int | None, Field(ge=0, le=10_000)] = None
    sampling_basis_points: Annotated[int, Field(ge=1, le=10_000, description="Of 10,000 that meet it.")] = 10_000
    spares_trusted: bool = Field(default=False, description="Trusted traders in good standing pass.")
    who: WhoModel = WhoModel()
    what: WhatModel = WhatModel()
    where: WhereModel = WhereModel()
    how_much: HowMuchModel = HowMuchModel()


class CriterionIn(CriterionFields):
    """A new criterion, which begins as a draft."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"id": "cheap-garments-vn", **EXAMPLE, "reason": "Findings of March 2026."}]},
    )

    id: CriterionId
    reason: Annotated[str, Field(min_length=1, max_length=1000, description="Why, for its history.")]


class CriterionPatch(BaseModel):
    """What to change: fields of a criterion; who, what, where and how_much are replaced whole."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"change": {"weekly_budget": 200}, "reason": "Two more reviewers."}]},
    )

    change: dict[str, Any] = Field(min_length=1)
    reason: Annotated[str, Field(min_length=1, max_length=1000, description="Why, for its history.")]


class RevisionOut(CriterionFields):
    """A revision of a criterion with its state and days."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **EXAMPLE,
                    "id": "cheap-garments-vn",
                    "revision": 1,
                    "state": "shadow",
                    "shadow_from": "2026-03-03",
                    "live_from": None,
                    "ends_on": "2027-01-01",
                    "live_requested_by": "kim",
                }
            ]
        }
    )

    id: str
    revision: int
    state: State
    shadow_from: date | None = Field(description="First day on trial.")
    live_from: date | None = Field(description="First day on which it selects.")
    ends_on: date | None = Field(description="First day without it: retired, superseded or expired.")
    live_requested_by: str | None = Field(description="Who asked for it to go live; somebody else confirms.")

    @classmethod
    def of(cls, revision: Revision, caller: Identity) -> Self:
        """The revision as this caller may see it."""
        requested_by = revision.requested_by
        return cls(
            **show_criterion(revision.criterion, caller).model_dump(),
            id=revision.criterion.id,
            revision=revision.criterion.revision,
            state=revision.state,
            shadow_from=revision.shadow_from,
            live_from=revision.live_from,
            ends_on=revision.ends_on,
            live_requested_by=requested_by.subject if requested_by else None,
        )


def show_criterion(criterion: Criterion, caller: Identity | None) -> CriterionFields:
    """A criterion as it is written over HTTP; social security numbers are masked for a caller, whole for None."""
    document: dict[str, Any] = {"expires_on": None, **to_document(criterion)}
    document["how_much"] = {
        name.replace("_cents", "_usd"): format_cents(value) if name.endswith("_cents") else value
        for name, value in document.get("how_much", {}).items()
    }
    shown = CriterionFields.model_validate(document)
    if caller is None:
        return shown
    importers = [shown_importer_number(caller, number) for number in shown.who.importers]
    return shown.model_copy(update={"who": shown.who.model_copy(update={"importers": importers})})


def read_criterion(criterion_id: str, revision: int, fields: CriterionFields) -> Criterion:
    """The criterion that the fields stand for; raises RequestValidationError with each field that is wrong."""
    document = fields.model_dump(mode="json", include=set(CriterionFields.model_fields), exclude_none=True)
    document["how_much"] = {
        name.replace("_usd", "_cents"): to_cents(value) if name.endswith("_usd") else value
        for name, value in document["how_much"].items()
    }
    criterion = from_document(criterion_id, revision, document)
    refuse_faults(find_faults(criterion))
    return criterion


def patch_criterion(criterion: Criterion, revision: int, change: Mapping[str, Any]) -> Criterion:
    """The criterion with some fields changed; raises RequestValidationError with each field that is wrong."""
    before = show_criterion(criterion, None).model_dump(mode="json")
    changed = {**before, **change}
    try:
        fields = CriterionFields.model_validate(changed)
    except ValidationError as error:
        raise BodyRefused(CriterionFields, error, changed, within="change") from None
    return read_criterion(criterion.id, revision, fields)


def refuse_faults(faults: list[Fault]) -> None:
    """Raise RequestValidationError for faults, each with its field and what to do."""
    if faults:
        raise RequestValidationError(
            [
                {"type": "criterion", "loc": ("body", *fault.field.split(".")), "msg": f"{fault.text} {fault.remedy}"}
                for fault in faults
            ]
        )
