"""The language server: findings, completion, hover, definitions and symbols for editors.

Everything but ``server`` is pure: texts and positions in, answers out. Read ``project`` first.
"""
