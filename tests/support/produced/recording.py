"""The recorded events: what the stories of each producer keep, in a file for each case."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from tests.support.produced import liquidation, notifications, payments, routing, workqueue
from tests.support.produced.world import MakeEngine, World

Story = Callable[[MakeEngine], Awaitable[World]]

FOLDER: Final = Path(__file__).resolve().parents[2] / "fixtures" / "produced"
INDEX: Final = FOLDER / "stories.json"
STORIES: Final[Mapping[str, Story]] = {
    f"{module.__name__.rpartition('.')[2]}.{tell.__name__}": tell
    for module in (routing, workqueue, liquidation, payments, notifications)
    for tell in module.STORIES
}
NO_LONGER_TOLD: Final = ("routing/broadcast-to-a-center", "routing/broadcast-to-a-segment")
"""What an earlier release published, recorded then: it lies on topics and in archives, and is still read."""


async def record(make_engine: MakeEngine, stories: Collection[str]) -> dict[str, dict[str, Any]]:
    """Let the producers run; gives what each story keeps, by the name of its case."""
    return {name: (await STORIES[name](make_engine)).kept for name in stories}


def write(kept: Mapping[str, Mapping[str, Any]]) -> None:
    """Write each event of these stories to its file; what no story keeps any more goes."""
    told: dict[str, list[str]] = orjson.loads(INDEX.read_bytes()) if INDEX.exists() else {}
    told |= {story: sorted(of_story) for story, of_story in kept.items()}
    files = {FOLDER / f"{name}.json": event for of_story in kept.values() for name, event in of_story.items()}
    files[INDEX] = {story: told[story] for story in STORIES if story in told}
    for file, event in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(orjson.dumps(event, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    wanted = {f"{name}.json" for names in (*told.values(), NO_LONGER_TOLD) for name in names}
    for file in FOLDER.glob("*/*.json"):
        if f"{file.parent.name}/{file.name}" not in wanted:
            file.unlink()
