"""Syntax tree to text: ``parse(print_node(tree))`` is the same tree but for positions.

Parentheses stand only where the tree needs them.  The text is not the one that was parsed: ``if … else`` becomes
``? :``, pipes become calls and strings are double-quoted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tiphys.core.expr.format import json_float
from tiphys.core.expr.lexer import WORD_OPERATORS, is_word, is_word_start, quote
from tiphys.core.expr.parser import BINARY, PREDICATES, UNARY
from tiphys.core.expr.syntax import (
    Array,
    Binary,
    Builtin,
    Call,
    Chain,
    Conditional,
    Constant,
    Identifier,
    Let,
    MapLiteral,
    Member,
    Node,
    Pointer,
    Predicate,
    Sequence,
    Slice,
    Unary,
)
