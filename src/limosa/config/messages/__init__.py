"""The product's texts and their translations, with no tool but Babel.

The sources are in English; locale/<language>/LC_MESSAGES/django.po holds each translation.
sources.py finds the texts, catalogs.py reads and writes the files, faults.py and unmarked.py report
errors, compiled.py produces what the pages read. Called by the `limosa messages` commands.
"""
