"""Builds the package with its translations compiled, and from nothing but the sources.

Everything else about the package stands in pyproject.toml.
"""

import runpy
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PACKAGE = Path(__file__).resolve().parent / "src" / "limosa"


class BuildWithTranslations(build_py):
    """Copies the sources to an empty place, once the .mo files lie beside the .po files."""

    def run(self) -> None:
        compiled = runpy.run_path(str(PACKAGE / "config" / "messages" / "compiled.py"))
        list(compiled["compile_catalogs"](PACKAGE / "locale"))
        if not self.editable_mode:  # What an older version left there would be packed, too.
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


setup(cmdclass={"build_py": BuildWithTranslations})
