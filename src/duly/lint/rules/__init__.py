"""One lint rule in each file; the file's name is the rule's."""
