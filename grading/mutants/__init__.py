"""Wrong answers that the checks must catch, and right ones written otherwise that they must accept.

Each module here holds `VARIANTS`, a list of `Variant`.
"""

import importlib
import pkgutil
from dataclasses import dataclass

from grading.authoring.markers import replace_solution


@dataclass(frozen=True)
class Variant:
    """Another way of writing an exercise.

    Give either `edits`, pairs of (old, new) where old occurs exactly once in the module, or
    `code`, the whole body for the exercise's marked region (unindented).
    `right` says whether it deserves full points.
    """

    exercise: str
    name: str
    why: str
    edits: tuple = ()
    code: str = ""
    right: bool = False

    def apply(self, text, row):
        """The module's solved text, rewritten this way."""
        if self.code:
            return replace_solution(text, row, self.code, row.path)
        for old, new in self.edits:
            if text.count(old) != 1:
                msg = (
                    f"{self.exercise}/{self.name}: {old!r} occurs {text.count(old)} times, not once"
                )
                raise ValueError(msg)
            text = text.replace(old, new)
        return text


def all_variants():
    """Every variant of every module in this package."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return [variant for module in modules for variant in module.VARIANTS]
