"""A command whose options are given once."""

from typing import Any

from typer.core import TyperCommand

from pyg_siamex._visible import in_one_line


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
            try:
                found = parse(args=list(args))  # which it empties
            except Exception as error:
                _tell_way_out(error, args)
                raise
            seen: set[Any] = set()
            for given in found[2]:
                if given in seen and _holds_one(given):
                    names = " or ".join([*given.opts, *given.secondary_opts])
                    ctx.fail(f"{names} is given twice: give it once")
                seen.add(given)
            return found

        parser.parse_args = parse_once  # type: ignore[method-assign]
        return parser


def _tell_way_out(error: Exception, args: list[str]) -> None:
    """Say how an argument that begins as options do is given, where it was read as one letter.

    Words behind two dashes are options with a mistake, of which the error names the nearest.
    """
    option = getattr(error, "option_name", None)
    if not isinstance(option, str) or option.startswith("--") or not hasattr(error, "message"):
        return
    before = args[: args.index("--")] if "--" in args else args
    meant = [one for one in before if one.startswith(option) and len(one) > len(option)]
    if meant:
        error.message = (
            f"{error.message}. Arguments that begin with a dash stand behind all options, after "
            f"two dashes: -- {in_one_line(meant[0], 60)}"
        )


def _holds_one(parameter: Any) -> bool:
    """Whether a parameter is an option of one value."""
    if parameter.param_type_name != "option" or parameter.is_eager:
        return False
    return not (parameter.multiple or getattr(parameter, "count", False))
