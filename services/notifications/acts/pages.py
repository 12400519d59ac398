"""Pages for anyone: what the Centers told, and the end of a subscription."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifications.acts.subscribing import Offered
from services.notifications.domain.subscriptions import MEANINGS, MEANINGS_ES

_TEMPLATES: Final = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=select_autoescape(["html"], default=True),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ARCHIVE: Final = _TEMPLATES.get_template("broadcasts.html")
_UNSUBSCRIBE: Final = _TEMPLATES.get_template("unsubscribe.html")


def render_archive(items: Sequence[Mapping[str, Any]], terms: Mapping[str, Any], next_link: str | None) -> str:
    """The archive of broadcasts, with the form that narrows it."""
    return _ARCHIVE.render(items=items, terms=terms, next_link=next_link)


def render_unsubscribe(offered: Offered | None, *, is_done: bool) -> str:
    """What a link ends, and whether it has; the recipient is not named. `offered` None: it is no link of ours."""
    meaning = {} if offered is None else {"en": MEANINGS[offered.topic], "es": MEANINGS_ES[offered.topic]}
    return _UNSUBSCRIBE.render(meaning=meaning, center=offered and offered.center, is_done=is_done)
