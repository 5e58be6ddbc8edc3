"""Plain data survives the trip; everything else is refused."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cs231n.checks.protocol import (
    MAX_BODY,
    PREFIX,
    Handle,
    ProtocolError,
    Reference,
    decode,
    encode,
)

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=3)
    ),
    max_leaves=6,
)
dtypes = st.sampled_from(["f4", "f8", "i8", "u1", "?", "c16", ">f8"])
arrays = dtypes.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0)))


def message(header, body=b""):
    header = json.dumps(header).encode()
    return PREFIX.pack(len(header), len(body)) + header + body


@given(plain)
def test_plain_values_come_back_the_same(value):
    assert repr(decode(encode(value))) == repr(value)


@given(arrays)
def test_arrays_come_back_with_values_shape_and_native_dtype(array):
    back = decode(encode([array]))[0]
    assert back.dtype == array.dtype.newbyteorder("=")
    assert back.dtype.isnative
    np.testing.assert_array_equal(back, array)
    assert back.shape == array.shape


def test_transposed_array_keeps_its_order():
    array = np.arange(6.0).reshape(2, 3).T
    np.testing.assert_array_equal(decode(encode(array)), array)


def test_numpy_scalar_keeps_its_dtype():
    back = decode(encode(np.float32(0.1)))
    assert type(back) is np.float32
    assert back == np.float32(0.1)


def test_reference_and_handle_travel():
    value = [Reference("layers.relu"), Handle(3, "Net")]
    assert decode(encode(value)) == value


@pytest.mark.parametrize(
    "value",
    [
        np.ma.masked_all(3),
        np.zeros(2).view(np.recarray),
        np.array([None]),
        object(),
        {1.5: "key"},
        {"set"},
    ],
    ids=["masked", "subclass", "object array", "object", "float key", "set"],
)
def test_what_is_not_plain_is_refused(value):
    with pytest.raises(TypeError, match="is not plain data"):
        encode(value)


def test_keep_is_asked_for_what_is_not_plain():
    back = decode(encode([object(), 1], keep=lambda obj: Handle(7, "object")))
    assert back == [Handle(7, "object"), 1]


def test_deep_nesting_is_refused():
    value = []
    for _ in range(40):
        value = [value]
    with pytest.raises(TypeError, match="nested deeper"):
        encode(value)


@given(st.binary(max_size=200))
def test_random_bytes_are_a_protocol_error(data):
    with pytest.raises(ProtocolError):
        decode(data)


@pytest.mark.parametrize(
    "header",
    [
        {"a": ["<f8", [2]]},
        {"a": ["<f8", [-1]]},
        {"a": ["O", [1]]},
        {"a": ["<f8", [10**30, 10**30]]},
        {"a": ["V8", [1]]},
        {"n": ["<f8", "zz"]},
        {"x": 1},
        {"a": 1, "l": []},
        {"d": [[1.5, None]]},
        {"d": [[["list"], None]]},
        {"l": {"l": 1}},
    ],
    ids=str,
)
def test_forged_headers_are_a_protocol_error(header):
    with pytest.raises(ProtocolError):
        decode(message(header))


def test_deep_forged_header_is_a_protocol_error():
    with pytest.raises(ProtocolError):
        decode(message(json.loads("[" * 0 + '{"l":[' * 60 + "]}" * 60)))


def test_bytes_left_over_are_a_protocol_error():
    with pytest.raises(ProtocolError, match="belong to nothing"):
        decode(message(None, b"12345678"))


def test_sizes_over_the_cap_are_refused_before_anything_is_read():
    with pytest.raises(ProtocolError, match="over the cap"):
        decode(PREFIX.pack(4, MAX_BODY + 1) + b"null")
