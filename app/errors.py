"""Why a command cannot go on, each with a message for the person who gave it.

CommandError
  WrongUsage     options or settings that cannot be followed
  NothingRead    no input gave anything to work on
  CannotWrite    the results cannot be written where they should go
"""


class CommandError(Exception):
    """The root of the command's own errors; exit status 2."""


class WrongUsage(CommandError):
    """Options or settings that cannot be followed together, or a setting without such a value."""


class NothingRead(CommandError):
    """No input gave anything to work on; the faults have been listed."""


class CannotWrite(CommandError):
    """The results cannot be written where they should go."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: cannot write ({what}); expected a file in a folder that exists")
        self.where, self.what = where, what
