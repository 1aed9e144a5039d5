"""A copy of the store while it is in use."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from app.store.database import engine_of
from app.store.errors import UnusableDatabase


def backup(url: str, target: Path) -> int:
    """Writes the store, as it is at one moment, to a file that is not there yet; its size in bytes.

    Others may read and write meanwhile. The file is whole and on the disk, or it is not there. Raises
    `UnusableDatabase` where there is no store to copy or the copy is not sound, OSError where it cannot be written.
    """
    source = Path(str(engine_of(url).url.database))
    if not source.is_file():
        raise UnusableDatabase(url, f"there is no file {source}", "a store that is there")
    if target.exists():
        raise FileExistsError(f"{target}: it is there already; expected a file that is not")
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(f"file:{quote(str(source.absolute()))}?mode=ro", uri=True)) as connection:
            connection.execute("SELECT version_num FROM alembic_version").fetchall()
            # A copy without gaps, and without anything that was deleted.
            connection.execute("VACUUM INTO ?", (str(partial),))
        with closing(sqlite3.connect(partial)) as copy:
            ((found,),) = copy.execute("PRAGMA integrity_check(1)").fetchall()
        if found != "ok":
            raise UnusableDatabase(url, f"its copy is not sound: {found}", "a store without damage")
        _to_disk(partial)
        partial.rename(target)
        _to_disk(target.absolute().parent)
    except sqlite3.Error as error:
        raise UnusableDatabase(
            url, str(error), f"a store of counterclaim, and room for its copy at {target}"
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def _to_disk(path: Path) -> None:
    # SQLite does not wait for the disk when it writes such a copy.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
