"""Every setting of the command and the service, in one table: flags first, then `COUNTERCLAIM_*`, then the default.

Only the doors read it; everything inside gets plain numbers and names.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.formats import Format

PREFIX = "COUNTERCLAIM_"


class Settings(BaseSettings):
    """The settings as one frozen value.

    Raises `pydantic.ValidationError` where a flag or a variable has no such value.

    >>> Settings(per_claim=5).per_claim
    5
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    encoder: Annotated[
        str | None, Field(description="The bi-encoder: a Hugging Face name or a folder; empty is the bundled one.")
    ] = None
    nli_model: Annotated[
        str | None, Field(description="The NLI model: a Hugging Face name or a folder; empty is the bundled one.")
    ] = None
    per_claim: Annotated[int, Field(ge=1, description="How many pairs each claim may be compared in.")] = 20
    min_score: Annotated[
        float, Field(ge=0, le=1, description="Show no pair with a lower probability of a contradiction than this.")
    ] = 0.0
    all: Annotated[
        bool, Field(description="Show every related pair with its relation, not the contradictions alone.")
    ] = False
    fail_on_contradiction: Annotated[bool, Field(description="Exit with 3 if there is a contradiction.")] = False
    format: Annotated[Format, Field(description="How results are written.")] = Format.TABLE
    output: Annotated[Path | None, Field(description="Write the results to this file; empty is standard output.")] = (
        None
    )
    database_url: Annotated[str, Field(description="The store, as an SQLAlchemy URL (`--db`).")] = (
        "sqlite:///counterclaim.db"
    )
    host: Annotated[str, Field(description="The address the service listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="The port the service listens on.")] = 8000
