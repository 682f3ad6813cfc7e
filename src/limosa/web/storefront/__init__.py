"""Pages for the subscriber, in four languages, mobile first, fully usable without JavaScript."""
