"""Renaming: a fact, a choice, a rule, a parameter or a definition gets another name wherever a rulebook names it."""
