"""What a command is about: molecules or connectomes, named or seen from the files."""

from pathlib import Path
from typing import Any

KINDS = ("molecules", "connectomes")


def kind_of(path: Path, named: str | None = None) -> str:
    """``"connectomes"`` for a folder or an ``.npz`` archive, else ``"molecules"``.

    Args:
        path: What was given to learn from.
        named: The kind where the user names it; it must fit ``path``.

    Raises:
        FileNotFoundError: If there is nothing at ``path``.
        ValueError: If there is no such kind, or ``path`` cannot hold it.
    """
    if not path.exists():
        raise FileNotFoundError(
            f"no file or folder at {path}: give a CSV file of molecules, or a folder or .npz file "
            f"of connectivity matrices"
        )
    found = "connectomes" if path.is_dir() or path.suffix.lower() == ".npz" else "molecules"
    if named is None or named == found:
        return found
    if named not in KINDS:
        raise ValueError(f"--kind must be one of {', '.join(KINDS)} (got '{named}')")
    if named == "molecules":
        raise ValueError(f"{path} is no table of molecules: give a CSV file, or --kind connectomes")
    raise ValueError(f"{path} holds no matrices: give a folder of them, or an .npz file")


def refuse(kind: str, **options: Any) -> None:
    """Refuse options that were given and mean nothing for this kind.

    Args:
        kind: What the command is about.
        **options: Options of the other kind by name, ``None`` or ``False`` where not given.

    Raises:
        ValueError: Names the first option that was given.
    """
    other = next(name for name in KINDS if name != kind)
    for name, value in options.items():
        if value is not None and value is not False:
            flag = f"--{name.replace('_', '-')}"
            raise ValueError(f"{flag} is for {other}, and these are {kind}: leave it out")


def kind_of_model(metadata: dict[str, Any], path: Path) -> str:
    """``"molecules"`` or ``"connectomes"``, whichever a model was trained on.

    Raises:
        ValueError: If its file does not say.
    """
    for key, kind in (("features", "molecules"), ("graphs", "connectomes")):
        if key in metadata:
            return kind
    raise ValueError(f"{path} does not say how its features were made")
