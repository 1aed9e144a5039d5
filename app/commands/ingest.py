"""`counterclaim ingest`: articles into the store, each compared with what is there."""

from collections import Counter
from collections.abc import Callable, Sequence

from app.archive import open_archive
from app.commands.status import status
from app.display import counted
from app.inputs import gather
from app.messages import progress
from app.models import Models
from app.output import console_for, opened, show
from app.settings import Settings
from app.store.records import Change, Counts
from nli.records import Relation


def run(inputs: Sequence[str], settings: Settings, load: Callable[[Settings], Models]) -> int:
    """Read, compare, store, one article a transaction: interrupted, it goes on where it ended; the exit status."""
    given = gather(inputs)
    models = load(settings)
    archive = open_archive(
        settings.database_url, models.encoder, models.judge, per_claim=settings.per_claim, reread=settings.rebuild
    )
    try:
        changes: Counter[Change] = Counter()
        with progress() as report:
            for done, article in enumerate(given.articles, 1):
                changes[archive.put(article).change] += 1
                report("articles", done, len(given.articles))
        counts = archive.store.counts()
    finally:
        archive.store.close()
    with opened(None) as stream:
        show(summary(changes, counts), console_for(stream))
    return status(given.faults)


def summary(changes: Counter[Change], counts: Counts) -> list[str]:
    """What this call did, and what the store holds now.

    >>> summary(Counter({Change.CREATED: 2}), Counts(2, 9, {"contradiction": 1}))
    ['2 created, 0 replaced, 0 unchanged', 'the store holds 2 articles, 9 claims, 1 contradiction']
    """
    contradictions = counts.findings.get(Relation.CONTRADICTION.value, 0)
    return [
        ", ".join(f"{changes[change]:,} {change.value}" for change in Change),
        f"the store holds {counted(counts.articles, 'article')}, {counted(counts.claims, 'claim')}, "
        f"{counted(contradictions, 'contradiction')}",
    ]
