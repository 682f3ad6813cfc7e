"""Running Limosa.

The commands of `limosa`. To add one, add a file here, or in a folder here; nothing else. Its place
determines its name, at any depth: `web.py` is `limosa web`, `catalog/import_.py` is `limosa catalog
import` (a trailing `_` avoids Python's keywords), `a/b/end_early.py` is `limosa a b end-early`. A
file whose name begins with `_` is not a command.

A command's file contains:

- a docstring, whose first line describes the command in the list that `limosa` alone prints;
- `add_arguments(parser)`, which is optional;
- `run(arguments) -> int`, which returns the exit code: 0, or 1 if a check found something wrong.
  For an error that the user can fix it raises CommandFault; for options that contradict each other,
  WrongCall. An option's `type` defines its valid values.

A folder is a group. Its `__init__.py` has a docstring, whose first line is the heading of the
group's commands. With a `run` it is also a command (`limosa smdp` beside `limosa smdp order
release`); it then takes only options, since a word after it is a member's name.

Import Django and the domain inside `run`, after `set_up_django()`: `limosa --help` loads every file
here and must answer at once. All these names are in `limosa.config.command`. `tools/reference.py`
generates `docs/reference/commands.md` from these files.

Another distribution has its commands in a package like this one, which it names in the entry-point
group `limosa.commands`.
"""
