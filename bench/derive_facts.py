"""Derive the facts of the catalogue's functions: `python bench/derive_facts.py [--all] [NAME...]`.

Rewrites actcli/activations/_facts.json. Computed are the functions named; else those whose formula,
parameters or kinks have changed since, or, with --all, every one.
"""

import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import actcli
from actcli.activations import ACTIVATIONS
from actcli.cli._formulas import rows_of_entry, texts
from actcli.facts import FILE, encoded
from actcli.facts.derive import facts, fingerprint

PATH = Path(actcli.__file__).parent / "activations" / FILE


def computed(name: str) -> dict[str, Any]:
    activation = ACTIVATIONS[name]
    return {
        "fingerprint": fingerprint(activation, ACTIVATIONS),
        "derivatives": [text for order, _, text in texts(rows_of_entry(activation, None)) if order],
        "facts": encoded(facts(activation, {}, ACTIVATIONS)),
    }


def text(table: dict[str, Any]) -> str:
    """Return the file's text: a line a function, so that a change shows which."""
    lines = (f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in table.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments: list[str]) -> None:
    old = json.loads(PATH.read_text()) if PATH.exists() else {}
    names = [name for name, activation in ACTIVATIONS.items() if activation.elementwise]
    marks = {name: fingerprint(ACTIVATIONS[name], ACTIVATIONS) for name in names}
    stale = [name for name in names if old.get(name, {}).get("fingerprint") != marks[name]]
    wanted = names if "--all" in arguments else arguments or stale
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        new = dict(zip(wanted, pool.map(computed, wanted), strict=True))
    table = {name: new.get(name) or old.get(name) for name in names}
    PATH.write_text(text({name: entry for name, entry in table.items() if entry}))
    print(f"{len(new)} of {len(names)} functions computed")


if __name__ == "__main__":
    main(sys.argv[1:])
