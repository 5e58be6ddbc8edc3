"""How submissions come in: files on a list, within caps, laid over the released tree."""
