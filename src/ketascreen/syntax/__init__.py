"""Bytes to located trees and plain data, for YAML and JSON; nothing about rules.

It may import language, runtime, diagnostic, spelling.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.syntax.folder import read_folder
    from ketascreen.syntax.json_text import parse_json
    from ketascreen.syntax.problems import Problems
    from ketascreen.syntax.tree import Node, place_of, plain
    from ketascreen.syntax.yaml_tree import read_yaml

__all__ = ["Node", "Problems", "parse_json", "place_of", "plain", "read_folder", "read_yaml"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__,
        {
            "folder": ["read_folder"],
            "json_text": ["parse_json"],
            "problems": ["Problems"],
            "tree": ["Node", "place_of", "plain"],
            "yaml_tree": ["read_yaml"],
        },
    )
