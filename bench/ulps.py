"""Measured errors of every elementwise activation, in ulps of the correctly rounded result.

    python bench/ulps.py [POINTS]

The oracle is that of the tests (tests/oracle.py: the formula's text in mpmath, precision raised until two
evaluations agree), over many more points, with another seed. Needs the test extra. A minute for 10000 points.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from oracle import exact, hard_points, ulps

from actcli.activations import ACTIVATIONS
from actcli.target import resolve


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    points = hard_points(count, seed=2026)
    print(f"{'function':12}" + "".join(f"{name:>10}  {'at':24}" for name in ("f", "f'", "f''")))
    for name, activation in ACTIVATIONS.items():
        if not activation.elementwise:
            continue
        truth = [exact(activation, float(x)) for x in points]
        cells = []
        for order in range(3):
            got = resolve(name)(points, order)
            errors = [ulps(float(y), t[order]) for y, t in zip(got, truth, strict=True)]
            worst = max(range(len(errors)), key=errors.__getitem__)
            cells.append(f"{errors[worst]:10.2f}  {float(points[worst])!r:24}")
        print(f"{name:12}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main()
