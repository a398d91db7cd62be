"""The language server: what an editor asks about rule files, answered from the same parser, checker and linter."""
