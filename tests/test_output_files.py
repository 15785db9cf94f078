"""Where it is written to: files, links, pipes, devices; whole or not at all."""

import json
import os
import signal
import stat
import subprocess
import threading
import time
from pathlib import Path

import pytest
from program import COMMAND, COMMANDS, call, environment, listing, run, shell

SUFFIXES = {
    ".txt": "plain",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("suffix", [*SUFFIXES, ".CSV"])
def test_the_suffix_decides(tmp_path: Path, command: str, suffix: str) -> None:
    """-o FILE writes what -f prints, in the format of the suffix; stdout stays empty."""
    file = tmp_path / f"y{suffix}"
    done = call(*COMMANDS[command], "-o", str(file))
    assert (done.code, done.out) == (0, b"")
    assert file.read_bytes() == call(*COMMANDS[command], "-f", SUFFIXES[suffix.lower()]).out


def test_format_overrules_the_suffix(tmp_path: Path) -> None:
    """-f wins over the suffix, and `-o -` is stdout."""
    assert call("eval", "identity", "1", "-o", str(tmp_path / "y.csv"), "-f", "json").code == 0
    assert json.loads((tmp_path / "y.csv").read_text()) == [{"x": 1.0, "value": 1.0}]
    assert call("eval", "identity", "1", "-o", "-") == call("eval", "identity", "1")


def test_replacing_keeps_mode_and_link(tmp_path: Path) -> None:
    """An existing file is replaced and keeps its mode; a link stays one, and what it names is replaced."""
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old" * 1000)
    real.chmod(0o640)
    link.symlink_to("real.csv")
    inode = real.stat().st_ino
    assert run("eval", "identity", "1", "-o", "link.csv", cwd=tmp_path).code == 0
    assert real.read_text() == "x,value\n1.0,1.0\n"
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert real.stat().st_ino != inode  # a new file took its place, at once
    assert {path.name for path in tmp_path.iterdir()} == {"real.csv", "link.csv"}


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    """The umask decides the mode of a new file; a dangling link is followed to where it points."""
    (tmp_path / "link.csv").symlink_to("new.csv")
    assert shell("umask 027; actcli eval identity 1 -o link.csv", tmp_path).code == 0
    assert stat.S_IMODE((tmp_path / "new.csv").lstat().st_mode) == 0o640


@pytest.mark.parametrize(
    "line", [["eval", "identity", "1"], ["descend", "--steps", "0"], ["plot", "tanh"]], ids=str
)
def test_a_fifo_is_written_not_replaced(tmp_path: Path, line: list[str]) -> None:
    """A FIFO gets the bytes, and is one afterwards."""
    fifo = tmp_path / "pipe.csv"
    os.mkfifo(fifo)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(fifo.read_bytes()))
    reader.start()
    done = run(*line, "-o", "pipe.csv", cwd=tmp_path)
    os.close(os.open(fifo, os.O_RDWR))  # wakes the reader if nobody has written
    reader.join()
    assert done.code == 0
    assert len(found[0]) > 10
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("eval identity 1", "/dev/stdout"),
        ("eval identity 1", ">(cat)"),
        ("eval identity 1 -f csv", "/proc/self/fd/1"),
        ("eval identity 1 -f csv", ">(cat)"),
        ("plot tanh", "/dev/fd/1"),
    ],
)
def test_an_open_pipe_is_written(tmp_path: Path, line: str, place: str) -> None:
    """A pipe that has only a number for a name is a FIFO like any other."""
    done = shell(f"{{ actcli {line} -o {place}; sleep 0.1; }} | cat", tmp_path)
    assert done.err == ""
    assert done.out
    assert listing(tmp_path) == {}


def test_a_device_is_written(tmp_path: Path) -> None:
    """/dev/null takes results and pictures, and stays a device."""
    for line in (["eval", "tanh", "1"], ["plot", "tanh"]):
        assert run(*line, "-o", "/dev/null", cwd=tmp_path).code == 0
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize(
    "line", ["eval tanh 0:20000 -o old.csv", "plot tanh -o old.png", "descend --history old.csv"]
)
def test_a_failing_write_changes_nothing(tmp_path: Path, line: str) -> None:
    """When the disk fills up in the middle, the old file stays whole and no other appears."""
    for name in ("old.csv", "old.png"):
        (tmp_path / name).write_text("keep me")
    before = listing(tmp_path)
    done = shell(f"ulimit -f 0; trap '' XFSZ; actcli {line}", tmp_path)
    assert done.code == 2
    assert done.err.startswith("error: cannot write 'old.")
    assert listing(tmp_path) == before


@pytest.mark.parametrize(
    "name", ["-y.csv", "y\n.csv", "ü活.csv", "a b.csv", "n" * 250 + ".csv"], ids=lambda name: ascii(name[:9])
)
def test_any_file_name_is_written(tmp_path: Path, name: str) -> None:
    """Every name that the file system takes is one for -o."""
    assert run("eval", "identity", "1", f"--output={name}", cwd=tmp_path).code == 0
    assert (tmp_path / name).read_text() == "x,value\n1.0,1.0\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_an_interrupted_write_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """Stopped in the middle of a file, the program leaves no part of it; Ctrl-C is 130 and quiet."""
    line = [*COMMAND, "eval", "tanh", "0:3:1e-6", "-o", "y.csv"]
    with subprocess.Popen(line, cwd=tmp_path, stderr=subprocess.PIPE, env=environment()) as process:
        while process.poll() is None and not any(tmp_path.iterdir()):
            time.sleep(0.005)
        process.send_signal(number)
        _, err = process.communicate()
    assert err == b""
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert listing(tmp_path) == {}
