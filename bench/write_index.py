"""Write actcli/activations/_index.py: the module of each name of the catalogue, so that no other is loaded.

python bench/write_index.py
"""

from pathlib import Path

import actcli
from actcli.activations import ACTIVATIONS, COMPOUNDS, FLAVOURS

PATH = Path(actcli.__file__).parent / "activations" / "_index.py"
REGISTRIES = {"ACTIVATIONS": ACTIVATIONS, "COMPOUNDS": COMPOUNDS, "FLAVOURS": FLAVOURS}
HEAD = '"""The module of each name of the catalogue, and its aliases: by bench/write_index.py."""\n'


def text() -> str:
    """Return the file's text: a line a name."""
    parts = [HEAD]
    for name, registry in REGISTRIES.items():
        rows = (f'    "{key}": {written(homes)},\n' for key, homes in registry.scanned().items())
        parts.append(f"\n{name} = {{\n{''.join(rows)}}}\n")
    return "".join(parts)


def written(names: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return f"({listed},)" if len(names) == 1 else f"({listed})"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
