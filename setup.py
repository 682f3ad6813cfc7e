"""Compiles the translations before a package is built, so that it carries what its pages read.

Everything else about the package stands in pyproject.toml.
"""

import runpy
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PACKAGE = Path(__file__).resolve().parent / "src" / "limosa"


class BuildWithTranslations(build_py):
    """Copies the sources, once the .mo files lie beside the .po files."""

    def run(self) -> None:
        compiled = runpy.run_path(str(PACKAGE / "config" / "messages" / "compiled.py"))
        list(compiled["compile_catalogs"](PACKAGE / "locale"))
        super().run()


setup(cmdclass={"build_py": BuildWithTranslations})
