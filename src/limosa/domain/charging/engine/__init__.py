"""Pure rules of charging: which bundle gives the bytes."""
