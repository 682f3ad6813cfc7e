"""The texts of the product and their translations, without any tool beside Babel.

English stands in the sources; locale/<language>/LC_MESSAGES/django.po holds each translation.
sources.py finds the texts, catalogs.py reads and writes the files, faults.py and unmarked.py say
what is wrong, compiled.py makes what the pages read. Called by the `limosa messages` commands.
"""
