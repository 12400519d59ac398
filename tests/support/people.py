"""Who people are in tests when it does not matter where they work."""

from typing import Final, get_args

from services.workqueue.domain.item import Division
from shared.customs.centers import centers

EVERY_CENTER: Final = frozenset(centers())
EVERY_DIVISION: Final[frozenset[str]] = frozenset(get_args(Division))
