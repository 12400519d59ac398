"""What the console reads of an answer beside its body."""

import httpx
import pytest

from services.console.acts.calls import _panel
from services.console.acts.reads import Read


@pytest.mark.parametrize(
    ("tag", "version"), [('"0"', 0), ('"12"', 12), ('W/"3"', 3), (None, None), ('"a1b2"', None), ('"²"', None)]
)
def test_an_act_names_the_version_that_the_service_gave_with_what_is_shown(
    tag: str | None, version: int | None
) -> None:
    headers = {} if tag is None else {"etag": tag.encode()}
    answer = httpx.Response(200, content=b"{}", headers=headers, request=httpx.Request("GET", "http://liquidation/"))
    assert _panel("liquidation", answer, Read).version == version
