"""What an API key may be used for: the words of `counterclaim keys`, of the store and of the routes."""

from enum import StrEnum


class Scope(StrEnum):
    """One permission. Each stands for itself; only `admin` includes the others."""

    READ = "read"
    WRITE = "write"
    REVIEW = "review"
    ADMIN = "admin"
