"""Settings of runs, and what they refuse."""

import pytest

from cs231n.text.settings import Settings

pytestmark = pytest.mark.assignment4


def test_a_level_has_its_defaults_and_what_is_given_replaces_them():
    assert Settings.of("words").wordvec_dim == 300
    assert Settings.of("bytes").level == "bytes"
    changed = Settings.of("words", hidden_dim=7, num_layers=None)
    assert (changed.hidden_dim, changed.num_layers) == (7, Settings.of("words").num_layers)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"level": "letters"}, "level is 'letters'; choose one of characters, bytes, words"),
        ({"cell_type": "gru"}, "cell_type is 'gru'"),
        ({"activation": "relu"}, "activation relu is for the cell rnn"),
        ({"steps": 0}, "steps is 0, but should be 1 or more"),
        ({"val_every": -1}, "val_every is -1, but should be 0 or more"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0, but should be above 0"),
        ({"dropout": 1.0}, "dropout is 1.0, but should be from 0 to 1"),
    ],
)
def test_values_out_of_range_are_named(given, message):
    with pytest.raises(ValueError, match=message):
        Settings(**given)


def test_an_unknown_setting_is_named():
    with pytest.raises(ValueError, match="there is no setting 'hiden'"):
        Settings.of("words", hiden=3)
