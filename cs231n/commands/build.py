"""The command `build`: compile the kernels where they lie."""

import subprocess
import sys

import click

from cs231n.commands.support.errors import known
from cs231n.kernels import builds, compiler, status


@click.command("build")
def command():
    """Compile the kernels in place.

    They are fast then, and `import` finds them. `check` needs no build: it compiles by
    itself what you have written.

    \b
    Example: python -m cs231n build
    """
    known(build_in_place)
    click.echo(status.announce())


def build_in_place(root=None):
    """Run setup.py, and say in one sentence what is wrong where a kernel does not compile.

    Parameters
    ----------
    root : Path, optional
        The folder of setup.py; by default that of the package.

    Raises
    ------
    FileNotFoundError
        If there is no setup.py.
    NoCompiler
        If there is nothing to compile with.
    ValueError
        If a kernel does not compile.
    """
    root = root or builds.PACKAGE.parent
    if not (root / "setup.py").is_file():
        raise FileNotFoundError(
            f"There is no setup.py in {root}: run this where the folder cs231n/ of the assignment "
            "lies."
        )
    builds.require_tools()
    run = subprocess.run(
        [sys.executable, "setup.py", "build_ext", "--inplace"],
        cwd=root,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    said = run.stdout + run.stderr
    missing, _ = status.not_compiled(root / "cs231n")
    if run.returncode or missing:
        raise ValueError(compiler.in_one_sentence(said))
