"""Run experiments from declarative configurations, and make their tables from result files alone.

An experiment is a folder with

* ``config.yaml`` and ``quick.yaml``: the same keys, the second smaller;
* ``measure.py``: ``KEYS``, the name and type of every key of a unit, and
  ``measure(unit: dict) -> pandas.DataFrame``, one unit's rows;
* ``report.py``: ``report(rows: pandas.DataFrame, folder: Path) -> None``, which writes
  ``results.md`` and figures into ``folder``.
"""
