"""A command whose options are given once."""

from typing import Any

from typer.core import TyperCommand


class OnceCommand(TyperCommand):
    """A command that refuses an option that is given twice, of which one value would be dropped.

    Options that collect values, and those that end the command, such as ``--help``, may be
    repeated.
    """

    def make_parser(self, ctx: Any) -> Any:
        """A parser that looks at the order in which the options are given.

        Args:
            ctx: The running command.
        """
        parser = super().make_parser(ctx)
        parse = parser.parse_args

        def parse_once(args: list[str]) -> Any:
            found = parse(args=args)
            seen: set[Any] = set()
            for given in found[2]:
                if given in seen and _holds_one(given):
                    names = " or ".join([*given.opts, *given.secondary_opts])
                    ctx.fail(f"{names} is given twice: give it once")
                seen.add(given)
            return found

        parser.parse_args = parse_once  # type: ignore[method-assign]
        return parser


def _holds_one(parameter: Any) -> bool:
    """Whether a parameter is an option of one value."""
    if parameter.param_type_name != "option" or parameter.is_eager:
        return False
    return not (parameter.multiple or getattr(parameter, "count", False))
