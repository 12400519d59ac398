"""The newest links of history, kept elsewhere and read again."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.audit import read_copied, row_of
from cli.not_there import NotThere
from shared.db.seals import SealRun

RUN = SealRun(7, datetime(2026, 1, 5, 12, tzinfo=UTC), 40, bytes(range(32)))


def test_links_are_read_as_they_were_copied_and_a_service_without_seals_is_named(tmp_path: Path) -> None:
    file = tmp_path / "links.json"
    file.write_text(json.dumps([row_of("routing", RUN), row_of("notifications", None)]), encoding="utf-8")
    assert read_copied(file) == {"routing": [RUN], "notifications": []}


@pytest.mark.parametrize("text", ["", "{}x", '[{"service": "routing"}]', '[{"service": "routing", "run": 7}]'])
def test_other_files_are_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "links.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(NotThere, match=r"links\.json is not what `centerline audit links --json` printed"):
        read_copied(file)
