"""Running Limosa.

The commands of `limosa`. To add one, add a file here, or in a folder here; nothing else. Where it
lies is what it is called, at any depth: `web.py` is `limosa web`, `catalog/import_.py` is
`limosa catalog import` (a last `_` keeps off Python's own words), `a/b/end_early.py` is
`limosa a b end-early`. A file whose name begins with `_` is none.

A command's file holds:

- a docstring, whose first line is the command's line in the list that a bare `limosa` prints;
- `add_arguments(parser)`, which may be absent;
- `run(arguments) -> int`, which returns the exit code: 0, or 1 when what was looked for was found
  wrong. For a fault that the person at the keyboard can mend it raises CommandFault; for options
  that do not go together, WrongCall. What an option may be is said by its `type`.

A folder is a group. Its `__init__.py` has a docstring, whose first line stands above the group's
commands. With a `run` it is a command, too (`limosa smdp` beside `limosa smdp order release`); then
it takes options only, since a word after it is a member's name.

Import Django and the domain inside `run`, after `set_up_django()`: `limosa --help` loads every
file here and must answer at once. All these names are in `limosa.config.command`.
`docs/reference/commands.md` is made from these files, by `tools/reference.py`.

Another distribution has its commands in a package like this one, which it names in the entry-point
group `limosa.commands`.
"""
