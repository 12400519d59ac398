"""What the caller may do with a thing, and why not: by the table of authority, and by the state of the thing."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, Field

from shared.runtime.access import Matter, judge
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity

Bars = Mapping[str, Refused | None]
"""By action: what the state of a thing, or the rule of two people, says against it; None when nothing does."""


class MayDoOut(BaseModel):
    """Whether the caller may do an action on this thing now, and what stands against it."""

    action: str = Field(examples=["entry.extend"])
    may: bool
    authority: str | None = Field(description="The row of the table by which the caller may; null when none says so.")
    code: str | None = Field(default=None, examples=["role-required"])
    rule: str | None = None
    says: str | None = Field(default=None, description="Why not, in a sentence.")
    remedy: str | None = None


def tell_may_do(caller: Identity, on: date, matter: Matter, bars: Bars) -> list[MayDoOut]:
    """Each action in the order given: first whether it is the caller's at all, then whether the thing allows it."""
    told = []
    for action, bar in bars.items():
        permission = judge(caller, action, on, matter)
        if permission.row_id is None:
            code, says = permission.code, permission.says
            told.append(MayDoOut(action=action, may=False, authority=None, code=code, says=says))
        elif bar is not None:
            told.append(
                MayDoOut(
                    action=action,
                    may=False,
                    authority=permission.row_id,
                    code=bar.code,
                    rule=bar.rule,
                    says=bar.detail,
                    remedy=bar.remedy,
                )
            )
        else:
            told.append(MayDoOut(action=action, may=True, authority=permission.row_id))
    return told
