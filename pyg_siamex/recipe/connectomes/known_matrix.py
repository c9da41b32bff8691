"""How a model knows the matrices that it was trained on."""

_DIGITS = 16


def known_by(digest: str) -> str:
    """Key of a matrix in a model's file, which tells nothing of the matrix or the subject's name.

    Args:
        digest: SHA-256 of the matrix, in hexadecimal digits.
    """
    return digest[:_DIGITS]
