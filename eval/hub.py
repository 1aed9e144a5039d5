"""Labelled pairs of a dataset by its Hugging Face name, `hf:NAME/CONFIG:SPLIT`, through the library `datasets`.

The library is an extra (`pip install 'counterclaim[hub]'`). It looks in its cache and, unless `HF_HUB_OFFLINE=1`, on
the network. It refuses datasets that need code of their own to be read.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from corpus.errors import Fault
from eval.gold import ANSWERS, NLI_LABELS, Gold, LabelledPair, MalformedGold, UnusableGold, premise_group

PREFIX = "hf:"
FORM = "hf:NAME/CONFIG:SPLIT, where NAME is OWNER/DATASET or a folder, and /CONFIG may be missing"
SIDES = (("premise", "hypothesis"), ("sentence1", "sentence2"))
"""The columns that hold the two texts, under the names that NLI datasets give them."""


class Dataset(Protocol):
    """What is used of a split: its columns and their types, and its rows."""

    @property
    def features(self) -> Mapping[str, Any]:
        """The columns; a type of classes has `names`."""
        ...

    def __iter__(self) -> Any: ...  # noqa: ANN401  # rows, of whatever the columns hold


Load = Callable[[str, str | None, str], Dataset]
"""A name, a configuration and a split to the rows."""


@dataclass(frozen=True, slots=True)
class Address:
    """A split of a dataset.

    >>> Address.of("hf:nyu-mll/glue/mnli:validation_matched")
    Address(name='nyu-mll/glue', config='mnli', split='validation_matched')
    """

    name: str
    config: str | None
    split: str

    @classmethod
    def of(cls, text: str) -> Self:
        """From `hf:NAME/CONFIG:SPLIT`; raises UnusableGold where it is not of that form."""
        found = re.fullmatch(rf"{PREFIX}(.+?):([^/\\]+)", text)
        if found is None:
            raise UnusableGold(f"{text}: no dataset and split; expected {FORM}")
        name, split = found.groups()
        if name[0] in "./~" or Path(name).is_dir():
            return cls(str(Path(name).expanduser()), None, split)
        parts = name.split("/")
        if not 2 <= len(parts) <= 3 or not all(parts):
            raise UnusableGold(f"{text}: the name {name!r}; expected {FORM}")
        return cls("/".join(parts[:2]), parts[2] if len(parts) == 3 else None, split)

    def __str__(self) -> str:
        return f"{PREFIX}{self.name}{f'/{self.config}' if self.config else ''}:{self.split}"


def is_on_hub(text: str) -> bool:
    """Whether it names a dataset, not a file."""
    return text.startswith(PREFIX)


def load_split(name: str, config: str | None, split: str) -> Dataset:
    """The split, from the cache, a folder or the network; raises UnusableGold where it cannot be had."""
    where = str(Address(name, config, split))
    try:
        import datasets
    except ImportError as error:
        raise UnusableGold(
            f"{where}: the library `datasets` is not installed; expected pip install 'counterclaim[hub]'"
        ) from error
    try:
        loaded: Dataset = datasets.load_dataset(name, config, split=split)
    except (OSError, ValueError, RuntimeError, datasets.exceptions.DatasetsError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        expected = "a folder, or a dataset that is cached or can be reached"
        raise UnusableGold(f"{where}: cannot be loaded ({reason}); expected {expected}") from error
    return loaded


def read_hub(text: str, load: Load = load_split) -> Gold:
    """The labelled pairs of a split. Rows without a label (-1) are left out, and the name of the gold says how many.

    Pairs with one premise are a group where no column `group` or `story` says better. Raises UnusableGold where the
    split cannot be had or holds no labelled pairs.
    """
    address = Address.of(text)
    split = load(address.name, address.config, address.split)
    columns = tuple(split.features)
    sides = next((each for each in SIDES if set(each) <= set(columns)), None)
    if sides is None or "label" not in columns:
        raise UnusableGold(
            f"{address}: columns {', '.join(columns)}; expected 'label' beside "
            f"{' or '.join(' and '.join(map(repr, each)) for each in SIDES)}"
        )
    names = getattr(split.features["label"], "names", None)
    rows = [dict(row) for row in split]
    labelled = [row for row in rows if row["label"] not in (-1, "-1", "-", "", None)]
    pairs, faults = _pairs(address, labelled, sides, names)
    if not pairs:
        first = f" (the first: {faults[0]})" if faults else ""
        raise UnusableGold(f"{address}: no labelled pair{first}; expected labels of {', '.join(NLI_LABELS)}")
    left_out = len(rows) - len(labelled)
    return Gold(
        name=f"{address}, {left_out:,} rows without a label left out" if left_out else str(address),
        pairs=pairs,
        digest=_digest(pairs),
        faults=faults,
        answers=_answers({pair.label for pair in pairs}),
    )


def _pairs(
    address: Address, rows: Iterable[Mapping[str, Any]], sides: tuple[str, str], names: list[str] | None
) -> tuple[tuple[LabelledPair, ...], tuple[Fault, ...]]:
    pairs, faults = [], []
    for number, row in enumerate(rows, 1):
        label = names[row["label"]] if names and isinstance(row["label"], int) else row["label"]
        premise, hypothesis = (str(row[side] or "") for side in sides)
        group = row.get("group") or row.get("story") or premise_group(premise)
        try:
            pairs.append(LabelledPair(str(number), premise, hypothesis, str(label).lower(), str(group)))
        except MalformedGold as error:
            faults.append(Fault(f"{address} row {number}", error.what, error.expected))
    return tuple(pairs), tuple(faults)


def _answers(labels: set[str]) -> tuple[str, ...]:
    """What may be said where these labels occur in the whole split."""
    return ANSWERS if "not_entailment" in labels else tuple(label for label in ANSWERS if label in labels)


def _digest(pairs: Iterable[LabelledPair]) -> str:
    told = json.dumps([(pair.premise, pair.hypothesis, pair.label) for pair in pairs], ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]
