"""What a program posted of an entry by an act that has no effect in law, as it is shown."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel

from services.liquidation.store.voided_postings import VoidedPosting


class VoidedPostingOut(BaseModel):
    """An act by which the program posted the entry, and which has no effect in law."""

    posted_on: date
    act_key: str
    voided_on: date


def show_voided(found: Sequence[VoidedPosting]) -> list[VoidedPostingOut]:
    """Voided postings of an entry, in order."""
    return [VoidedPostingOut.model_validate(each, from_attributes=True) for each in found]
