"""The alert rules of deploy/prometheus watch metrics that there are."""

import re
from pathlib import Path

import yaml

from shared.runtime.metrics import DECLARED, PREFIX

RULES = Path(__file__).resolve().parents[2] / "deploy" / "prometheus" / "alerts.yaml"


def test_every_rule_watches_a_declared_metric() -> None:
    declared = {PREFIX + each.name for each in DECLARED}
    rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    assert {rule["alert"] for rule in rules} >= {"BulletinGap", "BulletinNotReconciled"}
    for rule in rules:
        watched = set(re.findall(rf"{PREFIX}[a-z_]+", rule["expr"]))
        assert watched, rule["alert"]
        assert watched <= declared, rule["alert"]
