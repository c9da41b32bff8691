"""``pyg-siamex``, or ``python -m pyg_siamex``."""

import sys

from pyg_siamex._extras import MissingExtraError, needed_for


def main() -> None:
    """Run the command line, or say what it needs."""
    try:
        with needed_for("the command line"):
            from pyg_siamex.cli import main as run

        run()
    except MissingExtraError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:  # before a command runs
        print("interrupted", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
