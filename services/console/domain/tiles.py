"""The States as tiles, those with the managing office of a Center filled: a map without a map."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SIZE: Final = 100
"""Side of a tile, in the picture's own units."""

_ROWS: Final = (
    "AK .. .. .. .. .. .. .. .. .. ME",
    ".. .. .. .. .. WI .. .. .. VT NH",
    "WA ID MT ND MN IL MI .. NY MA ..",
    "OR NV WY SD IA IN OH PA NJ CT RI",
    "CA UT CO NE MO KY WV VA MD DE ..",
    ".. AZ NM KS AR TN NC SC DC .. ..",
    ".. .. .. OK LA MS AL GA .. .. ..",
    "HI .. .. TX .. .. .. .. FL .. ..",
)
WIDTH: Final = SIZE * len(_ROWS[0].split())
HEIGHT: Final = SIZE * len(_ROWS)


@dataclass(frozen=True, slots=True)
class Tile:
    """A State: where it stands, and which Centers are managed from it."""

    x: int
    y: int
    state: str
    centers: tuple[tuple[str, str], ...]


def draw_tiles(offices: Mapping[str, tuple[tuple[str, str], ...]]) -> list[Tile]:
    """A tile for each State, with the code and name of each Center whose managing office is there.

    >>> [tile for tile in draw_tiles({"MI": (("CEE003", "Automotive and Aerospace"),)}) if tile.centers]
    [Tile(x=600, y=200, state='MI', centers=(('CEE003', 'Automotive and Aerospace'),))]
    """
    return [
        Tile(column * SIZE, row * SIZE, state, tuple(offices.get(state, ())))
        for row, states in enumerate(_ROWS)
        for column, state in enumerate(states.split())
        if state != ".."
    ]
