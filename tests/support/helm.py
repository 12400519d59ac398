"""The chart as a cluster would get it: rendered by helm, checked against the documents of Kubernetes, KEDA and Prometheus.

Helm, kubeconform and the documents are Go modules, pinned here and kept in `$CENTERLINE_CACHE` or `~/.cache/centerline`:
the first use builds them, which takes some minutes, and later ones take none.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.support.apt import NotInstalled
from tests.support.kafka_broker import file_lock

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy" / "helm" / "centerline"
EXAMPLE = CHART / "examples" / "production.yaml"
HELM = "helm.sh/helm/v3/cmd/helm@v3.22.0"
KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0"
KUBERNETES = "k8s.io/kubernetes@v1.37.2"
KEDA = "github.com/kedacore/keda/v2@v2.21.0"
PROMETHEUS_OPERATOR = "github.com/prometheus-operator/prometheus-operator@v0.90.1"
KUBERNETES_VERSION = KUBERNETES.partition("@v")[2]
_CUSTOM = {
    KEDA: ["config/crd/bases/keda.sh_scaledobjects.yaml", "config/crd/bases/keda.sh_triggerauthentications.yaml"],
    PROMETHEUS_OPERATOR: ["example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml"],
}
_CHECKED_GROUPS = {"", "apps", "batch", "policy", "networking.k8s.io"}
_LOOSE = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": ["string", "integer"]},
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": ["string", "number"]},
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": {"type": "object"},
}


class ChartError(AssertionError):
    """Helm does not take these values; the text is what it says."""


def render(*files: Path, values: Mapping[str, Any] | None = None, example: bool = True) -> list[dict[str, Any]]:
    """The objects that the chart gives for the example of production, further files and values over it."""
    text = render_text(*files, values=values, example=example)
    return [each for each in yaml.load_all(text, Loader=yaml.CSafeLoader) if each is not None]


def render_text(*files: Path, values: Mapping[str, Any] | None = None, example: bool = True) -> str:
    """The same as text. Raises `ChartError` where the chart says what is wrong."""
    command = [str(_built(HELM)), "template", "centerline", str(CHART), f"--kube-version={KUBERNETES_VERSION}"]
    command += ["--namespace=customs", *(f"--values={each}" for each in ([EXAMPLE] if example else []) + list(files))]
    if values:
        command.append("--values=-")
    done = subprocess.run(
        command, input=json.dumps(values or {}), capture_output=True, text=True, check=False, cwd=CHART.parent
    )
    if done.returncode != 0:
        raise ChartError(done.stderr)
    return done.stdout


def check(text: str) -> list[str]:
    """What kubeconform finds wrong with rendered objects; each must be of a known kind and have no unknown field."""
    schemas = _schemas()
    done = subprocess.run(
        [
            str(_built(KUBECONFORM)),
            "-strict",
            "-output=json",
            "-verbose",
            f"-schema-location={schemas}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json",
        ],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    said = json.loads(done.stdout)["resources"]
    assert said, done.stderr
    return [f"{each['kind']} {each['name']}: {each['msg']}" for each in said if each["status"] != "statusValid"]


def _cache() -> Path:
    folder = Path(os.environ.get("CENTERLINE_CACHE") or Path.home() / ".cache" / "centerline")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def _built(package: str) -> Path:
    """A program of a Go module, built once for its version."""
    name, _, version = package.rpartition("/")[2].partition("@")
    folder = _cache() / f"{name}-{version}"
    with file_lock(_cache() / f"{folder.name}.lock"):
        if not (folder / name).exists():
            _go(["install", package], {"GOBIN": str(folder)})
    return folder / name


def _go(arguments: Sequence[str], variables: Mapping[str, str] | None = None) -> str:
    if shutil.which("go") is None:
        raise NotInstalled("these tests build helm and kubeconform: install Go 1.26 or newer")
    done = subprocess.run(
        ["go", *arguments],
        env={**os.environ, **(variables or {})},
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    if done.returncode != 0:
        raise NotInstalled(f"go {' '.join(arguments)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


@cache
def _schemas() -> Path:
    """A folder with a JSON Schema for each kind, as kubeconform wants them: whole, and closed to unknown fields."""
    folder = _cache() / f"schemas-{'-'.join(module.rpartition('@')[2] for module in (KUBERNETES, *_CUSTOM))}"
    with file_lock(_cache() / f"{folder.name}.lock"):
        if not (folder / "complete").exists():
            folder.mkdir(exist_ok=True)
            _write_kubernetes(folder)
            for module, paths in _CUSTOM.items():
                for path in paths:
                    _write_custom(folder, _downloaded(module) / path)
            (folder / "complete").touch()
    return folder


def _downloaded(module: str) -> Path:
    return Path(json.loads(_go(["mod", "download", "-json", module]))["Dir"])


def _write_kubernetes(folder: Path) -> None:
    path = _downloaded(KUBERNETES) / "api" / "openapi-spec" / "swagger.json"
    definitions = json.loads(path.read_text(encoding="utf-8"))["definitions"]
    for definition in definitions.values():
        for kind in definition.get("x-kubernetes-group-version-kind", []):
            if (kind["group"] in _CHECKED_GROUPS and "spec" in definition.get("properties", {})) or kind[
                "kind"
            ] in _BARE:
                _write(folder, kind["group"], kind["version"], kind["kind"], _whole(definition, definitions))


_BARE = {"ServiceAccount", "Secret", "ConfigMap"}


def _write_custom(folder: Path, path: Path) -> None:
    definition = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["spec"]
    for version in definition["versions"]:
        schema = version["schema"]["openAPIV3Schema"]
        _write(folder, definition["group"], version["name"], definition["names"]["kind"], _whole(schema, {}))


def _write(folder: Path, group: str, version: str, kind: str, schema: dict[str, Any]) -> None:
    # kubeconform's KindSuffix: the group's first word and the version.
    suffix = f"-{group.partition('.')[0]}-{version}" if group else f"-{version}"
    (folder / f"{kind.lower()}{suffix}.json").write_text(json.dumps(schema), encoding="utf-8")


def _whole(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """A schema with what it refers to in place, and closed where it names its fields."""
    if isinstance(schema, list):
        return [_whole(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(reference := schema.get("$ref"), str):
        name = reference.rpartition("/")[2]
        return _LOOSE[name] if name in _LOOSE else _whole(definitions[name], definitions)
    whole = {name: _whole(value, definitions) for name, value in schema.items()}
    if isinstance(whole.get("properties"), dict) and "additionalProperties" not in whole:
        if not whole.get("x-kubernetes-preserve-unknown-fields"):
            whole["additionalProperties"] = False
    if whole.get("x-kubernetes-int-or-string"):
        whole.pop("type", None)
    if isinstance(whole.get("format"), str) and whole["format"].startswith(("int", "double")):
        del whole["format"]  # of OpenAPI, not of JSON Schema
    return whole
