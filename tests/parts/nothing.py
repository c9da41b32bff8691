"""Print what is said where something needs an extra, and none is installed."""

import json
import sys

USES = json.load(sys.stdin)


def said(use):
    try:
        exec(use, {})
    except (ModuleNotFoundError, SystemExit) as error:
        return str(error)
    return "nothing"


print(json.dumps({use: said(use) for use in USES}))
