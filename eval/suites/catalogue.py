"""The suites by name, and the one door: a name and a folder of data in, what was found out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import Fault
from eval.gold import ANSWERS, UnusableGold
from eval.suites import attribution, checkworthy, documents, events, news, retrieval
from eval.suites.pairs import (
    OF_CONTRADICTION,
    TWO_CLASS,
    Reading,
    as_two_class,
    flagged,
    labelled,
    left_article,
    original_claim,
    unlabelled,
    whole_road,
)
from eval.suites.records import Bench, File, Part, Recipe, Suite, SuiteReport

SEVERAL = "written for this project"
NO_NEUTRAL = tuple(label for label in ANSWERS if label != "neutral")


def _nli(name: str, source: str) -> tuple[File, ...]:
    return (File(f"nli/{name}.jsonl.gz", source),)


def _eval(name: str, source: str) -> tuple[File, ...]:
    return (File(f"eval/{name}.jsonl.gz", source),)


NEGATION = "mosharafhossain/negation-and-nli: data/new_benchmarks"
FEVER_SYMMETRIC = "TalSchuster/FeverSymmetric: symmetric_v0.2"
EMERGENT = "willferreira/mscproject: output"
HEALTHVER = "sarrouti/HealthVer"
SUMMEDITS = "salesforce/factualNLG: data/summedits"
POLNEAR = "networkdynamics/PolNeAR"

three = labelled()
two = labelled(Reading(as_two_class), TWO_CLASS)
without_neutral = labelled(Reading(answers=NO_NEUTRAL, group=original_claim), ("accuracy", "F1", "average precision"))
by_sentences = labelled(Reading(prepare=documents.nearest_sentences, kind="stance"), OF_CONTRADICTION)
consistency = labelled(Reading(as_two_class, prepare=documents.nearest_sentences), TWO_CLASS)

WRITTEN = Recipe(
    "written", (File("written/dev.jsonl", SEVERAL),), labelled(Reading(kind="kind"), ("F1", "average precision"))
)
EMERGENT_TRAIN = Recipe("emergent train", _eval("emergent/train", EMERGENT), labelled(headline=OF_CONTRADICTION))
EMERGENT_TEST = Recipe("emergent test", _eval("emergent/test", EMERGENT), labelled(headline=OF_CONTRADICTION))
FNC1 = Recipe("fnc1 test", _eval("fnc1/test_related", "FakeNewsChallenge/fnc-1: competition_test_*"), by_sentences)
SUMMEDITS_NEWS = Recipe("summedits news", _eval("summedits/news", SUMMEDITS), consistency)
CLAIMDIFF = Recipe(
    "claimdiff test",
    _eval("claimdiff/test", "kaistAI/ClaimDiff: *-test.json"),
    flagged(Reading(unlabelled, kind="relation"), by_kind=True),
)
NATURAL = Recipe(
    "natural",
    _nli("natural_test_pairs", "made of ramybaly/Article-Bias-Prediction: data/jsons"),
    flagged(Reading(unlabelled, group=left_article)),
)
STORIES = Recipe(
    "stories",
    (File("stories/dev_gold.jsonl", SEVERAL), File("stories/dev_articles.jsonl", SEVERAL)),
    whole_road,
)

IN_NEWS = Recipe(
    "labelled news",
    _eval("allsides/articles", "ramybaly/Article-Bias-Prediction: data/jsons"),
    news.labelled_in_news,
)

SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite(
            "mnli",
            "the judge on MultiNLI's two development sets",
            "9,815 + 9,830 pairs",
            "OANC and others (MultiNLI)",
            "premise",
            "general NLI, ten genres; every MNLI-trained model knows its kind. Not news",
            (
                Recipe("mnli matched", _nli("mnli_dev_matched", "anthonywchen/generative-nli: data/mnli"), three),
                Recipe(
                    "mnli mismatched",
                    _nli("mnli_dev_mismatched", "technion-cs-nlp/Generative-NLI: data/mnli"),
                    three,
                ),
            ),
        ),
        Suite(
            "lingnli",
            "the judge on LingNLI, written with a linguist in the loop",
            "7,371 pairs",
            "none stated",
            "prompt",
            "as mnli, with fewer shortcuts to the label",
            (Recipe("lingnli", _nli("lingnli_val", "Alicia-Parrish/ling_in_loop: NLI_data"), three),),
        ),
        Suite(
            "hans",
            "whether word overlap passes for entailment; two classes",
            "30,000 pairs",
            "MIT",
            "premise",
            "half is a judge that takes shared words for entailment. Templates, no news",
            (Recipe("hans", _nli("hans_eval", "tommccoy1/hans"), two),),
        ),
        Suite(
            "negation",
            "the judge where `not` was put into either side; RTE has two classes",
            "1,500 + 1,499 + 1,495 pairs",
            "MIT",
            "premise",
            "whether a negation is weighed, not counted",
            (
                Recipe("negation mnli", _nli("negnli-mnli_test", NEGATION), three),
                Recipe("negation snli", _nli("negnli-snli_test", NEGATION), three),
                Recipe("negation rte", _nli("negnli-rte_test", NEGATION), two),
            ),
        ),
        Suite(
            "breaking-nli",
            "the judge where one word was exchanged: numbers, countries, antonyms, synonyms",
            "8,193 pairs",
            "CC BY-SA 4.0",
            "premise",
            "lexical knowledge, by kind of word in the report; 87 % contradict, so accuracy says little",
            (
                Recipe(
                    "breaking-nli",
                    _nli("breakingnli_test", "BIU-NLP/Breaking_NLI"),
                    labelled(Reading(kind="genre"), ("balanced accuracy", "recall", "precision")),
                ),
            ),
        ),
        Suite(
            "fever-symmetric",
            "the judge where the claim alone tells nothing; entailment or contradiction, no neutral",
            "708 + 712 pairs",
            "CC BY-SA 3.0",
            "claim",
            "whether the evidence is read; half is a coin. The more probable of the two labels counts",
            (
                Recipe("fever-symmetric dev", _eval("fever_symmetric/dev", FEVER_SYMMETRIC), without_neutral),
                Recipe("fever-symmetric test", _eval("fever_symmetric/test", FEVER_SYMMETRIC), without_neutral),
            ),
        ),
        Suite(
            "climate-fever",
            "the judge on real claims against sentences of Wikipedia",
            "7,675 pairs",
            "none stated",
            "claim",
            "disputed labels (readers differed on many): a high figure is not to be had",
            (Recipe("climate-fever", _eval("climate_fever/all", "tdiggelm/climate-fever-dataset"), three),),
        ),
        Suite(
            "healthver",
            "the judge on health claims against sentences of papers",
            "1,917 + 1,823 pairs",
            "none stated",
            "claim",
            "far from news: how the judge travels",
            (
                Recipe("healthver dev", _eval("healthver/dev", HEALTHVER), three),
                Recipe("healthver test", _eval("healthver/test", HEALTHVER), three),
            ),
        ),
        Suite(
            "emergent",
            "the judge on headlines against rumours: for, against, observing",
            "2,044 + 524 pairs",
            "none stated",
            "rumour",
            "F1 of `against`; `observing` is labelled neutral, though it often repeats the rumour's words",
            (EMERGENT_TRAIN, EMERGENT_TEST),
        ),
        Suite(
            "claimdiff",
            "how much the judge flags of claims of two articles that strengthen, weaken or do neither",
            "1,084 pairs",
            "none stated",
            "topic",
            "flagged of `strengthens` and `neither`: false flags. Flagged of `weakens`: no recall, most can both hold",
            (CLAIMDIFF,),
        ),
        Suite(
            "fnc1",
            "the stance of a headline to an article: agree, disagree, discuss",
            "7,064 pairs",
            "none stated",
            "headlines and articles that hang together",
            "F1 of `disagree`; the judge reads the 5 sentences nearest to the headline. Unrelated pairs are left out",
            (FNC1,),
        ),
        Suite(
            "summedits",
            "whether a summary is consistent with its document; two classes",
            "819 + 1,832 pairs",
            "Apache-2.0; texts are their publishers'",
            "document",
            "balanced accuracy; half is a coin. The judge reads the document's 5 sentences nearest to the summary",
            (SUMMEDITS_NEWS, Recipe("summedits other", _eval("summedits/other_domains", SUMMEDITS), consistency)),
        ),
        Suite(
            "written",
            "the judge on news pairs that were written to be hard",
            "696 pairs",
            "ours",
            "story",
            "what the judge was trained for, on stories it has not seen. Invented, so it flatters",
            (WRITTEN,),
        ),
        Suite(
            "stories",
            "everything from articles to relations, on a labelled corpus",
            "178 pairs",
            "ours",
            "story",
            "what a user gets: lost claims and lost pairs count as missed. Invented, so it flatters",
            (STORIES,),
        ),
        Suite(
            "labelled-news",
            "everything from articles to relations, on real news that readers labelled",
            "1,537 pairs",
            "labels ours, texts their publishers'",
            "story",
            "the figure that counts. A third of its pairs were picked because an earlier judge suspected them",
            (IN_NEWS,),
        ),
        Suite(
            "natural",
            "how much the judge flags of sentence pairs of two outlets on one story",
            "960 pairs",
            "texts are their publishers'",
            "article",
            "nearly all are neutral: close to a rate of false flags, and read what is flagged",
            (NATURAL,),
        ),
        Suite(
            "news",
            "the news-like sets, one headline figure each",
            "as each",
            "as each",
            "as each",
            "emergent and fnc1 share most headlines: they are not two witnesses",
            (WRITTEN, STORIES, EMERGENT_TRAIN, FNC1, SUMMEDITS_NEWS, CLAIMDIFF, NATURAL),
            short=True,
        ),
        Suite(
            "clef2020",
            "whether the encoder finds the checked claim that a tweet repeats, among 10,375",
            "1,196 queries",
            "free for general research use",
            "tweet",
            "whether `check` can find what it should compare; beside shared words, which do well here",
            (
                Recipe(
                    "clef2020",
                    (
                        *_eval("clef2020_task2/queries", "sshaar/clef2020-factchecking-task2"),
                        *_eval("clef2020_task2/verified_claims", "sshaar/clef2020-factchecking-task2"),
                    ),
                    retrieval.retrieval,
                ),
            ),
        ),
        Suite(
            "claimbuster",
            "check-worthiness of sentences of presidential debates",
            "702 sentences",
            "GPL-3.0",
            "sentence",
            "average precision; half are check-worthy by design. The weights come from this set's other part",
            (
                Recipe(
                    "claimbuster test",
                    _eval("claimbuster/test", "idirlab/claimspotter: data/two_class"),
                    checkworthy.ranking,
                ),
            ),
        ),
        Suite(
            "clef2019",
            "check-worthiness of sentences of debates and speeches",
            "7,080 sentences",
            "free for general research use",
            "debate",
            "mean average precision over debates; 2 % are labelled, many worthy ones are not",
            (
                Recipe(
                    "clef2019 test",
                    _eval("clef2019_task1/test", "apepa/clef2019-factchecking-task1"),
                    checkworthy.ranking,
                ),
            ),
        ),
        Suite(
            "polnear",
            "who says what in articles of the 2016 campaign: links from source to content",
            "84 + 84 articles",
            "none stated",
            "article",
            "F1 of links within one sentence as our frames see them; readers marked longer contents too",
            (
                Recipe("polnear dev", _eval("polnear/dev", POLNEAR), attribution.links),
                Recipe("polnear test", _eval("polnear/test", POLNEAR), attribution.links),
            ),
        ),
        Suite(
            "roundups",
            "whether pairing compares the reports of one event, grouped by editors",
            "1,479 articles",
            "MIT; texts are their publishers'",
            "event",
            "of reports of one event, how many have a candidate pair; of candidate pairs, how many are of one event",
            (
                Recipe(
                    "roundups",
                    _eval("allsides_roundups/articles_short", "HLTCHKUST/framing-bias-metric: data/raw_crawled"),
                    events.pairing,
                ),
            ),
        ),
        Suite(
            "basil",
            "the same on whole articles, three to an event",
            "300 articles",
            "none stated",
            "event",
            "as roundups",
            (Recipe("basil", _eval("basil/articles", "launchnlp/BASIL: articles"), events.pairing),),
        ),
    )
}


def measure(name: str, folder: Path, bench: Bench) -> SuiteReport:
    """What a suite finds with the data of `folder`.

    A part whose files are not there is a fault that names them. Raises UnusableGold where there is no such suite or
    none of its parts can be measured, and `nli.errors.ModelError` where a model cannot be loaded.
    """
    suite = SUITES.get(name)
    if suite is None:
        raise UnusableGold(f"no suite {name!r}; expected one of {', '.join(SUITES)}")
    lacking = {
        recipe.name: [file for file in recipe.files if not (folder / file.path).is_file()] for recipe in suite.recipes
    }
    missing = tuple(
        Fault(str(folder), f"{part} is not measured", f"the file {', '.join(map(str, files))}")
        for part, files in lacking.items()
        if files
    )
    if len(missing) == len(suite.recipes):
        wanted = "; ".join(str(file) for files in lacking.values() for file in files)
        raise UnusableGold(f"{folder}: no data of the suite {name}; expected {wanted}")
    parts: list[Part] = []
    for recipe in suite.recipes:
        if not lacking[recipe.name]:
            parts += recipe.measure(recipe.name, [folder / file.path for file in recipe.files], bench)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return SuiteReport(suite, made, tuple(parts), missing, bench.sample)


def listed(suites: Sequence[Suite] = tuple(SUITES.values())) -> str:
    """The suites by name, a line each, with what they measure."""
    width = max(len(suite.name) for suite in suites)
    return "".join(f"{suite.name:<{width}}  {suite.measures}\n" for suite in suites)
