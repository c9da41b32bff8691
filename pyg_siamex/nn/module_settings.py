"""Arguments of modules that their weights and their printed form do not show."""

import inspect
from collections.abc import Mapping
from typing import Any

from torch import nn

_LONGEST = 200
"""Most letters of a value that is kept."""


def module_settings(module: nn.Module) -> dict[str, dict[str, str]]:
    """Class and plain arguments of a module and of those inside it, by their names.

    Arguments are known where a module keeps them under the name that its ``__init__`` has for them.

    Args:
        module: The module.

    Example:
        >>> module_settings(torch.nn.LeakyReLU(0.2))
        {'': {'class': 'LeakyReLU', 'negative_slope': '0.2', 'inplace': 'False'}}
    """
    return {
        name: {"class": type(one).__name__, **_arguments(one)}
        for name, one in module.named_modules()
    }


def settings_misfit(
    before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]
) -> str:
    """The first setting that is another one now; empty if none is.

    What only one of them has is not compared, since versions of PyTorch and PyG differ in it, nor
    are sizes that the first graph decides.

    Args:
        before: What :func:`module_settings` gave.
        now: The same of another module.

    Example:
        >>> relu, tanh = map(module_settings, (torch.nn.ReLU(), torch.nn.Tanh()))
        >>> settings_misfit(relu, tanh)
        'its class was ReLU and is Tanh now'
    """
    for name in (name for name in before if name in now):
        if now[name]["class"].startswith("Lazy"):
            continue
        for key, old in before[name].items():
            new = now[name].get(key, old)
            if new not in (old, "-1") and not old.startswith("Lazy"):
                whose = f"`{key}` of '{name}'" if name else f"its {key}"
                return f"{whose} was {old} and is {new} now"
    return ""


def _arguments(module: nn.Module) -> dict[str, str]:
    names: dict[str, None] = {}
    for kind in type(module).__mro__[:-1]:
        if kind is not nn.Module and "__init__" in vars(kind):
            names |= dict.fromkeys(inspect.signature(vars(kind)["__init__"]).parameters)
    known = vars(module)
    found = {name: _plain(known[name]) for name in names if name in known}
    return {name: value for name, value in found.items() if value}


def _plain(value: Any) -> str:
    """A value in words that are the same in every run; empty for other values."""
    if callable(value) and not isinstance(value, nn.Module):
        return str(getattr(value, "__name__", ""))
    if isinstance(value, list | tuple):
        parts = [_plain(one) for one in value]
        text = f"[{', '.join(parts)}]" if all(parts) else ""
    else:
        text = repr(value) if value is None or isinstance(value, bool | int | float | str) else ""
    return text if len(text) <= _LONGEST else ""
