"""What a measurement says of itself in passing is not kept."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

TALKATIVE = ("pyg_siamex", "pyg_siamex.explain.relevance", "lightning.pytorch")


@contextmanager
def quiet() -> Iterator[None]:
    """Silence warnings and the loggers' news, and put everything back after."""
    loggers = [logging.getLogger(name) for name in TALKATIVE]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
