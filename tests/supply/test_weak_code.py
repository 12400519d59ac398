"""bandit finds no weak place in the product's code, but those that pyproject.toml lets stand with a reason."""

import tomllib
from pathlib import Path

import pytest
from bandit.core.config import BanditConfig
from bandit.core.manager import BanditManager

from tests.support.product import ROOT

pytestmark = [pytest.mark.verify, pytest.mark.timeout(600)]

RULES = ROOT / "pyproject.toml"


def weak_places(*places: Path) -> list[str]:
    """What bandit finds there, with the rules of pyproject.toml; comments of the code cannot silence it."""
    manager = BanditManager(BanditConfig(str(RULES)), "file", ignore_nosec=True, quiet=True)
    manager.discover_files([str(place) for place in places], recursive=True)
    manager.run_tests()
    assert manager.files_list
    return [f"{Path(each.fname).name}:{each.lineno} {each.test_id} {each.text}" for each in manager.get_issue_list()]


def test_the_code_of_the_product_has_no_weak_place() -> None:
    assert weak_places(ROOT / "shared", ROOT / "services", ROOT / "cli") == []


def test_every_rule_that_is_left_out_has_a_reason() -> None:
    rules = tomllib.loads(RULES.read_text(encoding="utf-8"))["tool"]
    assert set(rules["bandit"]["skips"]) == set(rules["centerline"]["bandit"])
    assert all(len(reason) > 20 for reason in rules["centerline"]["bandit"].values())


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess\nsubprocess.run('ls ' + input(), shell=True)\n",
        "import pickle\npickle.loads(b'')\n",
        "import yaml\nyaml.load('a: 1')\n",
        "eval(input())\n",
        "import ssl\nssl._create_unverified_context()\n",
        "import hashlib\nhashlib.md5(b'')  # nosec\n",
    ],
)
def test_a_weak_place_that_is_planted_is_found(tmp_path: Path, code: str) -> None:
    (tmp_path / "planted.py").write_text(code, encoding="utf-8")
    assert weak_places(tmp_path) != []
