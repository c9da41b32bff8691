import logging
import warnings

import pytest
from runner.quiet import quiet


def test_loggers_and_warnings_come_back_after_an_error():
    logger = logging.getLogger("pyg_siamex")
    before = logger.level
    with pytest.raises(RuntimeError), quiet():
        assert logger.level == logging.ERROR
        warnings.warn("not heard", stacklevel=1)
        raise RuntimeError
    assert logger.level == before
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)
