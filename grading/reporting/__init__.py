"""What comes of verdicts: results, feedback pages, nbgrader's gradebook, tables in the terminal."""
