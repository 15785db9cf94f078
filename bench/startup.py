"""Whole-process times of common commands, as ratios to the imports they cannot do without, in one run.

    python bench/startup.py [RUNS]

Each command and its yardstick run in turn, A B A B, so that a machine that slows down slows both. The bounds
are those that the project holds itself to; the last column says whether they were met on this machine. Run it
with the Python of an environment into which actcli was installed as a wheel (`pip install .`).
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PLAIN_PLOT = """
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
x = np.linspace(-5, 5, 1001)
plt.plot(x, np.tanh(x))
plt.savefig("plain.png")
"""
TYPER = [sys.executable, "-c", "import typer"]
NUMPY = [sys.executable, "-c", "import typer, numpy"]
PLOT = [sys.executable, "-c", PLAIN_PLOT]
ACTCLI = shutil.which("actcli", path=str(Path(sys.executable).parent)) or "actcli"
ROWS = [
    ("--version", TYPER, "import typer", 0.5),
    ("--help", TYPER, "import typer", 1.3),
    ("eval sigmoid 1.5 -q", NUMPY, "import typer, numpy", 1.25),
    ("eval x*sigmoid(x) 1.5 -q", NUMPY, "import typer, numpy", 1.35),
    ("gradcheck gelu", NUMPY, "import typer, numpy", 1.5),
    ("plot tanh", PLOT, "plainest matplotlib script", 1.3),
]


def seconds(command: list[str], folder: str) -> float:
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
    return time.perf_counter() - start


def pairs(ours: list[str], theirs: list[str], runs: int, folder: str) -> tuple[float, float]:
    for command in (ours, theirs, ours, theirs):
        seconds(command, folder)
    times = [(seconds(ours, folder), seconds(theirs, folder)) for _ in range(runs)]
    return statistics.median(a for a, _ in times), statistics.median(b for _, b in times)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    print(f"{'actcli':26} {'ms':>6}  {'against':28} {'ms':>6}  {'ratio':>5}  {'bound':>5}")
    with tempfile.TemporaryDirectory() as folder:
        for arguments, yardstick, name, bound in ROWS:
            a, b = pairs([ACTCLI, *arguments.split()], yardstick, runs, folder)
            verdict = "ok" if a / b <= bound else "MISSED"
            times = f"{arguments:26} {a * 1e3:6.0f}  {name:28} {b * 1e3:6.0f}"
            print(f"{times}  {a / b:5.2f}  {bound:5.2f}  {verdict}")


if __name__ == "__main__":
    main()
