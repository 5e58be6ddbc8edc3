"""How an assignment is released: what ships, stripped, checked, as a folder and a zip."""
