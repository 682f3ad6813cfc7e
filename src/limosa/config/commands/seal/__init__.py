"""Keys of what is sealed."""
