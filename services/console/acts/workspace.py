"""All that the page of a work item shows, asked for in two goes: what its id leads to, then what the item names."""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from services.console.acts.calls import Panel, Person, panels_of
from services.console.acts.note_reads import NamedList, Notes
from services.console.acts.reads import (
    Entry,
    Files,
    Goods,
    ItemPage,
    ProcessPage,
    Protest,
    Routing,
    Template,
    Version,
)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A work item with what belongs to it; what it does not have is None."""

    item: ItemPage
    number: str | None
    """The entry whose facts are shown: its own, or the first that it names."""
    files: Panel[Files]
    notes: Panel[Notes]
    named: Panel[NamedList]
    templates: list[Template]
    process: Panel[ProcessPage]
    goods: Panel[Goods] | None = None
    entry: Panel[Entry] | None = None
    routing: Panel[Routing] | None = None
    version: Panel[Version] | None = None
    protest: Panel[Protest] | None = None

    @property
    def lines(self) -> list[int]:
        """The numbers of the lines."""
        return [line.line_number for line in self.version.value.lines] if self.version and self.version.value else []

    @property
    def criteria(self) -> list[str]:
        """The criteria that selected the entry."""
        current = self.routing.value.current if self.routing is not None and self.routing.value is not None else None
        return [hit for hit, _ in current.selection.hits] if current is not None and current.selection else []


async def load_workspace(person: Person, item_id: str) -> Workspace | Panel[ItemPage]:
    """The item with all that its page shows; the panel of the item where that itself cannot be shown."""
    found, goods, files, notes, named, templates = await panels_of(
        person.get("workqueue", f"/items/{item_id}", ItemPage),
        person.get("workqueue", f"/items/{item_id}/goods", Goods),
        person.get("workqueue", f"/items/{item_id}/files", Files, limit=100),
        person.get("workqueue", f"/items/{item_id}/notes", Notes, limit=100),
        person.get("workqueue", f"/items/{item_id}/need-to-know", NamedList),
        person.get("workqueue", "/request-templates", list[Template]),
    )
    item: ItemPage | None = found.value
    if item is None:
        return found
    number = item.entry_number or (item.entry_numbers[0] if item.entry_numbers else None)
    calls: dict[str, Coroutine[Any, Any, Panel[Any]]] = {
        "process": person.get("workqueue", f"/processes/{item.process}", ProcessPage)
    }
    if number is not None:
        calls |= {
            "entry": person.get("liquidation", f"/entries/{number}", Entry),
            "version": person.get("liquidation", f"/entries/{number}/versions/in-force", Version),
            "routing": person.get("routing", f"/entries/{number}/routing", Routing),
        }
    if item.protest_number is not None:
        calls["protest"] = person.get("liquidation", f"/protests/{item.protest_number}", Protest)
    panels = dict(zip(calls, await panels_of(*calls.values()), strict=True))
    entry = panels.get("entry")
    if entry is not None and entry.value is not None and entry.value.version is None:
        del panels["version"]  # no summary has been filed
    return Workspace(
        item,
        number,
        files,
        notes,
        named,
        templates.value or [],
        goods=goods if number is not None else None,
        **panels,
    )
