"""What a kind of notice is: the columns of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from types import MappingProxyType
from typing import Final, Literal

Channel = Literal["bulletin", "email", "portal"]
RecipientRole = Literal["public", "importer", "filer"]


@dataclass(frozen=True, slots=True)
class Edition:
    """The words and rules of the catalogue as they were used from a day on; templates are named by the edition."""

    version: int
    used_from: date


EDITIONS: Final = (Edition(2, date(2026, 11, 23)), Edition(3, date(2026, 11, 29)))
"""Every edition that a notice may have been made with. A first one of before the first release was like the second."""
VERSION: Final = EDITIONS[-1].version
"""Goes up whenever words or rules of the catalogue change; a notice keeps the version that it was made with."""


class Lane(IntEnum):
    """In which order mail goes out: of several that are due those of the first lane are taken first.

    News of a Center, which no law has told, goes last. Webhooks have their own.
    """

    URGENT = 0
    USUAL = 1
    BULK = 2
    WEBHOOK = 3
    NEWS = 4


RATED_LANES: Final = (Lane.BULK, Lane.NEWS)
"""Those that go out together at the rate of the bulk."""
MAIL_LANES: Final = (Lane.URGENT, Lane.USUAL, *RATED_LANES)
"""Those of mail, in their order."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way of a notice to one kind of recipient."""

    channel: Channel
    recipient_role: RecipientRole


POSTING: Final = Route("bulletin", "public")
EMAIL: Final = Route("email", "importer")
TO_FILER: Final = Route("email", "filer")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a notice says, what happens if nothing is done, and whether the law gives it an effect of its own."""

    text: str
    if_nothing_is_done: str
    has_legal_effect: bool = False


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice.

    `has_legal_effect` only where the law gives the notice an effect of its own: the posting of N-13 (19 CFR 159.9), the
    dated notices of 19 CFR 159.12 and 152.2, a bill, from whose date the time to pay runs (19 CFR 24.3(e)), and notices
    of a denial or of a refusal of further review, from which the time to sue or to ask runs (19 CFR 174.30, 19 USC
    1515(c)). A courtesy notice changes nobody's rights. The time of a surety runs from the mailing of the demand
    (19 USC 1514(c)(3)), which is not done here. `law` is what it rests on, `days` the day that it names, in words;
    `lane` says which mails go first; `is_lettered`: a letter goes out when no mail
    reaches the importer. `is_for_surety`: the surety on the bond may see it. `variants` are other words of
    the same kind, by the case.
    """

    id: str
    name: str
    form: str
    trigger: str
    routes: tuple[Route, ...]
    has_legal_effect: bool
    law: str
    text: str
    if_nothing_is_done: str
    days: str = ""
    lane: Lane = Lane.USUAL
    is_for_surety: bool = False
    is_lettered: bool = False
    variants: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))

    def words(self, variant: str | None) -> Wording:
        """The words of the case; None is the plain one. Raises KeyError for a case that the kind does not have."""
        if variant is None:
            return Wording(self.text, self.if_nothing_is_done, self.has_legal_effect)
        return self.variants[variant]
