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


def json_object(members: dict[str, str]) -> str:
    """An object of members that are SQL for JSON values."""
    return "'{' || " + " || ',' || ".join(f"""'"{name}":' || {sql}""" for name, sql in members.items()) + " || '}'"
