"""Says why a file with a key or a certificate can't be used."""


def what_is_wrong_with(error: Exception) -> str:
    """Return what to append to a variable's name, from what reading its file has raised."""
    match error:
        case OSError():
            return f"names a file that can't be read: {error.strerror}"
        case TypeError():  # As cryptography says it, if a password is needed.
            return "names a key that is protected by a password: write it without one"
        case _:
            return "names a file that holds no key or certificate in a form that can be read"
