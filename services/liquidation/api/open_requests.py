"""How answers show what CBP asked the importer and is open."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.domain.information_request import REPLY_RULES, Form
from services.liquidation.store.requests import RequestOnEntry
from shared.contracts.decision import LegalBasis


class OpenRequestOut(BaseModel):
    """A request for information (CBP 28) or a proposed notice of action (CBP 29) whose work item has not ended."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "request_id": "3f0c6f1e-6b1d-5a53-9a3c-5f8f0a5f3a11",
                    "form": "CBP-28",
                    "item_id": "b1a5c1f2-8d0e-5c49-8a4e-0c4fd6a4b7f0",
                    "issued_on": "2026-07-01",
                    "reply_by": "2026-07-31",
                    "legal_basis": {"rule": "cf28-reply", "citation": "CBP Form 28; practice"},
                }
            ]
        }
    )

    request_id: str
    form: Form
    item_id: str
    issued_on: date
    reply_by: date = Field(description="The day on the form, else 30 days (CBP 28) or 20 days (CBP 29) from its date.")
    legal_basis: LegalBasis


def show_open_request(row: RequestOnEntry) -> OpenRequestOut:
    """A request that is open, with the rule by which its reply is due."""
    rule = REPLY_RULES[row.form]
    return OpenRequestOut(
        request_id=row.request_id,
        form=row.form,
        item_id=row.item_id,
        issued_on=row.issued_on,
        reply_by=row.due_on,
        legal_basis=LegalBasis(rule=rule.rule, citation=rule.citation),
    )
