"""The checks themselves, one module per notebook."""
