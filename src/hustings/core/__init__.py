"""What is computed: pure functions and values, given everything they need."""
