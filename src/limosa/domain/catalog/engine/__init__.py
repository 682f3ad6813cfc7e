"""Pure rules: the format of a catalogue file, and the rate between two currencies."""
