"""The text of a pipeline file -> what YAML makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from reverse_sync.errors import PipelineError

if TYPE_CHECKING:
    from pathlib import Path


_NO_TEXTS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float", "null", "timestamp"))


class _Loader(yaml.SafeLoader):
    """YAML takes the last of two values of one key, and `no` for false: a fault here, and a text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value} stands twice in one section; keep one", key.start_mark
                )
            seen.add(str(key.value))
            if key.tag in _NO_TEXTS:
                key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep)


def document(path: Path) -> object:
    """What the file holds.

    :raises PipelineError: where it can't be read, or is not YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  # a SafeLoader
    except UnicodeDecodeError as error:
        raise PipelineError(f"{path.name}: can't be read (not UTF-8 at byte {error.start + 1}).") from None
    except OSError as error:
        raise PipelineError(f"{path.name}: can't be read ({error.strerror}).") from None
    except yaml.YAMLError as error:
        said = " ".join(str(error).replace('"<unicode string>", ', "").split())
        raise PipelineError(f"{path.name}: not YAML: {said}.") from None
    except RecursionError:
        raise PipelineError(f"{path.name}: not YAML that can be read: nested too deeply.") from None
    except ValueError as error:
        raise PipelineError(
            f"{path.name}: a value looks like a date or a number, but is none ({error}): put it in quotes."
        ) from None
