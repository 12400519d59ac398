"""JSON put together by the database as text, three times as fast as json_build_object: SQL for one value each.

A million events of a cycle are made of these; what they are made of stands in `publishing`.
"""


def json_code(sql: str) -> str:
    """A value whose contract leaves nothing to escape: numbers and codes of CBP, dates, words of this service."""
    return f"""coalesce('"' || {sql} || '"', 'null')"""


def json_text(sql: str) -> str:
    """A value that may hold any character."""
    return f"coalesce(to_json({sql})::text, 'null')"


def json_case(sql: str, values: dict[str, str]) -> str:
    """The JSON value that belongs to what a column says; the column says nothing else."""
    return f"CASE {sql} " + " ".join(f"WHEN '{found}' THEN '{value}'" for found, value in values.items()) + " END"


def json_members(members: dict[str, str]) -> str:
    """Members that go on in an object, each absent where its SQL for text without escapes gives nothing."""
    return _join([f"""coalesce(',"{name}":"' || {sql} || '"', '')""" for name, sql in members.items()])


def json_object(members: dict[str, str]) -> str:
    """An object of members that are SQL for JSON values."""
    parts: list[str] = []
    for name, sql in members.items():
        parts += [f"""'{"," if parts else "{"}"{name}":'""", sql]
    return _join([*parts, "'}'"])


def _join(parts: list[str]) -> str:
    """Text of parts, joined by halves: one behind the other each would copy all that stands before it."""
    if len(parts) <= 2:
        return " || ".join(parts)
    half = len(parts) // 2
    return f"({_join(parts[:half])}) || ({_join(parts[half:])})"
