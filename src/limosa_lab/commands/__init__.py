"""The laboratory's commands of `limosa`, structured like those in `limosa.config.commands`."""
