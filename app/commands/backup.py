"""`counterclaim backup`: a copy of the store while it is in use."""

from pathlib import Path

from app.commands.status import DONE
from app.messages import say
from app.settings import Settings
from app.store.backup import backup


def run(target: Path, settings: Settings) -> int:
    """Copy, check the copy, tell its size; the exit status."""
    say(f"{target}: {backup(settings.database_url, target):,} bytes, checked")
    return DONE
