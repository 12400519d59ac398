"""The stages of a protest and of its further review, and the acts that lead from one to another, as tables."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

Stage = Literal[
    "filed",
    "in-review",
    "waiting-party",
    "suspended",
    "at-headquarters",
    "headquarters-decided",
    "awaiting-signature",
    "allowed",
    "allowed-in-part",
    "denied",
    "deemed-denied",
    "rejected",
    "withdrawn",
    "in-court",
]
FurtherReview = Literal[
    "none", "requested", "granted", "answered", "refused", "set-aside-requested", "set-aside-refused", "fell-away"
]
_PlainKind = Literal[
    "begin-review",
    "ask-party",
    "party-answered",
    "suspend",
    "resume",
    "amend",
    "add-grounds",
    "request-acceleration",
    "apply-further-review",
    "grant-further-review",
    "refuse-further-review",
    "forward",
    "answer-further-review",
    "request-set-aside",
    "set-aside",
    "refuse-set-aside",
    "recommend",
    "return",
    "reject",
    "withdraw",
    "request-void",
    "void-denial",
    "summon",
]
RequestKind = Literal[_PlainKind, "sign"]
"""What people ask for; signing is allowing, allowing in part or denying, as was recommended."""

ActKind = Literal[_PlainKind, "allow", "allow-in-part", "deny", "deem-denied"]
"""What is done; a protest is deemed denied by the law alone."""

Outcome = Literal["allowed", "allowed-in-part", "denied"]
LineOutcome = Literal["allowed", "denied"]
EntryOutcome = Literal["allowed", "allowed-in-part", "denied", "deemed-denied"]

OPEN: Final[tuple[Stage, ...]] = (
    "filed",
    "in-review",
    "waiting-party",
    "suspended",
    "at-headquarters",
    "headquarters-decided",
    "awaiting-signature",
)
DENIED: Final[tuple[Stage, ...]] = ("denied", "allowed-in-part", "deemed-denied")
REJECTABLE: Final = MappingProxyType(
    {
        "untimely": "protest-180",
        "too-early": "protest-180",
        "incomplete": "protest-contents",
        "no-standing": "protest-parties",
        "not-protestable": "protest-decisions",
        "second-protest": "protest-one-per-category",
        "split": "protest-multi-entry",
    }
)
"""For what a protest is rejected without a decision on its merits, and by which rule."""


def _from(stages: Sequence[Stage], to: Stage) -> Mapping[Stage, Stage]:
    return dict.fromkeys(stages, to)


def _staying(stages: Sequence[Stage]) -> Mapping[Stage, Stage]:
    return {stage: stage for stage in stages}


TRANSITIONS: Final[Mapping[ActKind, Mapping[Stage, Stage]]] = MappingProxyType(
    {
        "begin-review": _from(("filed",), "in-review"),
        "ask-party": _from(("in-review",), "waiting-party"),
        "party-answered": _from(("waiting-party",), "in-review"),
        "suspend": _from(("filed", "in-review"), "suspended"),
        "resume": _from(("suspended",), "in-review"),
        "amend": _staying(OPEN),
        "add-grounds": _staying(OPEN),
        "request-acceleration": _staying(OPEN),
        "apply-further-review": _staying(OPEN),
        "grant-further-review": _staying(("filed", "in-review")),
        "refuse-further-review": _staying(("filed", "in-review")),
        "forward": _from(("filed", "in-review"), "at-headquarters"),
        "answer-further-review": _from(("at-headquarters",), "headquarters-decided"),
        "request-set-aside": _staying((*OPEN, *DENIED)),
        "set-aside": _staying((*OPEN, *DENIED)),
        "refuse-set-aside": _staying((*OPEN, *DENIED)),
        "recommend": _from(("in-review", "headquarters-decided"), "awaiting-signature"),
        "return": _from(("awaiting-signature",), "in-review"),
        "allow": _from(("awaiting-signature",), "allowed"),
        "allow-in-part": _from(("awaiting-signature",), "allowed-in-part"),
        "deny": _from(("awaiting-signature",), "denied"),
        "reject": _from(("filed", "in-review"), "rejected"),
        "withdraw": _from(OPEN, "withdrawn"),
        "deem-denied": _from(OPEN, "deemed-denied"),
        "request-void": _staying(("denied", "allowed-in-part")),
        "void-denial": _from(("denied", "allowed-in-part"), "in-review"),
        "summon": _from(DENIED, "in-court"),
    }
)
"""Where each act leads from each stage in which it is possible; processes of a protest under 19 CFR part 174."""

FURTHER_REVIEW: Final[Mapping[ActKind, Mapping[FurtherReview, FurtherReview]]] = MappingProxyType(
    {
        "apply-further-review": {"none": "requested"},
        "grant-further-review": {"requested": "granted"},
        "refuse-further-review": {"requested": "refused"},
        "forward": {"granted": "granted"},
        "answer-further-review": {"granted": "answered"},
        "request-set-aside": {"refused": "set-aside-requested"},
        "set-aside": {"set-aside-requested": "granted"},
        "refuse-set-aside": {"set-aside-requested": "set-aside-refused"},
    }
)
"""Where further review goes by the acts that concern it; no other act needs it to stand anywhere."""

SIGNED: Final[Mapping[Outcome, ActKind]] = MappingProxyType(
    {"allowed": "allow", "allowed-in-part": "allow-in-part", "denied": "deny"}
)
"""The act by which a recommendation is signed."""
