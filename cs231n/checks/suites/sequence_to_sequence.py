"""Checks of the notebook `sequence_to_sequence`: a translator, its parts, and attention."""

import numpy as np

from cs231n.checks.api import assert_close, exercise, oracle
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

# --- mt-source-batch


@exercise("mt-source-batch", weight=3)
def sources_come_backwards_from_column_0_on(student, rng):
    sentences = draw_sources(rng, [2, 5, 3])
    got = student.language.translation.source_batch(sentences)
    require_batch(got, sentences, 0, True)


@exercise("mt-source-batch", weight=2)
def sources_may_be_filled_up_already(student, rng):
    rows, null = np.full((3, 6), 9), 9
    sentences = draw_sources(rng, [4, 1, 3])
    for n, sentence in enumerate(sentences):
        rows[n, range(len(sentence))] = sentence
    got = student.language.translation.source_batch(rows, null)
    require_batch(got, sentences, null, True, "words of rows filled up with 9")


@exercise("mt-source-batch")
def sources_may_come_as_they_are_read(student, rng):
    sentences = draw_sources(rng, [3, 4])
    got = student.language.translation.source_batch(sentences, reverse=False)
    require_batch(got, sentences, 0, False)


@exercise("mt-source-batch")
def a_source_may_have_no_words(student, rng):
    for lengths in ([3, 0], [0, 0], [1]):
        sentences = draw_sources(rng, lengths)
        got = student.language.translation.source_batch(sentences)
        require_batch(got, sentences, 0, True, f"words of sources of {lengths} words")


# --- mt-last-states


@exercise("mt-last-states", weight=3)
def the_state_after_the_last_word_of_each(student, rng):
    require_last(student, rng.normal(size=(4, 5, 3)), np.array([2, 5, 1, 4]))


@exercise("mt-last-states")
def what_lies_behind_an_end_is_not_looked_at(student, rng):
    states, lengths = rng.normal(size=(3, 4, 2)), np.array([1, 4, 2])
    states[np.arange(4) >= lengths[:, None]] = np.nan
    require_last(student, states, lengths, "the last states, with nan behind the ends,")


@exercise("mt-last-states")
def a_sequence_of_no_steps_ends_in_0(student, rng):
    require_last(student, rng.normal(size=(3, 2, 5)), np.array([0, 2, 0]))


@exercise("mt-last-states")
def states_of_float32_stay_float32(student, rng):
    states = rng.normal(size=(2, 3, 4)).astype(np.float32)
    require_last(student, states, np.array([3, 2]), "the last states in float32")


# --- mt-hand-over


@exercise("mt-hand-over", weight=4)
def three_derivatives_reach_the_encoder(student, rng):
    require_hand_over(student, rng, [2, 4, 1])


@exercise("mt-hand-over")
def sources_of_one_length(student, rng):
    require_hand_over(student, rng, [3, 3], reverse=False)


@exercise("mt-hand-over")
def a_source_of_no_words_hands_nothing_over(student, rng):
    require_hand_over(student, rng, [0, 2])


@exercise("mt-hand-over")
def float32_encoders_have_float32_gradients(student, rng):
    require_hand_over(student, rng, [1, 3], dtype=np.float32)


# --- mt-loss


@exercise("mt-loss", weight=4)
def the_loss_of_translations_and_its_gradients(student, rng):
    require_loss(student, rng, [2, 3, 1], [3, 1, 2])


@exercise("mt-loss", weight=2)
def a_decoder_that_looks_back_has_gradients_there(student, rng):
    require_loss(student, rng, [1, 3], [2, 3], looks=True)


@exercise("mt-loss")
def translations_may_have_no_words(student, rng):
    require_loss(student, rng, [2, 1], [0, 2], reverse=False)


@exercise("mt-loss")
def a_float32_translator_has_float32_gradients(student, rng):
    require_loss(student, rng, [2, 1], [1, 2], dtype=np.float32)


# --- mt-exact


@exercise("mt-exact", weight=3)
def a_sentence_is_right_when_all_of_it_is(student, rng):
    references = [["la", "mir"], ["un", "tok", "vidas"], ["la"], ["dvo", "mirn"]]
    translations = [["la", "mir"], ["un", "tok", "vides"], ["la"], ["mirn", "dvo"]]
    require_share(student, translations, references)


@exercise("mt-exact", weight=2)
def a_word_more_or_less_is_wrong(student, rng):
    references = [[4, 5], [6, 7, 4], [5], []]
    translations = [[4, 5, 5], [6, 7], [5], []]
    require_share(student, translations, references)


@exercise("mt-exact")
def words_count_and_not_what_they_lie_in(student, rng):
    references = [np.array([4, 5, 6]), (7, 4), [np.int64(5)], (4, 6)]
    translations = [[4, 5, 6], [7, 4], (5,), np.array([4, 5])]
    require_share(student, translations, references)


@exercise("mt-exact")
def of_no_sentences_none_is_right(student, rng):
    require_share(student, [], [])


def require_share(student, translations, references):
    got = student.language.translation.exact_share(translations, references)
    assert_close(got, oracle.exact_by_words(translations, references), "the share")


# --- mt-advance


@exercise("mt-advance", weight=4)
def scores_after_each_word_that_is_told(student, rng):
    require_steps(student, rng, [3, 1], steps=3)


@exercise("mt-advance", weight=2)
def a_decoder_that_looks_back_sees_the_source(student, rng):
    require_steps(student, rng, [2, 3, 1], steps=2, looks=True)


@exercise("mt-advance")
def one_sentence_and_one_word(student, rng):
    require_steps(student, rng, [2], steps=1, reverse=False)


@exercise("mt-advance")
def a_float32_translator_has_float32_scores(student, rng):
    require_steps(student, rng, [1, 2], steps=2, dtype=np.float32)


# --- attention-weights


@exercise("attention-weights", weight=3)
def a_softmax_over_the_places_that_count(student, rng):
    require_weights(student, rng.normal(size=(3, 2, 5)), np.array([2, 5, 3]))


@exercise("attention-weights", weight=2)
def scores_may_be_large_and_far_apart(student, rng):
    for far in (1000.0, -1000.0):
        scores = rng.normal(size=(2, 3, 4)) + far * np.array([0, 1, 0, 3])
        scores[:, 1] += 2000
        require_weights(student, scores, np.array([2, 3]), f"the weights of scores {far:g} apart")


@exercise("attention-weights")
def what_lies_behind_the_end_may_be_anything(student, rng):
    for anything in (np.nan, np.inf, 5000.0):
        scores, lengths = rng.normal(size=(2, 3, 4)), np.array([1, 3])
        np.swapaxes(scores, 1, 2)[np.arange(4) >= lengths[:, None]] = anything
        require_weights(
            student, scores, lengths, f"the weights, with {anything:g} behind the ends,"
        )


@exercise("attention-weights")
def a_source_without_words_has_weights_of_0(student, rng):
    require_weights(student, rng.normal(size=(2, 2, 3)), np.array([0, 2]))


@exercise("attention-weights")
def weights_of_float32_scores_are_float32(student, rng):
    scores = rng.normal(size=(2, 3, 4)).astype(np.float32)
    require_weights(student, scores, np.array([4, 2]), "the weights of float32 scores")


# --- attention-context


@exercise("attention-context", weight=3)
def a_weighted_mean_of_encoder_states(student, rng):
    require_context(student, draw_attention(rng, [2, 4]))


@exercise("attention-context")
def one_step_and_one_place(student, rng):
    require_context(student, draw_attention(rng, [1, 0], T=1, H=3))


@exercise("attention-context")
def contexts_of_float32_are_float32(student, rng):
    require_context(student, draw_attention(rng, [3, 1], dtype=np.float32))


# --- attention-backward


@exercise("attention-backward", weight=4)
def derivatives_with_respect_to_all_three(student, rng):
    require_attention_back(student, rng, draw_attention(rng, [2, 4]))


@exercise("attention-backward")
def derivatives_of_one_step(student, rng):
    require_attention_back(student, rng, draw_attention(rng, [3, 0, 1], T=1, H=2))


@exercise("attention-backward")
def derivatives_in_float32_are_float32(student, rng):
    given = draw_attention(rng, [3, 1], T=2, H=3, dtype=np.float32)
    require_attention_back(student, rng, given)


# --- attention-align


@exercise("attention-align", weight=3)
def the_word_with_the_largest_weight(student, rng):
    weights = rng.dirichlet(np.ones(5), size=7)
    require_alignment(student, weights, 5, True, "the places")


@exercise("attention-align")
def what_lies_behind_the_source_does_not_count(student, rng):
    weights = rng.random((6, 5))
    weights[:, 3:] += 1
    require_alignment(student, weights, 3, True, "the places, with larger weights behind the end,")


@exercise("attention-align")
def a_source_that_was_read_forwards(student, rng):
    weights = rng.dirichlet(np.ones(4), size=6)
    require_alignment(student, weights, 4, False, "the places of a source read forwards")


@exercise("attention-align")
def of_equal_weights_the_earlier_place_wins(student, rng):
    weights = np.array([[0.3, 0.1, 0.3, 0.3], [0.25] * 4, [0.1, 0.4, 0.4, 0.1]])
    for reverse in (True, False):
        require_alignment(student, weights, 4, reverse, "the places of equal weights")
