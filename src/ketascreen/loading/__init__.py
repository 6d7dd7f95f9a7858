"""A folder of YAML to a rulebook: all or nothing.

It may import arguments, syntax, language, patient, reasoning, signing, runtime, diagnostic, spelling, _version.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.loading.built_in import built_in_rules
    from ketascreen.loading.load import load_rulebook, rulebook_of_files

__all__ = ["built_in_rules", "load_rulebook", "rulebook_of_files"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__, {"built_in": ["built_in_rules"], "load": ["load_rulebook", "rulebook_of_files"]}
    )
