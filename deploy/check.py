"""Reads rendered manifests and the Compose file, and says where they break the house's rules. Silence is success."""

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ["identity", "case", "task", "messaging", "document", "service-complaint", "notification"]
PROCESSES = [*SERVICES, "gateway"]
# Kinds of operators, whose schemas Kubernetes does not bring along. Anything else without a schema is a mistake.
OPERATED = {"cert-manager.io/v1", "postgresql.cnpg.io/v1", "barmancloud.cnpg.io/v1"}
KUBERNETES = "1.33"
SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL", re.I)
SECRET_VALUE = re.compile(r"://[^/\s:]+:[^/\s@]+@|-----BEGIN")

# Names in the same form that are labels of metrics.
LABELS = {"casework_process"}

problems = []


def wrong(where, what):
    problems.append(f"{where}: {what}")


def name_of(document):
    return f"{document['kind']}/{document['metadata']['name']}"


def check_image(where, image):
    tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
    if "@sha256:" not in image and not re.fullmatch(r"v?\d+\.\d+(\.\d+)?([.-].+)?", tag):
        wrong(where, f"image {image} has neither a version nor a digest")


def check_inline(where, name, value):
    """A secret in the environment shows in every listing of processes, so only its file may be named there."""
    if SECRET_VALUE.search(value) or (SECRET_NAME.search(name) and not name.endswith("_FILE") and not value.startswith("/run/")):
        wrong(where, f"{name} looks like a secret and stands in plain text")


def templates(documents):
    for document in documents:
        if document["kind"] in ("Deployment", "StatefulSet", "Job"):
            yield document, document["spec"]["template"]["spec"]


def check_schemas(where, documents):
    known = [document for document in documents if document["apiVersion"] not in OPERATED]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump_all(known, file)
        file.flush()
        validate = Path(sys.executable).parent / "kubernetes-validate"
        run = subprocess.run([validate, "-k", KUBERNETES, "--strict", "--quiet", "--no-warn", file.name], capture_output=True, text=True)
        if run.returncode != 0:
            wrong(where, run.stdout + run.stderr)


def check_pod(where, kind, pod):
    security = pod.get("securityContext", {})
    if pod.get("automountServiceAccountToken") is not False:
        wrong(where, "mounts a token for the Kubernetes API")
    if security.get("runAsNonRoot") is not True or security.get("runAsUser", 0) < 10000:
        wrong(where, "does not run as a user of its own")
    if security.get("seccompProfile") != {"type": "RuntimeDefault"}:
        wrong(where, "has no seccomp profile")
    if any(pod.get(shared) for shared in ("hostNetwork", "hostPID", "hostIPC")):
        wrong(where, "shares a namespace with its host")
    for volume in pod.get("volumes", []):
        if "hostPath" in volume:
            wrong(where, "mounts a folder of its host")
    for container in pod.get("initContainers", []) + pod["containers"]:
        at = f"{where} ({container['name']})"
        security = container.get("securityContext", {})
        if (
            security.get("allowPrivilegeEscalation") is not False
            or security.get("readOnlyRootFilesystem") is not True
            or security.get("capabilities") != {"drop": ["ALL"]}
            or security.get("privileged")
        ):
            wrong(at, "is not restricted")
        resources = container.get("resources", {})
        for part in ("requests", "limits"):
            if not {"cpu", "memory"} <= resources.get(part, {}).keys():
                wrong(at, f"has no {part}")
        check_image(at, container["image"])
        for variable in container.get("env", []):
            check_inline(at, variable["name"], variable.get("value", ""))
        runs_on = kind != "Job" and (container in pod["containers"] or container.get("restartPolicy") == "Always")
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if runs_on and probe not in container:
                wrong(at, f"has no {probe}")


def check_references(where, documents):
    """Every ConfigMap and every certificate that a pod mounts is in the same rendering."""
    there = {(document["kind"], document["metadata"]["name"]) for document in documents}
    issued = {document["spec"]["secretName"]: document for document in documents if document["kind"] == "Certificate"}
    for document, pod in templates(documents):
        at = f"{where} {name_of(document)}"
        for volume in pod.get("volumes", []):
            if "configMap" in volume and ("ConfigMap", volume["configMap"]["name"]) not in there:
                wrong(at, f"there is no ConfigMap {volume['configMap']['name']}")
            secret = volume.get("secret", {}).get("secretName", "")
            if secret.endswith("-tls"):
                process = secret.removesuffix("-tls")
                uris = issued.get(secret, {}).get("spec", {}).get("uris")
                if uris != [f"spiffe://casework/{process}"] or process != document["metadata"]["name"]:
                    wrong(at, f"the certificate in {secret} does not prove that it is {document['metadata']['name']}")


def check_health(where, documents):
    """A process is asked for its health by HTTP; its readiness decides when a new release takes over."""
    for document, pod in templates(documents):
        if document["kind"] == "Deployment" and document["metadata"]["name"] in PROCESSES:
            container = pod["containers"][0]
            paths = [container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")]
            if paths != ["/readyz", "/healthz", "/readyz"]:
                wrong(f"{where} {name_of(document)}", f"asks {paths} for its health")
            if document["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] != 0:
                wrong(f"{where} {name_of(document)}", "is replaced before its replacement is ready")


def peers(rules, side):
    """The (process, port) pairs of a policy's rules."""
    for rule in rules:
        for peer in rule.get(side, []):
            label = peer.get("podSelector", {}).get("matchLabels", {}).get("app.kubernetes.io/name")
            for port in rule.get("ports", []):
                if label:
                    yield label, port["port"]


def check_edges(where, documents):
    """The network allows exactly the calls that the processes are configured to make, at both ends."""
    wanted = set()
    settings = yaml.safe_dump(tomllib.loads((ROOT / "k8s/base/process.toml").read_text()))
    address = re.compile(r"(?:\w+://)?\b([a-z][a-z-]*):(\d+)\b")
    for document, pod in templates(documents):
        process = document["metadata"]["name"]
        if process not in PROCESSES:
            continue
        text = "\n".join(variable.get("value", "") for variable in pod["containers"][0]["env"])
        if process in SERVICES:
            text += "\n" + settings
        wanted |= {(process, callee, int(port)) for callee, port in address.findall(text) if callee != process}
        # An operator's command goes to every service.
        if process in SERVICES:
            wanted.add(("casework", process, 8443))
    leaving, entering = set(), set()
    for policy in (document for document in documents if document["kind"] == "NetworkPolicy"):
        here = policy["spec"]["podSelector"].get("matchLabels", {}).get("app.kubernetes.io/name")
        if here:
            leaving |= {(here, peer, port) for peer, port in peers(policy["spec"].get("egress", []), "to") if peer != here}
            entering |= {(peer, here, port) for peer, port in peers(policy["spec"].get("ingress", []), "from") if peer != here}
    # Development's mailbox is addressed by a Secret, which no rendering holds.
    leaving.discard(("notification", "mailbox", 1025))
    entering.discard(("notification", "mailbox", 1025))
    for edge in sorted(wanted ^ leaving):
        wrong(where, f"egress {edge} is {'missing' if edge in wanted else 'not used'}")
    for edge in sorted(wanted ^ entering):
        wrong(where, f"ingress {edge} is {'missing' if edge in wanted else 'not used'}")
    denied = [d for d in documents if d["kind"] == "NetworkPolicy" and d["spec"]["podSelector"] == {} and "ingress" not in d["spec"] and "egress" not in d["spec"]]
    if not denied or sorted(denied[0]["spec"]["policyTypes"]) != ["Egress", "Ingress"]:
        wrong(where, "what no policy allows is not denied")


def check_production(where, documents):
    """At least two of everything, in several zones, one away at a time; the broker keeps three copies on the disk."""
    by_name = {name_of(document): document for document in documents}
    for process in PROCESSES:
        deployment = by_name[f"Deployment/{process}"]["spec"]
        scaler = by_name.get(f"HorizontalPodAutoscaler/{process}", {"spec": {"minReplicas": 0}})["spec"]
        if "replicas" in deployment or scaler["minReplicas"] < 2:
            wrong(where, f"{process} is not scaled from two replicas up")
        if by_name.get(f"PodDisruptionBudget/{process}", {"spec": {}})["spec"].get("maxUnavailable") != 1:
            wrong(where, f"{process} has no disruption budget")
        spread = deployment["template"]["spec"].get("topologySpreadConstraints", [])
        if {constraint["topologyKey"] for constraint in spread} != {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}:
            wrong(where, f"{process} is not spread over zones and machines")
    if by_name["StatefulSet/nats"]["spec"]["replicas"] != 3:
        wrong(where, "the broker has not three servers")
    settings = [document for document in documents if document["kind"] == "ConfigMap"]
    if not any(document["data"].get("nats-replicas") == "3" for document in settings):
        wrong(where, "events are not kept three times")
    if not any("sync_interval: always" in document["data"].get("core.conf", "") for document in settings):
        wrong(where, "the broker acknowledges what is not on the disk")
    if by_name["Cluster/postgres"]["spec"]["postgresql"].get("synchronous", {}).get("dataDurability") != "required":
        wrong(where, "a commit may be on one machine only")
    if not any(plugin.get("isWALArchiver") for plugin in by_name["Cluster/postgres"]["spec"].get("plugins", [])):
        wrong(where, "the databases are not backed up")


def check_manifests(path):
    documents = [document for document in yaml.safe_load_all(path.read_text()) if document]
    where = path.stem
    check_schemas(where, documents)
    for document in documents:
        if document["kind"] == "Secret":
            wrong(where, f"{name_of(document)} does not belong into a repository")
        if document["kind"] == "ConfigMap" and SECRET_VALUE.search("\n".join(document["data"].values())):
            wrong(where, f"{name_of(document)} holds a secret")
    for document, pod in templates(documents):
        check_pod(f"{where} {name_of(document)}", document["kind"], pod)
    deployed = {document["metadata"]["name"] for document in documents if document["kind"] == "Deployment"}
    migrated = {document["metadata"]["name"] for document in documents if document["kind"] == "Job"}
    if not set(PROCESSES) <= deployed or migrated != {f"migrate-{service}" for service in SERVICES}:
        wrong(where, "a process or a migration is missing")
    check_references(where, documents)
    check_health(where, documents)
    check_edges(where, documents)
    if where == "production":
        check_production(where, documents)


def check_compose(path):
    compose = yaml.safe_load(path.read_text())
    if not {*PROCESSES, *(f"migrate-{service}" for service in SERVICES)} <= compose["services"].keys():
        wrong("compose", "a process or a migration is missing")
    for name, service in compose["services"].items():
        where = f"compose {name}"
        if "build" not in service:
            check_image(where, service["image"])
        environment = service.get("environment", {})
        for variable, value in environment.items():
            check_inline(where, variable, str(value))
        for port in service.get("ports", []):
            if not str(port).startswith("127.0.0.1:"):
                wrong(where, f"port {port} is open to the network")
        if service.get("cap_drop") != ["ALL"] or service.get("read_only") is not True or "no-new-privileges:true" not in service.get("security_opt", []):
            wrong(where, "is not restricted")
        if service.get("restart") != "no" and "healthcheck" not in service:
            wrong(where, "has no health check")
    if compose["networks"]["inside"].get("internal") is not True:
        wrong("compose", "the inner network reaches outside")


def check_metrics():
    """What is watched is measured: a metric's name in a rule or on the dashboard stands in the code, too."""
    named = re.compile(r'"((?:casework|rpc)\.[a-z_.]+)"')
    measured = {name.replace(".", "_") for file in ROOT.glob("services/*/src/**/*.rs") for name in named.findall(file.read_text())}
    for file in ("alerts.yaml", "dashboard.json"):
        text = (ROOT / "deploy/telemetry" / file).read_text()
        for metric in sorted(set(re.findall(r"\b(?:casework|rpc_server)_[a-z_]+\b", text))):
            if re.sub(r"_(bucket|count|sum)$", "", metric) not in measured and metric not in LABELS:
                wrong(file, f"nothing measures {metric}")


def main():
    compose, *rendered = map(Path, sys.argv[1:])
    check_compose(compose)
    for path in rendered:
        check_manifests(path)
    check_metrics()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
