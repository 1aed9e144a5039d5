"""What can go wrong with the store, each naming the database and what was expected.

StoreError
  UnusableDatabase   it cannot be opened, is no SQLite file, or belongs to something else
  OtherModels        what is stored was made with other models than the ones now loaded
  Unavailable        it cannot be read or written just now: locked, read-only, gone
    Full             there is no room to write
  TooSlow            a question that takes too long to answer
  Moved              somebody else wrote meanwhile; read again and repeat
  Taken              an item of a job is no longer held by who worked on it: leave it
  TooMany            as many jobs wait as may
"""


class StoreError(Exception):
    """The root of the store's errors."""


class UnusableDatabase(StoreError):
    """The database cannot be opened or brought to this version's tables.

    >>> str(UnusableDatabase("sqlite:///notes.txt", "file is not a database", "an SQLite file"))
    'database sqlite:///notes.txt: file is not a database; expected an SQLite file'
    """

    def __init__(self, url: str, what: str, expected: str) -> None:
        super().__init__(f"database {url}: {what}; expected {expected}")
        self.url, self.what, self.expected = url, what, expected


class OtherModels(StoreError):
    """Stored articles were embedded or judged by other models; mixing the two would make results depend on history."""

    def __init__(self, url: str, articles: int, models: str) -> None:
        super().__init__(
            f"database {url}: {articles} articles were not read with {models}; expected the models that they were read "
            "with, another database, or leave to read them again (rebuild)"
        )
        self.url, self.articles, self.models = url, articles, models


class Unavailable(StoreError):
    """The database cannot be read or written just now."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(f"database {url}: {what}; expected one that can be read and written")
        self.url, self.what = url, what


class Full(Unavailable):
    """There is no room on the disk for what is to be written; nothing of it was."""


class TooSlow(StoreError):
    """A question took too long and was broken off."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within {seconds:g} s; expected a question that asks for less")
        self.seconds = seconds


class Moved(StoreError):
    """The claims have changed since the revision that the caller's work rests on."""

    def __init__(self, url: str, revision: int) -> None:
        super().__init__(f"database {url}: it has changed since revision {revision}; expected nobody else to write")
        self.url, self.revision = url, revision


class Taken(StoreError):
    """An item of a job was cancelled, or another process took it over; nothing of the work on it is written."""

    def __init__(self, job: str, at: int) -> None:
        super().__init__(f"job {job}, article {at}: no longer held; expected to hold it until it is settled")
        self.job, self.at = job, at


class TooMany(StoreError):
    """So many jobs wait that no other is taken."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} jobs wait already; expected fewer")
        self.most = most
