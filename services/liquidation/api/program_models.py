"""A program of mass change as it is sent and shown: every field with its form, in the words of the field."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.liquidation.api.predicates import Heading
from services.liquidation.domain.program.definition import (
    Act,
    Declarer,
    Exclusion,
    Finality,
    Intake,
    Mark,
    Silence,
    Weekday,
    Writer,
)
from shared.contracts.terms import Country, EntryTypeCode, ImporterNumber, SaidText
from shared.web.fields import LegalDay

ProgramCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
_TEMPLATES: Final = ("ieepa-2026", "gsp-retroactive", "exclusion-301")


_Days = Annotated[int, Field(ge=0, le=36_500)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SourceIn(_Part):
    """Where a rule of the program was read."""

    title: _Text
    citation: _Text
    url: _Text | None = None


class BasisIn(_Part):
    """The order that removes duty, and where what is said of it was read."""

    order: _Text
    citation: _Text
    sources: tuple[SourceIn, ...] = Field(default=(), max_length=50)


class AssumptionIn(_Part):
    """A value that no source settles: a setting of the program with what is assumed."""

    field: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    mark: Mark = Field(description="k: recalled, j: judged by the authors of the program, U: unsettled.")
    says: _Text


class RemovalIn(_Part):
    """A tariff number, its beginning, or a range of these, with days of entry of its own where it has them."""

    headings: Heading = Field(examples=["9903.02.01-9903.02.91"])
    entered_from: LegalDay | None = None
    entered_to: LegalDay | None = None


class GoodsIn(_Part):
    """Of which lines the duty is removed; what is left out says nothing."""

    origins: tuple[Country, ...] = Field(default=(), max_length=250)
    importers: tuple[ImporterNumber, ...] = Field(default=(), max_length=10_000)
    tariff_prefixes: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9]{2,10}$")], ...] = Field(
        default=(), max_length=2_000
    )
    preferences: tuple[Annotated[str, StringConstraints(min_length=1, max_length=10)], ...] = Field(
        default=(), max_length=50, description="Special program indicators, one of which the line claims."
    )
    product: _Text | None = Field(
        default=None, description="Text of the order that no field can say: a person finds whether the goods are it."
    )


class DaysIn(_Part):
    """Days of entry, both ends counted; null leaves that side open."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: LegalDay | None = Field(default=None, alias="from")
    to: LegalDay | None = None


class MoneyIn(_Part):
    """How the refund is reckoned."""

    interest: Literal["1505c", "none", "ordered"]
    small: Literal["by-writer", "disregard", "refund"]
    fees: Literal["as-asserted"] = Field(description="MPF and HMF rest on value: they stay.")
    base_check: Literal["review", "none"]
    ordered_rate_pct: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}(\.[0-9]{1,4})?$")] | None = None
    ordered_from: LegalDay | None = None


class DeclaringIn(_Part):
    """Who may ask, from when to when, how many entries at a time."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: LegalDay = Field(alias="from")
    until: LegalDay | None = None
    max_rows: int = Field(ge=1, le=2_000_000)
    by: tuple[Declarer, ...] = Field(min_length=1, max_length=2)


class WhenIn(_Part):
    """Which entries a cohort takes; what is left out says nothing."""

    category: Annotated[str, StringConstraints(max_length=30)] | None = None
    entry_types: tuple[EntryTypeCode, ...] = Field(default=(), max_length=50)
    suspended: bool | None = None
    liquidated: bool | None = None
    informal: bool | None = None
    liquidated_days: (
        tuple[Annotated[int, Field(ge=0, le=36_500)], Annotated[int, Field(ge=0, le=36_500)] | None] | None
    ) = Field(default=None, description="Days from liquidation to receipt, both counted; the last may be null.")


class CohortIn(_Part):
    """Entries that one power of the law reaches; of several the first that fits decides."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    when: WhenIn
    act: Act
    on: LegalDay | None = Field(default=None, description="First day of receipt; null: not yet.")
    until: LegalDay | None = None
    by: Writer | None = None
    code: Literal["entry-type"] | None = Field(default=None, description="What an entry is told that it refuses.")
    after_days: int | None = Field(default=None, ge=0, le=3_650)
    last_day: int | None = Field(default=None, ge=1, le=36_500)
    importers: tuple[ImporterNumber, ...] = Field(default=(), max_length=10_000)
    finality: Finality | None = Field(
        default=None,
        description="Why it reaches what is final under 19 USC 1514; not needed where importers are named.",
    )


class CorrectionsIn(_Part):
    """Whether corrections wait while a refund is requested."""

    lock: bool
    free_while_suspended: tuple[EntryTypeCode, ...] = Field(default=(), max_length=20)


class OfferingIn(_Part):
    """How long what is offered can be answered, and what silence means."""

    answer_days: int | None = Field(default=None, ge=0, le=3_650, description="Days after that of the offer.")
    silence: Silence = Field(default="drop", description="accept: the refund is made. drop: it is not.")


class PostingIn(_Part):
    """On which days it posts, and when it waits or warns."""

    days: tuple[Weekday, ...] = Field(default=("mon", "tue", "wed", "thu"), min_length=1, max_length=7)
    max_per_day: int | None = Field(
        default=None, ge=1, le=1_000_000_000, description="Entries; null: as many as are due."
    )
    pause_outbox: int = Field(
        default=2_000_000, ge=1, le=1_000_000_000, description="Events to be published above which it waits."
    )
    pause_lag_seconds: int = Field(
        default=600, ge=1, le=1_000_000, description="It waits while an event is to be published for longer than this."
    )
    alarm_days: int = Field(
        default=5, ge=0, le=90, description="Days before the last legal day of an entry on which it is alarmed."
    )


class DefinitionIn(_Part):
    """A revision of a program, whole."""

    program: ProgramCode
    title: _Text
    basis: BasisIn
    assumptions: tuple[AssumptionIn, ...] = Field(default=(), max_length=100)
    removes: tuple[RemovalIn, ...] = Field(min_length=1, max_length=500)
    except_removes: tuple[Heading, ...] = Field(default=(), max_length=500)
    goods: GoodsIn = GoodsIn()
    entered: DaysIn = DaysIn()
    intake: Intake = Field(
        description="declared: importers and filers ask. automatic: the program takes all that it reaches, and an"
        " importer may decline. offered: it takes and reckons all that it reaches, and each importer answers."
    )
    money: MoneyIn
    declaring: DeclaringIn
    cohorts: tuple[CohortIn, ...] = Field(min_length=1, max_length=50)
    excludes: tuple[Exclusion, ...] = Field(default=(), max_length=10)
    exclude_types: tuple[EntryTypeCode, ...] = Field(default=(), max_length=50)
    corrections: CorrectionsIn
    revives: tuple[Heading, ...] = Field(default=(), max_length=500)
    unknown_days: int = Field(default=30, ge=0, le=3_650)
    offering: OfferingIn | None = None
    posting: PostingIn | None = None

    def as_json(self) -> dict[str, Any]:
        """The definition as it is stored."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class RevisionIn(BaseModel):
    """A revision to be drafted, with the reason for it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=lambda schema: schema.update(examples=_examples()))

    definition: DefinitionIn
    reason: SaidText


def _examples() -> list[dict[str, Any]]:
    return [{"definition": templates()[0], "reason": "SYNTHETIC order of a court."}]


@cache
def templates() -> tuple[dict[str, Any], ...]:
    """The programs that are shipped as data: models to be drafted from, none of them in force."""
    folder = files("services.liquidation.api") / "program_templates"
    return tuple(orjson.loads((folder / f"{name}.json").read_bytes()) for name in _TEMPLATES)
