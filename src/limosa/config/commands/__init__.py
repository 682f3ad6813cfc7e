"""The commands of `limosa`, one module each. To add one, add a module here; nothing else.

The file's name is the command: `web.py` is `limosa web`, `catalog_import.py` is
`limosa catalog import`. It holds:

- a docstring, whose first line is the command's line in `limosa --help`;
- `add_arguments(parser)`, which may be absent;
- `run(arguments) -> int`, which returns the exit code. For a fault that the person at the
  keyboard can mend it raises CommandFault.

Import Django and the domain inside `run`, after `set_up_django()`: `limosa --help` loads every
module here and must answer at once. Both names are in `limosa.config.command`.
"""
