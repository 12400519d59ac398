"""The notices catalogue as data: each kind with its form, trigger, recipients, channels, effect and words."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Channel = Literal["bulletin", "email"]
RecipientRole = Literal["public", "importer"]

VERSION: Final = 1
"""Goes up whenever words or rules below change; a notice keeps the version that it was made with."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way of a notice to one kind of recipient."""

    channel: Channel
    recipient_role: RecipientRole


POSTING: Final = Route("bulletin", "public")
EMAIL: Final = Route("email", "importer")


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice.

    `has_legal_effect` only where the law gives the notice an effect of its own: the posting of N-13 (19 CFR 159.9) and
    the dated notices of 19 CFR 159.12 and 152.2. A courtesy notice changes nobody's rights. `is_for_surety`: the surety
    on the bond may see it.
    """

    id: str
    name: str
    form: str
    trigger: str
    routes: tuple[Route, ...]
    has_legal_effect: bool
    text: str
    if_nothing_is_done: str
    is_for_surety: bool = False


_KINDS: Final = (
    NoticeKind(
        id="N-01",
        name="Center assignment or change",
        form="letter",
        trigger="account-assigned with a Center",
        routes=(EMAIL,),
        has_legal_effect=False,
        text="A Center of Excellence and Expertise manages your account from the date below. It decides what follows "
        "the release of your cargo, whatever the port of entry.",
        if_nothing_is_done="The assignment stands. You may appeal it in writing at any time to the Office of Field "
        "Operations.",
    ),
    NoticeKind(
        id="N-03",
        name="Request for information",
        form="CBP 28",
        trigger="request-issued, form CBP-28",
        routes=(EMAIL,),
        has_legal_effect=False,
        text="The Center needs information from you on the entries below before it can go on.",
        if_nothing_is_done="The Center may decide on what it has, and may propose to change what you declared.",
    ),
    NoticeKind(
        id="N-04",
        name="Notice of action",
        form="CBP 29",
        trigger="request-issued, form CBP-29",
        routes=(EMAIL,),
        has_legal_effect=True,
        text="The Center proposes, or has taken, an action on the entries below that changes what you declared.",
        if_nothing_is_done="The action is taken, and the entries are liquidated accordingly. Liquidation can be "
        "protested.",
    ),
    NoticeKind(
        id="N-09",
        name="Courtesy notice of liquidation",
        form="former CBP 4333-A",
        trigger="entry-changed: liquidated, deemed-liquidated or reliquidated",
        routes=(EMAIL,),
        has_legal_effect=False,
        text="The entry below has been liquidated. This is a courtesy without legal effect: only the notice on the "
        "public bulletin is evidence of liquidation.",
        if_nothing_is_done="The liquidation becomes final for all persons when the time to protest has passed.",
    ),
    NoticeKind(
        id="N-10",
        name="Extension of liquidation",
        form="CBP 4333-A, modified",
        trigger="entry-changed: extended",
        routes=(POSTING, EMAIL),
        has_legal_effect=True,
        text="The time to liquidate the entry below has been extended.",
        if_nothing_is_done="Nothing is asked of you. The entry must be liquidated before the extended time ends.",
        is_for_surety=True,
    ),
    NoticeKind(
        id="N-11",
        name="Suspension of liquidation",
        form="CBP 4333-A, modified",
        trigger="entry-changed: suspended",
        routes=(POSTING, EMAIL),
        has_legal_effect=True,
        text="Liquidation of the entry below is suspended by statute or court order.",
        if_nothing_is_done="Nothing is asked of you. The entry cannot be liquidated until the suspension is removed.",
        is_for_surety=True,
    ),
    NoticeKind(
        id="N-13",
        name="Official notice of liquidation or reliquidation",
        form="bulletin notice (was CBP 4333)",
        trigger="entry-changed: liquidated, deemed-liquidated or reliquidated",
        routes=(POSTING,),
        has_legal_effect=True,
        text="The entry below has been liquidated. This posting is the legal evidence of liquidation.",
        if_nothing_is_done="The liquidation becomes final for all persons when the time to protest has passed.",
        is_for_surety=True,
    ),
    NoticeKind(
        id="N-14",
        name="Liquidation date changed",
        form="once CATAIR UC 9",
        trigger="entry-changed: rescheduled",
        routes=(EMAIL,),
        has_legal_effect=False,
        text="The date on which the entry below is scheduled to be liquidated has changed.",
        if_nothing_is_done="Nothing is asked of you. Corrections of the summary are taken until 15 days before the "
        "scheduled date at the latest.",
    ),
    NoticeKind(
        id="N-16",
        name="Protest receipt",
        form="CBP 19",
        trigger="protest-changed: filed",
        routes=(EMAIL,),
        has_legal_effect=False,
        text="Your protest has been received.",
        if_nothing_is_done="The Center reviews the protest within two years of filing. Accelerated disposition may be "
        "asked for, by which a protest is deemed denied on the 30th day after the request.",
    ),
)

CATALOGUE: Final[Mapping[str, NoticeKind]] = MappingProxyType({kind.id: kind for kind in _KINDS})
