"""Where the things to which answers refer can be read, as far as the caller may read them."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from pydantic import BaseModel, Field

from services.liquidation.acts.timeline_rows import TimelineRow
from services.liquidation.api.common import matter_of_entry
from services.liquidation.store.pictures import EntryPicture
from shared.runtime.access import Matter, granted, reach_of
from shared.runtime.identity import Identity
from shared.web.pagination import encode_cursor


class ReferenceOut(BaseModel):
    """What a row is of, or rests on."""

    kind: str = Field(
        examples=["bill"],
        description="act, version, extension, reliquidation, claim, cycle, instruction, decision, request, protest,"
        " bill, refund or rule.",
    )
    id: str
    href: str | None = Field(
        examples=["/bills/B76032452781"],
        description="Where it can be read; null: nowhere of its own (an act, a request), or not by the caller.",
    )


@dataclass(frozen=True, slots=True)
class References:
    """What the caller may read of what rows of an entry refer to."""

    entry_number: str
    protests: frozenset[str]
    versions: frozenset[str]
    has_claims: bool
    has_bills: bool
    has_refunds: bool
    has_cycles: bool
    has_instructions: bool

    def show(self, row: TimelineRow) -> list[ReferenceOut]:
        """The references of a row, its rule last."""
        of = [*row.references, *([("rule", row.rule)] if row.rule is not None else [])]
        return [ReferenceOut(kind=kind, id=number, href=self._find(kind, number)) for kind, number in of]

    def _find(self, kind: str, number: str) -> str | None:
        entry, name = f"/entries/{self.entry_number}", quote(number, safe="")
        match kind:
            case "rule":
                return f"/rules/{name}"
            case "extension" | "reliquidation" | "decision":
                return entry
            case "version" if number in self.versions:
                return f"{entry}/versions/{name}"
            case "protest" if number in self.protests:
                return f"/protests/{name}"
            case "claim" if self.has_claims:
                return f"/preference-claims/{name}"
            case "bill" if self.has_bills:
                return f"/bills/{name}"
            case "refund" if self.has_refunds:
                return f"/refunds/{name}"
            case "cycle" if self.has_cycles:
                return _page_of_cycle(number)
            case "instruction" if self.has_instructions:
                return f"/instructions/{name}"
            case _:
                return None


def _page_of_cycle(friday: str) -> str:
    """The page of the list of cycles that has this one alone: only some have a report of their own."""
    after = encode_cursor((date.fromisoformat(friday) + timedelta(days=1),))
    return f"/cycles?limit=1&after={after}"


def find_references(picture: EntryPicture, protests: frozenset[str], caller: Identity, today: date) -> References:
    """What the caller may read; `protests` are those on the entry that are."""
    matter = matter_of_entry(picture.entry)
    # A claim may name entries of several filers and sureties, so that these read it only if all of them are theirs.
    of_claim = Matter(matter.importer_number, matter.centers)

    def reads(subject: str, matter: Matter) -> bool:
        return reach_of(caller, f"{subject}.read", today).covers(matter)

    return References(
        entry_number=picture.entry.entry_number,
        protests=protests,
        versions=frozenset(str(each.version.number) for each in picture.versions),
        has_claims=reads("preference-claim", of_claim),
        has_bills=reads("bill", matter),
        has_refunds=reads("refund", matter),
        has_cycles=bool(granted(caller, "cycle.read", today)),
        has_instructions=bool(granted(caller, "instruction.read", today)),
    )
