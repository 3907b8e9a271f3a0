"""Read models: pure functions of a folded state. They know no clock, no file and no way to write."""
