"""What all tests share: nothing but how they are run."""
