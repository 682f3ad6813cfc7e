"""Views of the console: parse, call one operation or read, render."""
