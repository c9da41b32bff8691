"""Hooks that belong to one thread."""

import threading

from pyg_siamex.explain.engine.threads import only_here


def test_a_hook_runs_in_its_own_thread_alone():
    seen = []

    @only_here
    def hook(value):
        seen.append(value)
        return value

    results = []
    other = threading.Thread(target=lambda: results.append(hook("there")))
    other.start()
    other.join()
    assert hook("here") == "here"
    assert seen == ["here"] and results == [None]
