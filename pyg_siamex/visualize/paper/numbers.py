"""How numbers are written: few digits, and a proper minus sign."""

from math import floor, log10

_MINUS = "\u2212"


def number(value: float, sign: str = "-", digits: int = 3) -> str:
    """Write significant digits with a minus sign; ``sign="+"`` shows plus signs too."""
    return f"{value:{sign}.{digits}g}".replace("-", _MINUS)


def plain_number(value: float) -> str:
    """Write three significant digits, and whole thousands without an exponent, below a million."""
    if 999.5 <= abs(value) < 999_999.5:
        return f"{value:,.0f}".replace("-", _MINUS)
    return number(value)


_LEAST = -300
"""Exponents below it have no power of ten of full precision."""


def power_of_ten(largest: float) -> int:
    """Return the exponent to write numbers up to ``largest`` with; 0 from 0.1 to below 1000."""
    exponent = max(floor(log10(largest)), _LEAST)
    return 0 if -1 <= exponent < 3 else exponent


def decimals_of(largest: float) -> int:
    """Count the decimals that show ``largest`` with two digits."""
    return max(0, 1 - floor(log10(largest))) if largest > 0 else 0


def fixed(value: float, decimals: int) -> str:
    """Write a number with so many decimals; what rounds to zero is "0"."""
    text = f"{value:.{decimals}f}"
    return text.replace("-", _MINUS) if float(text) else "0"


def decimal(value: float) -> str:
    """Write two significant digits of a number below 1000, with at most two decimals."""
    return fixed(value, 2 if abs(value) < 1 else 1 if abs(value) < 10 else 0)
