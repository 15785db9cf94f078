"""Points from stdin and from files, arrays in and out, and the files that cannot be used."""

import itertools
import math
import pickle
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from program import call, is_trouble, listing, run, shell

SHAPES: list[tuple[int, ...]] = [(), (0,), (1,), (5,), (2, 3), (0, 3), (2, 0), (2, 3, 4)]
TEXTS = {
    "lines": b"1\n2\n3\n",
    "no last newline": b"1\n2\n3",
    "crlf": b"1\r\n2\r\n3\r\n",
    "cr": b"1\r2\r3\r",
    "bom": b"\xef\xbb\xbf1\n2\n3\n",
    "bom and crlf": b"\xef\xbb\xbf1\r\n2\r\n3\r\n",
    "blanks and tabs": b"  1\t2  \x0b 3 \n",
    "commas": b"1,2,3\n",
    "commas and blanks": b"1, 2 ,3\n",
    "comments": b"# one\n1 # two\n\n2\n#3\n3\n",
    "range": b"1:3\n",
    "exponents": b"1e0 +2.0 .3e1\n",
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in the folder that holds the files."""
    monkeypatch.chdir(tmp_path)


def stated(array: npt.NDArray[np.float64]) -> list[list[float]]:
    """Return what eval prints for identity: each number twice, in the order of the array."""
    return [[x, x] for x in array.ravel().tolist()]


def rows(*arguments: str, stdin: bytes = b"") -> list[list[float]]:
    """Return the numbers that a command prints; it succeeds, and says nothing."""
    done = call(*arguments, stdin=stdin)
    assert (done.code, done.err) == (0, "")
    return [[float(cell) for cell in row] for row in done.rows]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_is_read_however_it_is_written(tmp_path: Path, text: bytes) -> None:
    """White space, commas, comments, line ends and a BOM make no difference: on stdin, in .txt, in .csv."""
    expected = [[1, 1], [2, 2], [3, 3]]
    assert rows("eval", "identity", "-", stdin=text) == expected
    for name in ("x.txt", "x.csv", "X.TXT"):
        (tmp_path / name).write_bytes(text)
        assert rows("eval", "identity", "--input", name) == expected


def test_a_process_reads_its_stdin(tmp_path: Path) -> None:
    """The points may come through a pipe, not finite ones too."""
    done = shell("printf '1.5\\r\\n-inf,nan\\n' | actcli eval sigmoid -", tmp_path)
    assert done.out == b"1.5\t0.8175744761936437\n-inf\t0.0\nnan\tnan\n"


@given(st.lists(st.floats(), min_size=1, max_size=50), st.sampled_from([" ", "\n", ",", "\r\n", " # x\n"]))
def test_stdin_keeps_every_bit(numbers: list[float], between: str) -> None:
    """What Python prints is read back to the same floats, and printed as it was."""
    done = call("eval", "identity", "-", "-q", stdin=between.join(map(repr, numbers)).encode())
    assert done.text.split() == [repr(x) for x in numbers]


HEADERS = {
    "x": b"x\n",
    "two": b"x,y\r\n",
    "quoted": b'"the x","y"\n',
    "after a comment": b"# made by hand\nx,y\n",
}
HEADERS |= {"after a blank line": b"\nx,y\n", "with a bom": b"\xef\xbb\xbfx,y\n", "none": b""}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_csv_may_have_a_header(tmp_path: Path, header: bytes) -> None:
    """The first line that holds anything may name the columns of a .csv, but not of a .txt."""
    (tmp_path / "x.csv").write_bytes(header + b"1,2\n-inf,4\n")
    found = rows("eval", "identity", "--input", "x.csv")
    assert [x for x, _ in found] == [1, 2, -math.inf, 4]
    if header:
        (tmp_path / "x.txt").write_bytes(header + b"1,2\n")
        is_trouble(call("eval", "identity", "--input", "x.txt"), "x.txt', line")


def test_a_csv_that_we_wrote_is_read(tmp_path: Path) -> None:
    """Eval reads the .csv that eval wrote."""
    file = "y.csv"
    assert call("eval", "tanh", "1:3", "-q", "-o", file).code == 0
    assert rows("eval", "identity", "--input", file, "-q") == rows("eval", "tanh", "1:3", "-q")


@pytest.mark.parametrize("name", ["x.csv", "x.txt", "x.npy"])
@pytest.mark.parametrize("axis", [0, 1, -1, -2])
def test_a_matrix_is_a_batch(tmp_path: Path, name: str, axis: int) -> None:
    """Of a 2-D input each vector along --axis is taken on its own, and numbered."""
    x = np.array([[1.0, 2, 3], [-4, 0, 4]])
    file = tmp_path / name
    if name == "x.npy":
        np.save(file, x)
    else:
        np.savetxt(file, x, delimiter="," if name == "x.csv" else " ")
    found = rows("eval", "softmax", "--input", str(file), "--axis", str(axis))
    vectors = x if axis in (1, -1) else x.T
    weights = [[math.exp(v) for v in vector] for vector in vectors]
    expected = [
        (n, x, w / sum(ws)) for n, ws in enumerate(weights) for x, w in zip(vectors[n], ws, strict=True)
    ]
    assert np.allclose(found, expected, rtol=1e-15, atol=0)


def test_the_last_axis_is_the_default(tmp_path: Path) -> None:
    """Without --axis the rows are the vectors; a stack of matrices is a batch too."""
    for n, shape in enumerate([(2, 3), (2, 2, 3)]):
        np.save(tmp_path / f"{n}.npy", np.arange(math.prod(shape)).reshape(shape) / 7)
        line = ["eval", "log_softmax", "--input", f"{n}.npy"]
        assert rows(*line) == rows(*line, "--axis", "-1") == rows(*line, "--axis", str(n + 1))


def test_every_vector_of_a_batch_has_its_jacobian(tmp_path: Path) -> None:
    """`--jacobian` on a batch prints a matrix for each vector."""
    (tmp_path / "x.csv").write_text("1,2,3\n-1,0,4\n")
    found = rows("eval", "softmax", "--input", "x.csv", "--jacobian")
    one, other = (rows("eval", "softmax", points, "--jacobian") for points in ("1,2,3", "-1,0,4"))
    assert found == [[0, *row] for row in one] + [[1, *row] for row in other]


@pytest.mark.parametrize("name", ["x.csv", "x.txt"])
def test_a_ragged_batch_is_refused(tmp_path: Path, name: str) -> None:
    """Lines of different lengths are no vectors of one batch: never silently one long vector."""
    (tmp_path / name).write_text("1,2,3\n4,5\n")
    is_trouble(call("eval", "softmax", "--input", name), name)


def test_an_empty_cell_is_refused(tmp_path: Path) -> None:
    """A missing number of a .csv is not skipped: the columns behind it would shift."""
    (tmp_path / "x.csv").write_text("x,y,z\n1,,3\n4,5,6\n")
    is_trouble(call("eval", "softmax", "--input", "x.csv"), "line 2")


KINDS = ["<f8", ">f8", "<f4", ">f4", "<f2", ">f2"]
WHOLE = ["?", "i1", "u1", "<i4", ">i8", "u8"]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", [*KINDS, *WHOLE])
def test_an_array_keeps_its_shape_and_type(tmp_path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    """A .npy in gives a .npy out, of the same shape and type; whole numbers become float64."""
    x = np.asarray(np.arange(math.prod(shape)).reshape(shape) % 2).astype(dtype)
    source, target = tmp_path / "x.npy", tmp_path / "y.npy"
    np.save(source, x)
    assert call("eval", "relu", "--input", str(source), "--output", str(target)).code == 0
    y = np.load(target)
    assert (y.shape, y.dtype) == (shape, np.dtype("f8" if dtype in WHOLE else dtype))
    assert np.array_equal(y, x)


@given(arrays.arrays(np.float64, arrays.array_shapes(max_dims=3, max_side=4)), st.sampled_from("CF"))
def test_an_array_keeps_its_bits_and_order(
    tmp_path_factory: pytest.TempPathFactory, x: npt.NDArray[np.float64], order: str
) -> None:
    """Nan, inf, -0.0 and subnormals pass through; a Fortran-ordered array is not transposed."""
    folder = tmp_path_factory.getbasetemp()
    np.save(folder / "x.npy", np.asarray(x, order=order))
    assert call("eval", "identity", "--input", str(folder / "x.npy"), "-o", str(folder / "y.npy")).code == 0
    y = np.load(folder / "y.npy")
    assert y.shape == x.shape
    assert [repr(v) for v in y.ravel().tolist()] == [repr(v) for v in x.ravel().tolist()]


def test_arrays_are_printed_in_their_order(tmp_path: Path) -> None:
    """A matrix is printed row by row, however it lies in memory or whichever its bytes' order."""
    x = np.arange(6.0).reshape(2, 3)
    for n, array in enumerate([x, np.asfortranarray(x), x.astype(">f8"), x.astype(">i2"), x.astype("f2")]):
        np.save(tmp_path / f"{n}.npy", array)
        assert rows("eval", "identity", "--input", f"{n}.npy") == stated(x)


def test_softmax_of_an_array_keeps_its_shape(tmp_path: Path) -> None:
    """A vector function's .npy has the input's shape, the Jacobian's one axis more."""
    np.save(tmp_path / "x.npy", np.arange(6, dtype=np.float32).reshape(2, 3))
    for extra, shape in (([], (2, 3)), (["--axis", "0"], (2, 3)), (["--jacobian"], (2, 3, 3))):
        line = ["eval", "softmax", "--input", "x.npy", "-o", "y.npy", *extra]
        assert call(*line).code == 0
        y = np.load(tmp_path / "y.npy")
        assert (y.shape, y.dtype) == (shape, np.float32)
    assert np.allclose(y.sum(axis=1), 0, atol=1e-7)


def test_dtype_and_order_reach_the_array(tmp_path: Path) -> None:
    """`--dtype` decides the type of the output, `--order` what is in it."""
    np.save(tmp_path / "x.npy", np.array([0, 1, 2]))
    line = ["eval", "tanh", "--input", "x.npy", "-o", "y.npy"]
    assert call(*line, "--dtype", "float32", "--order", "1").code == 0
    y = np.load(tmp_path / "y.npy")
    assert y.dtype == np.float32
    assert np.allclose(y, [1 / math.cosh(x) ** 2 for x in range(3)], rtol=1e-6)


def npy(header: bytes, data: bytes = b"") -> bytes:
    """Return a .npy file with this header."""
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def saved(folder: Path, name: str, array: npt.NDArray[np.generic]) -> bytes:
    """Return the bytes that numpy saves."""
    np.save(folder / name, array, allow_pickle=True)
    return (folder / name).read_bytes()


SHAPED = b"{'descr': '<f8', 'fortran_order': False, 'shape': (%s,), }\n"
BAD = {
    "empty.csv": (b"", "is empty"),
    "blank.txt": (b" \n\n", "is empty"),
    "comments.txt": (b"# nothing\n", "holds no numbers"),
    "header.csv": (b"x,y\n", "holds no numbers"),
    "words.txt": (b"1\n2\nthree\n", "line 3: "),
    "later.csv": (b"x\n1\ny\n", "line 3: "),
    "escape.txt": (b"1\n\x1b[2J[/x]\n", r"'\x1b[2J[/x]'"),
    "wide.txt": ("1\n٣\n".encode(), "line 2: "),
    "mixed.csv": (b"1.5,oops\n2,3\n", "'oops'"),
    "semicolons.csv": (b"1;2\n3;4\n", "line "),
    "binary.txt": (b"\x00\x01\x02\xff", "is not text"),
    "utf16.txt": ("1 2".encode("utf-16"), "is not text"),
    "latin.csv": (b"1\n\xe9\n", "is not text"),
    "nul.csv": (b"1\x002\n", "is not text"),
    "big.csv": (b"1\n1e400\n", "'1e400'"),
    "points.dat": (b"1\n", "'points.dat'"),
    "words.npy": (b"not an array", "'words.npy'"),
    "blank.npy": (b"", "'blank.npy' is empty"),
    "archive.npy": (b"PK\x03\x04 and no archive", "'archive.npy'"),
    "header.npy": (npy(b"{'a': (          "), "'header.npy'"),
    "nested.npy": (npy(b"(" * 5000), "'nested.npy'"),
    "huge.npy": (npy(SHAPED % (b"9" * 23), bytes(16)), "'huge.npy'"),
    "negative.npy": (npy(SHAPED % b"-1", bytes(16)), "'negative.npy'"),
    "pickle.npy": (pickle.dumps([1.0]), "'pickle.npy'"),
}
ARRAYS = {
    "object.npy": np.array([1, "a"], dtype=object),
    "complex.npy": np.array([1j]),
    "text.npy": np.array(["a"]),
}
ARRAYS |= {"fields.npy": np.zeros(2, [("a", "f8")]), "dates.npy": np.array(["2020-01-01"], "M8[D]")}


REAL = {"empty.csv", "words.txt", "binary.txt", "object.npy", "short.npy", "archive.npy"}  # as a process


@pytest.mark.parametrize("name", [*BAD, *ARRAYS, "short.npy"])
def test_a_bad_file_is_trouble(tmp_path: Path, name: str) -> None:
    """A file that holds no numbers is named, with what is wrong in it, and nothing is left behind."""
    content, fragment = BAD.get(name, (b"", f"'{name}'"))
    if name not in BAD:
        content = saved(tmp_path, name, ARRAYS.get(name, np.arange(9.0)))
    (tmp_path / name).write_bytes(content[:-1] if name == "short.npy" else content)
    before = listing(tmp_path)
    line = ["eval", "tanh", "--input", name, "-o", "y.csv"]
    is_trouble(run(*line, cwd=tmp_path) if name in REAL else call(*line), fragment)
    assert listing(tmp_path) == before


@pytest.mark.parametrize("place", ["loop.csv", "memory.txt", "folder.npy", "none.npy", "folder.npy/x.csv"])
def test_an_unreadable_file_is_trouble(tmp_path: Path, place: str) -> None:
    """A file that does not open, or fails while it is read, is named."""
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "memory.txt").symlink_to("/proc/self/mem")
    (tmp_path / "folder.npy").mkdir()
    is_trouble(call("eval", "tanh", "--input", place), f"cannot read '{place}'")


BAD_STDIN = {"nothing": b"", "blank": b" \n", "comments": b"# 1\n", "word": b"1\n2\nx\n", "nul": b"1\x002"}
BAD_STDIN |= {
    "underscore": b"1_0",
    "overflow": b"1 1e400",
    "semicolon": b"1;2",
    "escape": b"\x1b[2J",
    "bytes": b"\xff",
}


@pytest.mark.parametrize("text", BAD_STDIN.values(), ids=BAD_STDIN)
def test_bad_stdin_is_trouble(text: bytes) -> None:
    """What stdin holds is checked like an argument, and named as stdin's."""
    is_trouble(call("eval", "tanh", "-", stdin=text), "stdin")


@given(st.binary(max_size=60), st.sampled_from(["npy", "csv", "txt"]), st.booleans())
def test_no_file_is_a_bug(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str, magic: bool
) -> None:
    """Any bytes are numbers or trouble, never a traceback."""
    file = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    file.write_bytes(npy(data) if magic else data)
    done = call("eval", "tanh", "--input", str(file))
    assert done.code == 0 or is_trouble(done) is None


def test_a_cut_array_is_never_read(tmp_path: Path) -> None:
    """Wherever a .npy file breaks off, it is refused."""
    whole = saved(tmp_path, "x.npy", np.arange(3.0))
    for end in itertools.chain(range(1, 20), range(len(whole) - 9, len(whole))):
        (tmp_path / "x.npy").write_bytes(whole[:end])
        is_trouble(call("eval", "tanh", "--input", "x.npy"), "x.npy")


@pytest.mark.parametrize("name", ["x.csv", "x.txt"])
def test_ranges_in_a_file_are_expanded_line_by_line(name: str) -> None:
    """A line's numbers are counted after its ranges: two lines of three are a batch."""
    Path(name).write_text("0:2\n3:5\n")
    assert rows("eval", "softmax", "--input", name, "--jacobian")[3][0] == 1.0
    Path(name).write_text("0:2\n3:6\n")
    is_trouble(call("eval", "softmax", "--input", name), name)


@pytest.mark.parametrize("first", ["−1", "1_000", "1;5", "$1.5", "1:2:3:4", "٣"])
def test_a_bad_number_is_no_header(first: str) -> None:
    """The first line of a .csv is a header only if its cells are words."""
    Path("x.csv").write_text(f"{first}\n2\n", encoding="utf-8")
    is_trouble(call("eval", "tanh", "--input", "x.csv"), "line 1")


def test_ranges_do_not_escape_the_limit() -> None:
    """Many lines of ranges together are held to 10^7 points too."""
    Path("x.txt").write_text("0:5999999\n" * 2)
    is_trouble(call("eval", "tanh", "--input", "x.txt"), "too many")
