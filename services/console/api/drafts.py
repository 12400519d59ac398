"""What people write in forms and have not sent: kept under the place of the form, sealed, for who wrote it alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import Request

from services.console.api.frame import Form, Visitor, console_of
from services.console.store import drafts
from shared.db.transaction import transaction

NOT_WRITTEN: Final = frozenset({"form_key", "token", "pick"})
"""Fields of forms that nobody writes."""
_CHOSEN: Final = frozenset({"act", "form", "outcome"})
"""Fields that are filled in before anybody has written anything."""


async def keep_draft(request: Request, who: Visitor, place: str, about: str, form: Form) -> None:
    """Keep what is written in a form; an empty one is forgotten."""
    console, now = console_of(request), console_of(request).platform.clock.now()
    written = {name: values[0] for name, values in form.items() if name not in NOT_WRITTEN and values[0]}
    async with transaction(console.platform.engine) as tx:
        if written.keys() <= _CHOSEN:
            await drafts.drop(tx, who.subject or "", place, about)
        else:
            await drafts.keep(tx, who.subject or "", place, about, console.vault.seal(written), now)


async def read_drafts(request: Request, who: Visitor, place: str) -> Mapping[str, tuple[dict[str, Any], datetime]]:
    """What this person wrote in the forms of a place, with the time; what another key sealed is left out."""
    console = console_of(request)
    async with transaction(console.platform.engine) as tx:
        kept = await drafts.read(tx, who.subject or "", place)
    opened = {form: (console.vault.open(content), at) for form, (content, at) in kept.items()}
    return {form: (content, at) for form, (content, at) in opened.items() if content is not None}


async def drop_draft(request: Request, who: Visitor, place: str, about: str) -> None:
    """Forget what was kept of a form that was sent."""
    async with transaction(console_of(request).platform.engine) as tx:
        await drafts.drop(tx, who.subject or "", place, about)
