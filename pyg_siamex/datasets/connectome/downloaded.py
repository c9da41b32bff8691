"""What nilearn downloads, with an error that helps without a network."""

import os
from collections.abc import Callable
from typing import Any

from pyg_siamex._visible import in_one_line

DataDir = str | os.PathLike[str] | None


def downloaded(
    what: str, fetch: Callable[..., Any], *args: Any, data_dir: DataDir, **options: Any
) -> Any:
    """What a function of ``nilearn.datasets`` returns.

    Args:
        what: Name of the data, for messages.
        fetch: The function.
        *args: Arguments of the function.
        data_dir: Folder for nilearn's data. ``None`` is nilearn's own folder.
        **options: Further arguments of the function.

    Raises:
        OSError: If a file is neither in the folder nor can be downloaded, or is damaged.

    Example:
        >>> from nilearn.datasets import fetch_atlas_aal
        >>> downloaded("the atlas AAL", fetch_atlas_aal, data_dir="nilearn")  # doctest: +SKIP
    """
    folder = None if data_dir is None else str(data_dir)
    try:
        return fetch(*args, data_dir=folder, **options)
    except (ValueError, TypeError):  # arguments
        raise
    except Exception as error:
        where = "nilearn's own folder" if folder is None else folder
        if not isinstance(error, OSError):  # as those of requests and urllib are
            raise OSError(
                f"nilearn could not read {what} in {where} ({in_one_line(str(error), 300)}): "
                f"remove the file, so that nilearn downloads it anew"
            ) from error
        raise OSError(
            f"nilearn could not download {what} to {where} ({in_one_line(str(error), 300)}). Try "
            f"again with a network, or give data_dir, a folder that holds it as nilearn keeps it"
        ) from error
