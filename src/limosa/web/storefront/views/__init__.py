"""The pages, a module for each: parse, call one operation or query, render."""
