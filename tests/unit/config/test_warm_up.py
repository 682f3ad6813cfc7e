"""A process is ready only once its first page is no more work than the next."""

import os
import subprocess
import sys

# In a process of its own: here, everything may have been loaded by other tests.
FIRST_PAGE = """
import sys
from pathlib import Path
from tempfile import mkdtemp

import django

django.setup()
from django.template import Template
from django.test import RequestFactory
from limosa.config.asgi import make_application

make_application(shared_folder=Path(mkdtemp()))
before, compiled = set(sys.modules), []
compile_nodelist = Template.compile_nodelist


def compile_and_tell(template):
    compiled.append(template.origin.template_name)
    return compile_nodelist(template)


Template.compile_nodelist = compile_and_tell
from limosa.config.urls import urlpatterns
from django.shortcuts import render
from django.urls import resolve, reverse

for path in ("/", "/plans/", "/accounts/login/", "/console/"):
    resolve(path)
render(RequestFactory().get("/"), "404.html")
ours = {name for name in set(sys.modules) - before if name.startswith(("limosa", "allauth"))}
print(sorted(ours), compiled)
"""


def test_the_first_page_imports_and_compiles_nothing() -> None:
    said = subprocess.run(
        [sys.executable, "-c", FIRST_PAGE],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.stdout.splitlines()[-1:] == ["[] []"], said.stderr
