"""Uses a release as a student would, in a process of its own, and says what happened."""

import json
import os
import subprocess
import sys
from pathlib import Path

SECONDS = 300
MARK = "what was found: "
# An installed kit must not stand in for a module that is missing here, so its finder goes first.
PROBE = """
import json, pathlib, pkgutil, sys, importlib, traceback

sys.meta_path[:] = [f for f in sys.meta_path if "__editable__" not in getattr(f, "__module__", "")]
here = pathlib.Path.cwd()

def last(error):
    return traceback.format_exception_only(error)[-1].strip()

def imports():
    import cs231n
    names = [m.name for m in pkgutil.walk_packages(cs231n.__path__, "cs231n.", onerror=str)]
    for name in ["cs231n", *names]:
        try:
            if not name.endswith("__main__"):
                importlib.import_module(name)
        except BaseException as error:
            yield f"{name} does not import: {last(error)}"
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("cs231n", "grading", "tests"):
            if here not in pathlib.Path(module.__file__).resolve().parents:
                yield f"{name} came from outside the release"

def results():
    from cs231n.checks import run_local
    from cs231n.checks.table import select
    return {r.id: [r.status, r.message] for r in run_local(select())}

def setups():
    for path in sorted(here.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = next("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        lines = [line for line in code.splitlines() if not line.startswith("%")]
        try:
            exec("\\n".join(lines), {})
        except BaseException as error:
            yield f"{path.name}: its set-up cell fails: {last(error)}"

faults = list(imports())
found = {"imports": faults, "results": {} if faults else results(), "setups": list(setups())}
print("MARK" + json.dumps(found))
""".replace("MARK", MARK)


def probe(folder: Path) -> dict:
    """Import everything, check every exercise, and run the set-up cells of a release.

    Parameters
    ----------
    folder : Path
        Of the release; files may be added to it.

    Returns
    -------
    dict
        "imports" and "setups" (faults), "results" (exercise -> [status, message]); or "crash".
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment |= {"MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        run = subprocess.run(
            [sys.executable, "-c", PROBE],
            cwd=folder.resolve(),
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return json.loads(run.stdout.rpartition(MARK)[2])
    except subprocess.TimeoutExpired:
        return {"crash": f"no answer within {SECONDS} s"}
    except ValueError:
        said = (run.stderr.strip() or "no message").splitlines()[-1]
        return {"crash": f"exit code {run.returncode}: {said}"}
