"""bandit finds no weak place in the product's code, but those that pyproject.toml lets stand with a reason."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.product import ROOT

pytestmark = [pytest.mark.verify, pytest.mark.sharing, pytest.mark.timeout(600)]

RULES = ROOT / "pyproject.toml"
PRODUCT = (ROOT / "shared", ROOT / "services", ROOT / "cli")


def weak_places(*places: Path, below: Path) -> dict[str, str]:
    """What bandit finds there by file and rule, with the lines; comments of the code cannot silence it."""
    options = ["--recursive", "--quiet", "--ignore-nosec", "--format=json", f"--configfile={RULES}"]
    done = subprocess.run(
        [sys.executable, "-m", "bandit", *options, *map(str, places)], capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    report = json.loads(done.stdout)
    assert report["errors"] == []
    assert len(report["metrics"]) > 1
    found: dict[str, str] = {}
    for each in report["results"]:
        name = f"{Path(each['filename']).relative_to(below).as_posix()} {each['test_id']}"
        found[name] = f"{found.get(name, '')} {each['line_number']}: {each['issue_text']}"
    return found


def reasons() -> tuple[list[str], dict[str, str], dict[str, str]]:
    """The rules that are left out, why, and the places that may stay, with why."""
    tool = tomllib.loads(RULES.read_text(encoding="utf-8"))["tool"]
    known = tool["centerline"]["bandit"]
    return tool["bandit"]["skips"], known["rules"], known["places"]


def test_the_code_of_the_product_has_no_weak_place_but_those_with_a_reason() -> None:
    _, _, places = reasons()
    found = weak_places(*PRODUCT, below=ROOT)
    assert {name: lines for name, lines in found.items() if name not in places} == {}
    assert places.keys() - found.keys() == set(), "a reason that is no longer needed"


def test_every_rule_and_place_that_is_left_out_has_a_reason() -> None:
    skips, rules, places = reasons()
    assert set(skips) == set(rules)
    assert all(len(reason) > 20 for reason in (*rules.values(), *places.values()))


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
    assert weak_places(tmp_path, below=tmp_path) != {}
