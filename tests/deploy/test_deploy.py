"""The files to run the service with: well formed, and in agreement with what the program takes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from duly.cli.serve_command import command as serve
from duly.service.settings import Rights, Scope, Settings, Tls, demand_safety

DEPLOY = Path(__file__).parents[2] / "deploy"
FILES = [path for path in DEPLOY.rglob("*") if path.is_file()]
VARIABLES = {option.envvar for option in serve.params if option.envvar}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_variable_is_one_that_serve_reads(file):
    assert set(re.findall(r"\bDULY_[A-Z_]+", file.read_text("utf-8"))) <= VARIABLES


@pytest.mark.parametrize("name", ["compose.yaml", "k8s/duly.yaml"])
def test_yaml_is_well_formed(name):
    yaml = pytest.importorskip("yaml")
    documents = list(yaml.safe_load_all((DEPLOY / name).read_text("utf-8")))
    assert all(isinstance(document, dict) for document in documents)


def test_kubernetes_objects_belong_together():
    yaml = pytest.importorskip("yaml")
    objects = {each["kind"]: each for each in yaml.safe_load_all((DEPLOY / "k8s" / "duly.yaml").read_text("utf-8"))}
    pod = objects["StatefulSet"]["spec"]["template"]
    assert objects["Service"]["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    (container,) = pod["spec"]["containers"]
    volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
    claims = {claim["metadata"]["name"] for claim in objects["StatefulSet"]["spec"]["volumeClaimTemplates"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes | claims
    assert {"grpc", "http"} == {port["name"] for port in container["ports"]}


def test_kubernetes_is_safe_without_being_told_that_nobody_listens():
    yaml = pytest.importorskip("yaml")
    objects = {each["kind"]: each for each in yaml.safe_load_all((DEPLOY / "k8s" / "duly.yaml").read_text("utf-8"))}
    (container,) = objects["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    told = {each["name"]: each["value"] for each in container["env"]}
    assert "DULY_INSECURE" not in told and told["DULY_TOKEN_FILE"]
    tls = Tls(Path(told["DULY_SERVER_CERTIFICATE"]), Path(told["DULY_SERVER_KEY"]))
    tokens = {"one": Rights(frozenset(Scope))}
    demand_safety(Settings((), grpc=told["DULY_GRPC"], http=told["DULY_HTTP"], tls=tls, tokens=tokens))
    probes = [container[name]["httpGet"] for name in ("readinessProbe", "livenessProbe")]
    assert [probe["scheme"] for probe in probes] == ["HTTPS", "HTTPS"]


def test_compose_mounts_what_there_is():
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    places = [volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())]
    assert all((DEPLOY / place).exists() for place in places if place.startswith("."))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_unit_is_one_that_systemd_takes():
    command = ["systemd-analyze", "verify", str(DEPLOY / "systemd" / "duly.service")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "duly.service" not in done.stderr


def test_the_image_copies_what_there_is():
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    copied = [
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    ]
    assert copied
    assert all((DEPLOY.parent / name).exists() for name in copied)
    assert {"hatch_build.py", "native", "src", "grammar", "protos"} <= set(copied)
