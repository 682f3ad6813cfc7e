"""Write use cases of wholesale, one per file."""
