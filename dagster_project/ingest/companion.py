"""The small YAML files beside an input, its sidecar and its mapping: every scalar is text, and nothing is referred to."""

from pathlib import Path
from typing import Any

import yaml

from dagster_project.characters import HIDDEN
from dagster_project.ingest import files


class _Loader(yaml.BaseLoader):
    """Text, lists and mappings. YAML would read yes, no, 2024 and a hash of digits as something else than they say."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        # A reference to a reference to a list is how a few lines become gigabytes.
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(problem="references (& and *) are not read", problem_mark=event.start_mark)
        if getattr(event, "tag", None):
            raise yaml.MarkedYAMLError(problem="tags (!) are not read", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


def read(path: Path) -> Any:
    """What the file says. Raises FileNotFoundError, and ValueError (saying what is wrong) for one that cannot be used."""
    try:
        content = files.companion_text(path)
        data = yaml.load(content, Loader=_Loader)
    except FileNotFoundError:
        raise
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ValueError(f"{line}{error.problem}") from error
    except RecursionError as error:
        raise ValueError("层次过深 / nested too deeply") from error
    except (yaml.YAMLError, OSError, ValueError) as error:
        raise ValueError(" ".join(str(error).split())) from error
    if hidden := next((text for text in _texts(data) if HIDDEN.search(text)), None):
        raise ValueError(f"含控制或不可见的字符 / holds characters that control or hide: {hidden[:40]}")
    return data


def _texts(data: Any) -> list[str]:
    if isinstance(data, dict):
        return [text for pair in data.items() for part in pair for text in _texts(part)]
    return [text for part in data for text in _texts(part)] if isinstance(data, list) else [str(data)]
