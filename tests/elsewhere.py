"""A plug-in for pytest: the suite as on another machine, which the environment describes.

Numbers are written as the locale says wherever a library asks it, and warnings of this library are
errors.
"""

import locale
import os
import time

import pytest


def pytest_configure(config: pytest.Config) -> None:
    try:
        locale.setlocale(locale.LC_ALL, "")
    except locale.Error as error:
        raise pytest.UsageError(f"{error}: LC_ALL={os.environ.get('LC_ALL')}") from None
    config.addinivalue_line("filterwarnings", "error:::pyg_siamex")


def pytest_report_header() -> str:
    import torch

    point = locale.localeconv()["decimal_point"]
    return (
        f"elsewhere: decimal point {point!r}, {time.tzname[0]}, home {os.environ['HOME']}, "
        f"{torch.backends.cpu.get_cpu_capability()}, {torch.get_num_threads()} threads, "
        f"hashes of {os.environ.get('PYTHONHASHSEED', 'random')}"
    )
