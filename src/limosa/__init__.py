"""Limosa (续航): an eSIM data service. Read DESIGN in docs/explanation, then the folder names."""
