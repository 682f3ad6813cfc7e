"""Keys of what is encrypted."""
