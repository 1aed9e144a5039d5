"""Let a teacher judge pairs like those that the product blocks, so that a smaller student learns from its answers.

    python -m nli.training.distil ARTICLES... --teacher MODEL --output CACHE.jsonl [--except STORIES.json]
                                              [--pairs 20000] [--student MODEL]

ARTICLES are JSON Lines with `id`, `text` and `story`, best also `outlet` and `topic`. CACHE is written row by row:
killed, the same command goes on where it stopped. A mix then names CACHE as one of its files.
"""

import argparse
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nli.loading import load_classifier, load_encoder
from nli.records import Classifier, Encoder
from nli.runtime import OnnxClassifier
from nli.training.data import rows, without_full_stop

CHUNK = 64
"""Pairs judged between two writes to the cache."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, or the clause that it reports, with where it stands."""

    text: str
    article: str
    outlet: str
    story: str
    topic: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two passages of different articles, unlabelled. `origin`: "story" or, of two stories, "topic"."""

    premise: str
    hypothesis: str
    story: str
    origin: str


SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’']?\s+(?=[\"“‘A-Z0-9])|\n+")
QUOTED = re.compile(r"[“\"]([^“”\"]{25,})[”\"]")
REPORTED = re.compile(
    r"\b(?:said|says|told \w+(?: \w+)?|added|claimed|denied|insisted|announced|argued|warned|confirmed|reported) "
    r"that (.{25,})"
)


def wordings(text: str) -> list[str]:
    """The sentences of 5 to 45 words; in place of a sentence that quotes or reports, often what it says.

    An approximation of claims that needs no parse: quick enough for thousands of articles.

    >>> wordings('Mr Orlov said that the first batch had been delivered on time. It was.')
    ['the first batch had been delivered on time']
    """
    found = []
    for sentence in SENTENCE_END.split(text):
        inner = QUOTED.search(sentence) or REPORTED.search(sentence)
        wording = without_full_stop(inner.group(1) if inner else sentence).strip(' ,;“”"')
        if 5 <= len(wording.split()) <= 45:
            found.append(wording)
    return found


def passages(files: Sequence[Path], excepted: frozenset[str], each: int, seed: int) -> list[Passage]:
    """At most `each` passages an article, of all stories but the excepted; earlier ones are likelier."""
    found = []
    for file in files:
        for row in rows(file):
            story = str(row["story"] if "story" in row else str(row["id"]).rpartition("-")[0])
            if story in excepted:
                continue
            texts = wordings(str(row["text"]))[: 2 * each]
            draw = random.Random(f"{seed} {row['id']}")
            texts = draw.sample(texts, min(each, len(texts)))
            outlet, topic = str(row.get("outlet", row["id"])), str(row.get("topic", ""))
            found += [Passage(text, str(row["id"]), outlet, story, topic) for text in texts]
    return found


def neighbours(found: Sequence[Passage], encoder: Encoder, per_claim: int, seed: int) -> list[Neighbours]:
    """For each passage `per_claim` of the nearest in other articles on its story, one in another story on its topic.

    Nearest with a grain of chance: contradicting claims stand farther apart than paraphrases do, so partners are
    drawn from three times as many as are taken. Which of the two is the premise is drawn as well.
    """
    draw = random.Random(f"{seed} neighbours")
    vectors = encoder.encode([passage.text for passage in found])
    by_story, by_topic = defaultdict(list), defaultdict(list)
    for i, passage in enumerate(found):
        by_story[passage.story].append(i)
        by_topic[passage.topic].append(i)
    pairs: dict[tuple[str, str], Neighbours] = {}
    for i, passage in enumerate(found):
        at_home = [
            j for j in by_story[passage.story] if found[j].article != passage.article and found[j].text != passage.text
        ]
        abroad = draw.sample(by_topic[passage.topic], min(400, len(by_topic[passage.topic]))) if passage.topic else []
        abroad = [j for j in abroad if found[j].story != passage.story]
        for origin, others, count in (("story", at_home, per_claim), ("topic", abroad, 1)):
            if not others:
                continue
            nearest = [others[k] for k in np.argsort(-(vectors[others] @ vectors[i]))[: 3 * count]]
            for j in draw.sample(nearest, min(count, len(nearest))):
                first, second = (i, j) if draw.random() < 0.5 else (j, i)
                key = (found[min(i, j)].text, found[max(i, j)].text)
                pairs.setdefault(key, Neighbours(found[first].text, found[second].text, passage.story, origin))
    shuffled = list(pairs.values())
    draw.shuffle(shuffled)
    return shuffled


def chosen(pairs: Sequence[Neighbours], count: int, student: Classifier | None) -> list[Neighbours]:
    """`count` of the pairs: as they come, or with a student, half as they come and half those it suspects most.

    The teacher calls one natural pair in twenty a contradiction: taken as they come, they teach mostly neutral.
    """
    if student is None:
        return list(pairs[:count])
    plain, rest = list(pairs[: count // 2]), pairs[count // 2 :]
    suspicion = student.classify([(pair.premise, pair.hypothesis) for pair in rest])[:, 2]
    suspects = [rest[i] for i in np.argsort(-suspicion)[: count - len(plain)]]
    random.Random(len(suspects)).shuffle(suspects)
    return [pair for two in zip(plain, suspects, strict=False) for pair in two]


def judged(cache: Path) -> set[tuple[str, str]]:
    """The pairs that the cache holds; a last line that was cut off is taken away."""
    if not cache.exists():
        return set()
    whole = cache.read_bytes()
    if not whole.endswith(b"\n"):
        cache.write_bytes(whole[: whole.rfind(b"\n") + 1])
    return {(str(row["premise"]), str(row["hypothesis"])) for row in rows(cache)}


def label(pairs: Sequence[Neighbours], teacher: Classifier, cache: Path) -> Iterator[int]:
    """Append the teacher's probabilities for every pair that the cache lacks; yields how many are done."""
    known = judged(cache)
    missing = [pair for pair in pairs if (pair.premise, pair.hypothesis) not in known]
    with cache.open("a", encoding="utf-8") as file:
        for k in range(0, len(missing), CHUNK):
            chunk = missing[k : k + CHUNK]
            for pair, row in zip(chunk, teacher.classify([(p.premise, p.hypothesis) for p in chunk]), strict=True):
                line = {
                    "premise": pair.premise,
                    "hypothesis": pair.hypothesis,
                    "probabilities": [round(float(p), 5) for p in row],
                    "story": pair.story,
                    "origin": pair.origin,
                    "teacher": teacher.name,
                }
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            yield min(k + CHUNK, len(missing))


def main() -> None:
    """Read the command line, block the pairs, label them."""
    parser = argparse.ArgumentParser(prog="python -m nli.training.distil", description="Cache a teacher's answers.")
    parser.add_argument("articles", type=Path, nargs="+", help="JSON Lines of articles with their story")
    parser.add_argument("--teacher", required=True, help="the judge to learn from, folder or name")
    parser.add_argument("--student", type=Path, help="exported folder of a judge that chooses half of the pairs")
    parser.add_argument("--encoder", help="bi-encoder for the blocking (the bundled one)")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines cache, appended to")
    parser.add_argument("--except", dest="excepted", type=Path, help="JSON list of stories to leave alone")
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--per-article", type=int, default=16, help="passages taken of an article")
    parser.add_argument("--per-claim", type=int, default=3, help="partners of a passage within its story")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    excepted = frozenset(json.loads(given.excepted.read_text(encoding="utf-8"))) if given.excepted else frozenset()
    found = passages(given.articles, excepted, given.per_article, given.seed)
    pairs = neighbours(found, load_encoder(given.encoder), given.per_claim, given.seed)
    pairs = chosen(pairs, given.pairs, OnnxClassifier(given.student) if given.student else None)
    for done in label(pairs, load_classifier(given.teacher), given.output):
        parser._print_message(f"\r{done} of {len(pairs)}")
    parser._print_message("\n")


if __name__ == "__main__":
    main()
