"""Appeals as people write and read them over HTTP: what one says, decisions, what is missing, the history."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.routing.acts.appeals import Outcome
from services.routing.domain.appeals import Act, AppealContents, ImportRow, State
from shared.contracts.terms import CenterCode, ImporterNumber
from shared.customs.authority import Evidence
from shared.web.fields import LegalDay

Why = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Bond = Annotated[str, StringConstraints(min_length=1, max_length=64)]

_CONTENTS: dict[str, Any] = {
    "current_center": "CEE007",
    "preferred_center": "CEE010",
    "importer_numbers": ["07-345678900"],
    "bond_numbers": {"07-345678900": "SYN-BOND-1"},
    "justification": "SYNTHETIC: most of our goods are machinery.",
    "import_history": [{"hts": "8479", "value_usd": 900000}, {"hts": "8471", "value_usd": 100000}],
    "is_projection": False,
}


class ImportIn(BaseModel):
    """Imports under a heading in the prior year, or projected, by value."""

    model_config = ConfigDict(extra="forbid")

    hts: str = Field(pattern="^[0-9]{4,10}$", examples=["8479"])
    value_usd: int = Field(ge=0, le=10**15)


class ContentsIn(BaseModel):
    """What an appeal says, or what is supplied later. What is missing is said; one without any Center is refused."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_CONTENTS]})

    current_center: CenterCode | None = None
    preferred_center: CenterCode | None = None
    importer_numbers: list[ImporterNumber] = Field(default=[], max_length=500, description="All that are affected.")
    bond_numbers: dict[ImporterNumber, Bond] = Field(default={}, description="Bond by importer number.")
    justification: str | None = Field(default=None, min_length=1, max_length=20_000)
    import_history: list[ImportIn] = Field(default=[], max_length=5_000, description="Of the prior year.")
    is_projection: bool = Field(default=False, description="The importer is new: the imports are projected.")

    def read(self, importer_number: str | None) -> AppealContents:
        """The contents in the words of the domain; the appellant's number, where it is given, comes first."""
        first = [importer_number] if importer_number is not None and self.importer_numbers else []
        return AppealContents(
            current_center=self.current_center,
            preferred_center=self.preferred_center,
            importer_numbers=tuple(dict.fromkeys([*first, *self.importer_numbers])),
            bond_numbers=dict(self.bond_numbers),
            justification=self.justification,
            imports=tuple(ImportRow(row.hts, row.value_usd) for row in self.import_history),
            is_projection=self.is_projection and bool(self.import_history),
        )


class AppealIn(ContentsIn):
    """An appeal: who appeals, and what the appeal says."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"importer_number": "07-345678900", **_CONTENTS}]}
    )

    importer_number: ImporterNumber


class ReviewIn(BaseModel):
    """Taking an appeal under review; one that is incomplete needs the reason in writing."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "SYNTHETIC: the bond numbers are on file."}]}
    )

    reason: Why | None = None


class DecisionIn(BaseModel):
    """The decision, with its reasons. A new assignment names the Center and its first day, today or later."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "outcome": "reassigned",
                    "center": "CEE010",
                    "effective_on": "2026-04-01",
                    "reasons": ["SYNTHETIC: the predominant goods are machinery."],
                }
            ]
        },
    )

    outcome: Outcome
    center: CenterCode | None = Field(default=None, description="With `reassigned` only.")
    effective_on: LegalDay | None = Field(default=None, description="With `reassigned` only.")
    reasons: list[Why] = Field(min_length=1, max_length=20)


class WithdrawalIn(BaseModel):
    """Why the appeal is withdrawn."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "SYNTHETIC: settled."}]})

    reason: Why


class CheckOut(BaseModel):
    """One thing that an appeal must contain, and whether it does."""

    code: str
    text: str
    is_given: bool
    missing: str | None = Field(description="What is missing, in a sentence.")
    evidence: Evidence = Field(description="How well the requirement is known: M from memory.")


class FlawOut(BaseModel):
    """Why there is nothing for an appeal to decide, and what to do."""

    code: str = Field(examples=["appeal-names-other-center"])
    text: str
    remedy: str


class AppealCheckOut(BaseModel):
    """What filing an appeal now would come to; nothing of it is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "would_be_received": True,
                    "is_complete": False,
                    "checks": [
                        {
                            "code": "justification",
                            "text": "a written justification for the move",
                            "is_given": False,
                            "missing": "It gives no justification for the move.",
                            "evidence": "M",
                        }
                    ],
                    "flaw": None,
                }
            ]
        }
    )

    would_be_received: bool = Field(description="False: there would be nothing to decide; `flaw` says why.")
    is_complete: bool = Field(description="What is missing never makes it void, and may be supplied later.")
    checks: list[CheckOut]
    flaw: FlawOut | None


class StepOut(BaseModel):
    """One line of the history."""

    act: str
    state: State
    reasons: list[str]
    detail: dict[str, Any]
    done_by: str | None = Field(description="Shown to staff; parties see their own acts.")
    acting_for: str | None
    done_at: datetime
    authority: str | None = Field(description="The row of the table of authority that it rests on; for staff.")


class AppealSummary(BaseModel):
    """An appeal in a list."""

    appeal_number: str
    importer_number: str
    state: State
    is_complete: bool
    current_center: str | None
    preferred_center: str | None
    received_at: datetime
    decided_center: str | None
    effective_on: date | None


class AppealOut(AppealSummary):
    """An appeal whole: its state and what comes next, the contents with what is missing, clocks, history."""

    says: str = Field(description="The state in a plain sentence.")
    may_do: list[Act] = Field(description="The acts that this state allows.")
    checks: list[CheckOut]
    flaw: FlawOut | None = Field(
        description="Why there is nothing to decide, by the Centers named and the assignment on the day of receipt."
        " Said of an appeal that came as an event; one that is made here is refused for it."
    )
    importer_numbers: list[str]
    bond_numbers: dict[str, str]
    justification: str | None
    import_history: list[ImportIn]
    is_projection: bool
    filed_by: dict[str, Any]
    decides: str = Field(description="Who decides.", examples=["Office of Field Operations"])
    authority: str
    clocks: list[str] = Field(description="No clock is known; said plainly.")
    effect: str
    citation: str
    history: list[StepOut]
