"""Slices of the sample traffic for tests that run the whole product."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cli.feed import Line, read_lines
from shared.bus.protocol import Message

SAMPLES = Path(__file__).parents[2] / "samples"

_LATER_TOPICS = {"entry-corrected", "post-entry-filed"}


@dataclass(frozen=True, slots=True)
class Traffic:
    """Messages in the order in which filers would send them."""

    messages: tuple[Message, ...]

    def disturbed(self, random_: random.Random) -> list[Message]:
        """Everything twice, in an order that respects nothing."""
        twice = [*self.messages, *self.messages]
        random_.shuffle(twice)
        return twice


def sample_traffic(lines: int | None = None) -> Traffic:
    """The first lines of the sample with the corrections and filings on their entries, then the refused messages."""
    events = list(read_lines(SAMPLES / "events.jsonl.gz"))
    chosen = events if lines is None else [*events[:lines], *_about(events[:lines], events[lines:])]
    return Traffic(tuple(line.message for line in (*chosen, *read_lines(SAMPLES / "refused.jsonl"))))


def _about(first: Iterable[Line], rest: Iterable[Line]) -> list[Line]:
    entries = {line.message.key for line in first if line.message.topic == "entry-filed"}
    return [
        line
        for line in rest
        if line.message.topic in _LATER_TOPICS and any(number in line.message.value for number in entries)
    ]
