"""What makes a released folder open in VS Code, on the laptop or in a container, unasked."""

import json

IMAGE = "python:3.13"  # Debian with a C compiler; its -slim variants have none
EXTENSIONS = ["ms-python.python", "ms-toolsai.jupyter"]
GENERATED = ("__pycache__", ".ipynb_checkpoints", "*.egg-info", "*.so", "*.pyd", "cs231n/**/*.c")
SETTINGS = {
    # the folder, whose interpreter has another path on Windows
    "python.defaultInterpreterPath": "${workspaceFolder}/.venv",
    "python.terminal.activateEnvironment": True,
    "python.testing.pytestEnabled": False,  # the checks stand in the notebooks
    "python.testing.unittestEnabled": False,
    "jupyter.notebookFileRoot": "${workspaceFolder}",
    "files.autoSave": "onFocusChange",  # a check's cell sees what is on the disk
    "files.exclude": {name if "/" in name else f"**/{name}": True for name in GENERATED},
}
# The laptop's .venv, perhaps of another system, is hidden by a volume that is the container's own.
VENV = "source=cs231n-venv-${devcontainerId},target=${containerWorkspaceFolder}/.venv,type=volume"


def editor_files(name: str) -> dict[str, str]:
    """The files that an editor reads, by their paths.

    Parameters
    ----------
    name : str
        Of the folder, as the container is called.
    """
    container = {
        "name": name,
        "image": IMAGE,
        "mounts": [VENV],
        "postCreateCommand": "python -m venv .venv && .venv/bin/python -m pip install --editable .",
        # a notebook's kernel opens ports that nobody has to see
        "otherPortsAttributes": {"onAutoForward": "ignore"},
        "customizations": {"vscode": {"extensions": EXTENSIONS}},
    }
    contents = {
        ".devcontainer/devcontainer.json": container,
        ".vscode/extensions.json": {"recommendations": EXTENSIONS},
        ".vscode/settings.json": SETTINGS,
    }
    return {path: json.dumps(content, indent=2) + "\n" for path, content in contents.items()}
