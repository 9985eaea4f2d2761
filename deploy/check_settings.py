"""Tries the settings of the manifests and of Compose on the built binaries: each must call them good, and none may start with a wrong one.

A setting that a service does not know, or a value that it refuses, is found here and not in a cluster.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = ["identity", "case", "task", "messaging", "document", "service-complaint", "notification", "gateway"]
# What a secret's file holds, by the end of its name. The values are made up; their form is not.
SECRETS = {
    "database-url": "postgres://user:password@postgres/database",
    "smtp-url": "smtps://user:password@mail.example:465",
    "access-key-id": "0123456789ABCDEF",
    "key": "0123456789abcdef0123456789abcdef0123456789abcdef",
}
# A setting that nobody knows, one of another type, and one that could serve nobody; with the words that must name it.
WRONG_SETTINGS = [
    ("SERVER__LISTENN", "0.0.0.0:8443", "listenn"),
    ("SERVER__LISTEN", "nowhere", "server.listen"),
    ("SERVER__MAX_IN_FLIGHT", "0", "server.max_in_flight"),
]
EX_CONFIG = 78


def from_manifests(path):
    documents = [document for document in yaml.safe_load_all(path.read_text()) if document]
    maps = {document["metadata"]["name"]: document["data"] for document in documents if document["kind"] == "ConfigMap"}
    for document in documents:
        if document["kind"] == "Deployment" and document["metadata"]["name"] in PROCESSES:
            container = document["spec"]["template"]["spec"]["containers"][0]
            environment = {}
            for variable in container["env"]:
                source = variable.get("valueFrom", {}).get("configMapKeyRef")
                environment[variable["name"]] = maps[source["name"]][source["key"]] if source else variable["value"]
            yield document["metadata"]["name"], container.get("args", []), environment


def from_compose(path):
    for name, service in yaml.safe_load(path.read_text())["services"].items():
        if name in PROCESSES:
            yield name, service["command"], {key: str(value) for key, value in service["environment"].items()}


def try_settings(binary, arguments, environment, folder):
    """Runs `check-config` with the environment, its secrets replaced by files that exist."""
    if not binary.exists():
        return f"there is no binary {binary}"
    tried = {}
    for name, value in environment.items():
        if value.startswith("/run/secrets/"):
            content = next((content for end, content in SECRETS.items() if value.endswith(end)), None)
            if content is None:
                return f"nothing is known about the secret {value}"
            file = folder / Path(value).name
            file.write_text(content)
            value = str(file)
        tried[name] = value
    config = ["--config", ROOT / "k8s/base/process.toml"] if "--config" in arguments else []
    run = subprocess.run([binary, *config, "check-config"], env=tried, capture_output=True, text=True)
    if run.returncode != 0:
        return run.stderr.strip() or f"ended with {run.returncode}"
    return next(filter(None, (try_wrong_setting(binary, config, tried, *wrong) for wrong in WRONG_SETTINGS)), None)


def try_wrong_setting(binary, config, environment, setting, value, named):
    """Starts the binary with one setting made wrong: it must end at once as sysexits.h's EX_CONFIG, and name the setting."""
    prefix = f"CASEWORK_{binary.name.replace('-', '_').upper()}__"
    wrong = {**environment, prefix + setting: value}
    try:
        run = subprocess.run([binary, *config, "serve"], env=wrong, capture_output=True, text=True, timeout=10)
    except subprocess.TimeoutExpired:
        return f"started although {prefix}{setting} was {value}"
    if run.returncode == EX_CONFIG and named in run.stderr:
        return None
    return f"with {prefix}{setting}={value} it ended with {run.returncode} and said: {run.stderr.strip()}"


def main():
    binaries, compose, *rendered = map(Path, sys.argv[1:])
    failed = False
    sources = [("compose", from_compose(compose)), *((path.stem, from_manifests(path)) for path in rendered)]
    for where, processes in sources:
        tried = set()
        for name, arguments, environment in processes:
            tried.add(name)
            with tempfile.TemporaryDirectory() as folder:
                problem = try_settings((binaries / name).resolve(), arguments, environment, Path(folder))
            if problem:
                print(f"{where} {name}: {problem}", file=sys.stderr)
                failed = True
        if tried != set(PROCESSES):
            print(f"{where}: {set(PROCESSES) - tried} could not be tried", file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
