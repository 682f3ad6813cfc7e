"""The laboratory's commands of `limosa`, written as those in `limosa.config.commands` are."""
