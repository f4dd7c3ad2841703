"""A YAML file as nested dicts, lists and text: what a scalar means is left to the schema.

YAML 1.1 reads `17:00` as 1020, `007` as 7 and an account called `on` as true. Here every scalar stays the
text that was typed, so that a key's own kind decides and an error can quote what stands in the file.
"""

from __future__ import annotations

import re

import yaml

from cohortbot.config.faults import ConfigError, Fault, dotted

Plain = str | list["Plain"] | dict[str, "Plain"] | None

_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = {_TAG + kind for kind in ("str", "int", "float", "bool", "timestamp", "value", "merge")}
_NULL_TAG = _TAG + "null"
_MERGE_TAG = _TAG + "merge"

# `channel: #cohort-deploy` is an empty value with a comment behind it, which nobody means.
_HASH_VALUE = re.compile(r"[ \t]+#[^\s]")

# PyYAML quotes names from the file (`password: *secret` is an undefined alias to it); its own tokens,
# like '<block end>', stay.
_QUOTED = re.compile(r""" (['"])(?![<\\])[^'"]{2,}\1""")


def read(text: str, source: str) -> dict[str, Plain]:
    """The file's top level; empty values are left out, an empty file is an empty dict.

    Raises ConfigError with every duplicate key and unreadable value, or with the place of the first syntax
    error.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError([_syntax_fault(error, text)], source) from None
    if root is None:
        return {}
    reader = _Reader(text)
    plain = reader.plain(root, "", ())
    if not reader.faults and not isinstance(plain, dict):
        reader.faults.append(Fault("", None, "is not a list of keys (`irc: …`, `cohorts: …`)"))
    if reader.faults or not isinstance(plain, dict):
        raise ConfigError(reader.faults, source)
    return plain


class _Reader:
    """Turns YAML nodes into plain values and remembers all that was wrong on the way."""

    def __init__(self, text: str) -> None:
        self.faults: list[Fault] = []
        self._lines = text.splitlines()

    def plain(self, node: yaml.Node, path: str, above: tuple[yaml.Node, ...]) -> Plain:
        if any(node is each for each in above):
            self._fault(path, "is an alias of a block that it stands in")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if isinstance(node, yaml.SequenceNode):
            inside = (*above, node)
            return [self.plain(item, f"{path}[{at}]", inside) for at, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, (*above, node))
        raise TypeError(f"a YAML node of a kind unknown to PyYAML's own documentation: {node!r}")

    def _scalar(self, node: yaml.ScalarNode, path: str) -> str | None:
        if node.tag == _NULL_TAG:
            self._refuse_hash_value(node, path)
            return None
        if node.tag not in _TEXT_TAGS:
            self._fault(
                path, f"begins with a YAML tag (!) on line {node.start_mark.line + 1}: write it in quotes"
            )
            return None
        return str(node.value)

    def _mapping(self, node: yaml.MappingNode, path: str, inside: tuple[yaml.Node, ...]) -> dict[str, Plain]:
        own: dict[str, Plain] = {}
        merged: dict[str, Plain] = {}
        line_of: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(path, f"has a key on line {key_node.start_mark.line + 1} that is not one word")
                continue
            if key_node.tag == _MERGE_TAG:
                merged |= self._merged(value_node, path, inside)
                continue
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in line_of:
                self._fault(
                    dotted(path, key), f"stands twice, on lines {line_of[key]} and {line}: keep one of them"
                )
                continue
            line_of[key] = line
            own[key] = self.plain(value_node, dotted(path, key), inside)
        return {key: value for key, value in (merged | own).items() if value is not None}

    def _merged(self, node: yaml.Node, path: str, inside: tuple[yaml.Node, ...]) -> dict[str, Plain]:
        """What `<<: *block` or `<<: [*one, *two]` brings in; of two, the first wins (YAML's merge key)."""
        blocks = node.value if isinstance(node, yaml.SequenceNode) else [node]
        merged: dict[str, Plain] = {}
        for block in blocks:
            plain = self.plain(block, dotted(path, "<<"), inside)
            if isinstance(plain, dict):
                merged = plain | merged
            else:
                self._fault(dotted(path, "<<"), "can only bring in a block of keys")
        return merged

    def _refuse_hash_value(self, node: yaml.ScalarNode, path: str) -> None:
        line, column = node.end_mark.line, node.end_mark.column
        rest = self._lines[line][column:] if line < len(self._lines) else ""
        if _HASH_VALUE.match(rest):
            self._fault(
                path, "is empty, since # begins a comment: write a value that begins with # in quotes"
            )

    def _fault(self, path: str, right: str) -> None:
        self.faults.append(Fault(path, None, right))


def _hint(text: str, line: int) -> str:
    lines = text.splitlines()
    has_reference = line <= len(lines) and "${" in lines[line - 1]
    return " (inside { } a ${NAME} has to stand in quotes)" if has_reference else ""


def _syntax_fault(error: yaml.YAMLError, text: str) -> Fault:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        line, column = error.problem_mark.line + 1, error.problem_mark.column + 1
        problem = _QUOTED.sub("", error.problem or "cannot be read") + _hint(text, line)
    elif isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        line, column = before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1
        problem = "a control character, which YAML does not allow"
    else:
        return Fault("", None, "is not YAML")
    return Fault("", None, f"line {line}, column {column}: {problem}")
