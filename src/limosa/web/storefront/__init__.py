"""Pages for the subscriber, in four languages, mobile first, whole without JavaScript."""
