"""Coverage: countries, networks, and what is known of plans."""
