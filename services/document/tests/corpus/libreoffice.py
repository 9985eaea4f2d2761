"""LibreOffice, driven from outside: opens files and stores them as something else.

Run as a program it is the inside: LibreOffice's bindings belong to Debian's Python, so that this file may import
nothing but them and what comes with Python.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# A first start makes a profile; on a busy machine that takes a while.
PATIENCE = 180
SYSTEM_PYTHON = "/usr/bin/python3"


def convert(folder: Path, jobs: list[dict]):
    """Does the jobs in the folder: each names a `source`, a `target`, a `filter`, and what the filter is told."""
    with tempfile.TemporaryDirectory() as profile:
        pipe = f"corpus-{Path(profile).name}"
        office = subprocess.Popen(
            [
                "soffice",
                "--headless",
                "--norestore",
                "--nologo",
                "--nodefault",
                f"-env:UserInstallation=file://{profile}",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            subprocess.run(
                [SYSTEM_PYTHON, __file__, pipe, str(folder)],
                input=json.dumps(jobs),
                text=True,
                check=True,
                timeout=2 * PATIENCE,
            )
        finally:
            office.terminate()
            office.wait()


def _desktop(pipe):
    import uno

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    until = time.monotonic() + PATIENCE
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _properties(values):
    import uno
    from com.sun.star.beans import NamedValue, PropertyValue

    properties = []
    for name, value in values.items():
        if name == "EncryptionData":
            named = tuple(NamedValue(Name=key, Value=inner) for key, inner in value.items())
            value = uno.Any("[]com.sun.star.beans.NamedValue", named)
        elif isinstance(value, dict):
            value = uno.Any("[]com.sun.star.beans.PropertyValue", _properties(value))
        properties.append(PropertyValue(Name=name, Value=value))
    return tuple(properties)


def _work(pipe, folder):
    import uno

    desktop = _desktop(pipe)
    url = lambda name: uno.systemPathToFileUrl(str(Path(folder) / name))
    for job in json.load(sys.stdin):
        document = desktop.loadComponentFromURL(url(job["source"]), "_blank", 0, _properties({"Hidden": True}))
        told = {"FilterName": job["filter"], **job.get("told", {})}
        document.storeToURL(url(job["target"]), _properties(told))
        document.close(True)
    try:
        desktop.terminate()
    except Exception:
        # It may be gone before it answers.
        pass


if __name__ == "__main__":
    _work(*sys.argv[1:])
