"""Hidden checks of the notebook `sequence_to_sequence`: other lengths, sizes and precisions."""

from cs231n.checks.api import exercise
from cs231n.checks.judge.translation import (
    draw_attention,
    draw_sources,
    require_alignment,
    require_attention_back,
    require_batch,
    require_context,
    require_hand_over,
    require_last,
    require_loss,
    require_steps,
    require_weights,
)
from cs231n.checks.suites.sequence_to_sequence import require_share


def draw_lengths(rng, count, most):
    """So many lengths from 1 to `most`, two of them different."""
    return [most, 1, *rng.integers(1, most + 1, size=count - 2).tolist()]


@exercise("mt-source-batch", hidden=True)
def sources_of_any_lengths(student, rng):
    for null, reverse in ((0, True), (30, True), (2, False)):
        sentences = draw_sources(rng, rng.permutation([6, 0, 3, 1]).tolist(), words=20)
        got = student.language.translation.source_batch(sentences, null, reverse)
        require_batch(got, sentences, null, reverse)


@exercise("mt-last-states", hidden=True)
def states_of_any_sizes(student, rng):
    for N, S, H in ((1, 1, 1), (5, 3, 2), (2, 7, 4)):
        require_last(student, rng.normal(size=(N, S, H)), rng.integers(0, S + 1, size=N))


@exercise("mt-hand-over", hidden=True)
def hand_overs_of_any_lengths(student, rng):
    require_hand_over(student, rng, draw_lengths(rng, 3, 4), reverse=bool(rng.integers(2)))


@exercise("mt-loss", hidden=True)
def losses_of_any_lengths(student, rng):
    lengths, words = draw_lengths(rng, 3, 3), draw_lengths(rng, 3, 3)
    require_loss(student, rng, lengths, words, reverse=bool(rng.integers(2)), looks=True)


@exercise("mt-exact", hidden=True)
def any_sentences_have_their_share(student, rng):
    references = [rng.integers(3, size=rng.integers(1, 4)).tolist() for _ in range(20)]
    translations = [rng.integers(3, size=len(words)).tolist() for words in references]
    require_share(student, translations, references)


@exercise("mt-advance", hidden=True)
def any_number_of_words(student, rng):
    require_steps(student, rng, draw_lengths(rng, 4, 3), steps=4, looks=bool(rng.integers(2)))


@exercise("attention-weights", hidden=True)
def weights_of_any_scores(student, rng):
    for N, T, S in ((1, 1, 1), (4, 2, 6)):
        scores = 10.0 ** rng.uniform(-2, 3) * rng.normal(size=(N, T, S))
        require_weights(student, scores, rng.integers(0, S + 1, size=N))


@exercise("attention-context", hidden=True)
def contexts_of_any_sizes(student, rng):
    for T, H in ((2, 5), (5, 2)):
        require_context(student, draw_attention(rng, draw_lengths(rng, 3, 4), T, H))


@exercise("attention-backward", hidden=True)
def derivatives_of_any_sizes(student, rng):
    for T, H in ((2, 3), (4, 2)):
        given = draw_attention(rng, draw_lengths(rng, 3, 3), T, H)
        require_attention_back(student, rng, given)


@exercise("attention-align", hidden=True)
def alignments_of_any_weights(student, rng):
    for T, S, length in ((1, 1, 1), (5, 6, 6), (3, 7, 2)):
        weights = rng.integers(4, size=(T, S)) / 4  # with many that are equal
        reverse = bool(rng.integers(2))
        require_alignment(student, weights, length, reverse, f"{T} places of {length}")
