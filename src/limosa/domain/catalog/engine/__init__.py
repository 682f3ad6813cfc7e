"""Pure rules: what a catalogue file may say, and how a rate between two currencies is made."""
