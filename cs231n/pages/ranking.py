"""A page of sentences with the pictures that a model finds for them, and where it sees the words.

One HTML file: pictures, style and script are in it, and it asks nothing of any network.
"""

import base64
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

import numpy as np

from cs231n.files.cache import whole_file
from cs231n.matching.data import pairs_of
from cs231n.matching.grounding import ground_phrase

__all__ = ["Found", "find_all", "write_ranking_page"]

HERE = Path(__file__)
SHOWN = 5  # pictures of a sentence, and sentences of a picture


@dataclass(frozen=True)
class Found:
    """What a matcher finds among some pictures.

    Attributes
    ----------
    queries : list of dict
        For each sentence: "s", its number; "o", its picture; "f", what was found, the best first
        and the right picture last if it was missed: rows of picture, score, and for each word its
        region and product.
    best : list of list of (int, float)
        For each picture the sentences that suit it best, with their scores.
    """

    queries: list
    best: list


def find_all(matcher, data, bonus=0.0, most=1000):
    """Let sentences look for pictures, and pictures for sentences.

    Parameters
    ----------
    matcher : Matcher
    data : RegionSet
    bonus : float
        Of `grounding.ground_phrase`.
    most : int
        Sentences that look for pictures; where there are more, the first of each picture do.

    Returns
    -------
    Found
    """
    sentences, owners = data.flat_sentences, data.owners
    scores = matcher.scores(data, sentences)
    asked = np.arange(len(sentences))
    if len(asked) > most:
        asked = np.unique(owners, return_index=True)[1][:most]
    ground = _grounder(matcher, data, bonus)
    queries = []
    for m in asked:
        order = np.argsort(-scores[:, m], kind="stable")[:SHOWN].tolist()
        order += [int(owners[m])] * (owners[m] not in order)
        rows = [[n, round(float(scores[n, m]), 4), ground(n, m)] for n in order]
        queries.append({"s": int(m), "o": int(owners[m]), "f": rows})
    best = []
    for row in scores:
        order = np.argsort(-row, kind="stable")[:SHOWN]
        best.append([(int(m), round(float(row[m]), 4)) for m in order])
    return Found(queries, best)


def write_ranking_page(path, found, data, thumbnails, title, facts=()):
    """Write the page.

    Parameters
    ----------
    path : str or Path
        The file; its folder is made if need be.
    found : Found
    data : RegionSet
    thumbnails : list of bytes
        The pictures as WebP.
    title : str
    facts : iterable of (str, str)
        Names and values: what the page shows.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If there is no picture.
    """
    if not len(data):
        raise ValueError("write_ranking_page: there is no picture to show; give one at least.")
    content = {
        "texts": [" ".join(words) for words in data.flat_sentences],
        "owners": data.owners.tolist(),
        "names": [Path(name).name for name in data.names],
        "boxes": np.round(data.boxes, 4).tolist(),
        "best": found.best,
        "queries": found.queries,
        "pictures": [base64.b64encode(one).decode() for one in thumbnails],
    }
    text = json.dumps(content, separators=(",", ":"))
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    right = [query["o"] in [row[0] for row in query["f"][:SHOWN]] for query in found.queries]
    page = Template(HERE.with_suffix(".html").read_text(encoding="utf-8")).substitute(
        title=escape(title),
        count=f"{len(found.queries):,}",
        pictures=f"{len(data):,}",
        found=f"{100 * np.mean(right):.0f}",
        facts="".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts),
        content=text,
    )
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(page.encode("utf-8", "replace"))
    return path


def _grounder(matcher, data, bonus):
    """What gives, for a picture and a sentence, [region, product] for each word, or [].

    It is the first model of an ensemble that points. Where whole pictures are compared with whole
    sentences, nothing points.
    """
    model = matcher.models[0]
    if model.settings.score == "whole":
        return lambda n, m: []
    pairs = pairs_of(data, matcher.vocabulary, matcher.spread)
    V, V_mask, _ = model.embed_regions(pairs.regions, pairs.region_mask)

    def ground(n, m):
        words, lengths = pairs.sentences(np.array([m]))
        S, _, _ = model.embed_words(words, lengths)
        products = np.where(V_mask[n], S[0, : lengths[0]] @ V[n].T, -np.inf)
        regions, _ = ground_phrase(products, bonus)
        return [[int(r), round(float(row[r]), 4)] for row, r in zip(products, regions)]

    return ground
