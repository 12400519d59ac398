"""The page of every problem, made from its catalogue."""

from pathlib import Path

from shared.customs.problems import ProblemKind, problem_kinds

PAGE = Path(__file__).resolve().parent.parent / "docs" / "problems.md"

_HEAD = """# Problems

Every code that an answer of an API (`code` of a problem detail) or a refused event (`code` of `event-refused`, `reason`
of a dead letter) may have. The `type` of a problem detail is `/problems/{code}`, and each service answers there,
without a token, what stands here. Made by `make contracts` from `shared/customs/data/problems.csv`.
"""


def page() -> str:
    """The page as it is to stand: the problems of answers, then those of events only."""
    kinds = problem_kinds().values()
    return "\n".join(
        [
            _HEAD,
            "## In answers",
            "",
            "| code | status | what it means | what to do |",
            "|---|---|---|---|",
            *(_row(kind, f" {', '.join(map(str, kind.statuses))} |") for kind in kinds if kind.statuses),
            "",
            "## Of events only",
            "",
            "| code | what it means | what to do |",
            "|---|---|---|",
            *(_row(kind, "") for kind in kinds if not kind.statuses),
            "",
        ]
    )


def _row(kind: ProblemKind, status: str) -> str:
    return f"| `{kind.code}` |{status} **{kind.title}.** {kind.meaning} | {kind.remedy} |"
