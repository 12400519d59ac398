"""The horizons of the deadline radar in words: each goes from where the one before it ends."""

from collections.abc import Mapping, Sequence


def say_horizons(horizons: Sequence[str]) -> Mapping[str, str]:
    """Horizons by what the radar calls them: the days that they have to themselves.

    >>> say_horizons(["past", "1", "7"])
    {'past': 'past', '1': '0 to 1 days', '7': '2 to 7 days'}
    """
    said, begins = {}, 0
    for each in horizons:
        if not each.isdigit():
            said[each] = each
            continue
        said[each] = f"{begins} to {each} days"
        begins = int(each) + 1
    return said
