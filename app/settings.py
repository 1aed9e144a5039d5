"""Every setting of the command and the service, in one table: flags first, then `COUNTERCLAIM_*`, then the default.

Only the doors read it; everything inside gets plain numbers and names.
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.formats import Format, LogFormat

PREFIX = "COUNTERCLAIM_"


class Settings(BaseSettings):
    """The settings as one frozen value; an empty variable counts as not set.

    Raises `pydantic.ValidationError` where a flag or a variable has a value that it cannot have.

    >>> Settings(per_claim=5).per_claim
    5
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    encoder: str | None = Field(default=None, description="The bi-encoder: a Hugging Face name or a folder")
    nli_model: str | None = Field(default=None, description="The NLI model: a Hugging Face name or a folder")
    per_claim: int = Field(default=15, ge=1, description="How many pairs each claim may be compared in")
    min_score: float = Field(default=0.0, ge=0, le=1, description="Show only pairs that score at least this")
    all: bool = Field(default=False, description="Show every related pair, not the contradictions alone")
    fail_on_contradiction: bool = Field(default=False, description="Exit with 3 if there is a contradiction")
    format: Format = Field(default=Format.TABLE, description="How results are written")
    output: Path | None = Field(default=None, description="Write the results to this file")
    articles: Path | None = Field(default=None, description="The articles that labelled pairs stand in")
    report: Path | None = Field(
        default=None, description="The folder of the report: evaluate writes it there, serve shows it"
    )
    compare: Path | None = Field(default=None, description="An earlier report.json to set the new report beside")
    suite: str | None = Field(default=None, description="A named set of public data to measure on")
    data: Path | None = Field(default=None, description="The folder that the data of suites lie in")
    sample: int | None = Field(default=None, ge=1, description="Measure on so many labelled pairs, drawn by group")
    sizes: str = Field(default="5,50,500", pattern=r"^[1-9]\d*(,[1-9]\d*)*$", description="Articles in each timed find")
    float_model: Path | None = Field(default=None, description="The NLI model in float32, to compare with")
    database_url: str = Field(default="sqlite:///counterclaim.db", description="The store, as an SQLAlchemy URL")
    rebuild: bool = Field(default=False, description="Read the stored articles again that other models have read")
    host: str = Field(default="127.0.0.1", description="The address the service listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="The port the service listens on")
    key_file: Path | None = Field(default=None, description="A file with a key that is good for everything")
    allowed_hosts: str | None = Field(default=None, description="Names to be asked under, with commas")
    private_webhooks: bool = Field(default=False, description="Send webhooks to private addresses too")
    every: str = Field(default="10m", pattern=r"^[1-9]\d{0,5}[smhd]$", description="How long watch waits between polls")
    once: bool = Field(default=False, description="Poll once and end")
    log_format: LogFormat | None = Field(default=None, description="How the service's log is written")
